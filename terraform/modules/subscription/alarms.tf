locals {
  alarms = !var.alarms.enabled ? {} : merge(
    {
      "dlq-not-empty" = {
        description = "Events of the subscription ${var.name} were given up: see ${local.full_name}-dlq, mend the cause, redrive."
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        dimensions  = { QueueName = "${local.full_name}-dlq" }
        statistic   = "Maximum"
        threshold   = 0
      }
      "pipe-failing" = {
        description = "The pipe ${local.full_name} fails to hand over: see its log group; AWS stops a pipe that is refused for long."
        namespace   = "AWS/EventBridge/Pipes"
        metric      = "ExecutionFailed"
        dimensions  = { PipeName = local.full_name }
        statistic   = "Sum"
        threshold   = 0
      }
    },
    !local.buffered ? {} : {
      "queue-old" = {
        description = "An event has waited 15 minutes for the subscription ${var.name}: its pipe stands still or its target cannot keep up."
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        dimensions  = { QueueName = local.full_name }
        statistic   = "Maximum"
        threshold   = 900
      }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.full_name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.actions
  ok_actions          = var.alarms.actions
}
