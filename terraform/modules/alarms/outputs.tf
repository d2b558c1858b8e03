output "alarms" {
  description = "What each alarm watches, by name, even if alarms are turned off."
  value = {
    for kind, alarm in var.alarms : "${var.prefix}-${kind}" => {
      namespace          = alarm.namespace
      metric             = alarm.metric
      dimensions         = alarm.dimensions
      statistic          = alarm.statistic
      threshold          = alarm.threshold
      period             = alarm.period
      evaluation_periods = alarm.evaluation_periods
      comparison         = alarm.comparison
      missing_data       = alarm.missing_data
      tells_no_data      = alarm.missing_data == "missing"
      runbook            = local.runbooks[kind]
    }
  }
}

output "descriptions" {
  description = "Descriptions of the alarms that exist, by name."
  value       = { for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name => alarm.alarm_description }
}
