# The only place that creates alarms, so that each has its page in the runbook.

locals {
  runbooks = {
    for kind, alarm in var.alarms : kind => "${var.defaults.runbook_url}#${coalesce(alarm.runbook, kind)}"
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for kind, alarm in var.alarms : kind => alarm if var.defaults.enabled }

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_description   = "${each.value.description} Runbook: ${local.runbooks[each.key]}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  period              = each.value.period
  evaluation_periods  = each.value.evaluation_periods
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = each.value.missing_data
  alarm_actions       = var.defaults.actions
  ok_actions          = var.defaults.actions

  # A new alarm has no data and notifies no one: only a change of state triggers an action. So if missing data is a
  # separate state, a new stack is quiet until the first data, and you are notified when data stop coming.
  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
  insufficient_data_actions = each.value.missing_data == "missing" ? var.defaults.actions : null
  tags                      = var.defaults.tags
}
