# The function's own alarms stand in its module.

locals {
  kind_alarms = !var.function_defaults.alarms.enabled ? [] : local.workflow ? ["workflow-failing"] : local.inbox ? ["inbox-dlq-not-empty", "inbox-old"] : []

  alarms = {
    "inbox-dlq-not-empty" = {
      description = "The processor ${var.name} gave events up: see ${local.full_name}-inbox-dlq, mend the cause, redrive."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = "${local.full_name}-inbox-dlq" }
      statistic   = "Maximum"
      threshold   = 0
    }
    "inbox-old" = {
      description = "An event has waited 15 minutes in the inbox of the processor ${var.name}, which cannot keep up or does not run."
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = "${local.full_name}-inbox" }
      statistic   = "Maximum"
      threshold   = 900
    }
    "workflow-failing" = {
      description = "Executions of the workflow ${local.full_name} fail: see its log group."
      namespace   = "AWS/States"
      metric      = "ExecutionsFailed"
      dimensions  = { StateMachineArn = one(aws_sfn_state_machine.this[*].arn) }
      statistic   = "Sum"
      threshold   = 0
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = toset(local.kind_alarms)

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = local.alarms[each.key].description
  namespace           = local.alarms[each.key].namespace
  metric_name         = local.alarms[each.key].metric
  dimensions          = local.alarms[each.key].dimensions
  statistic           = local.alarms[each.key].statistic
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = local.alarms[each.key].threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.function_defaults.alarms.actions
  ok_actions          = var.function_defaults.alarms.actions
}
