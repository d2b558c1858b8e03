# The functions', subscriptions' and processors' alarms stand in their modules.

locals {
  stack_alarms = !var.alarms_enabled ? {} : {
    "api-5xx" = {
      description = "Providers are told to try again: see the access log and ingest's log."
      namespace   = "AWS/ApiGateway"
      metric      = "5XXError"
      dimensions  = { ApiName = var.stack, Stage = local.stage }
      statistic   = "Sum"
    }
    "router-failing" = {
      description = "The router pipe fails to hand events to the topic: see its log group. Events wait in the stream for 24 hours."
      namespace   = "AWS/EventBridge/Pipes"
      metric      = "ExecutionFailed"
      dimensions  = { PipeName = "${var.stack}-router" }
      statistic   = "Sum"
    }
    "router-dlq-not-empty" = {
      description = "The router pipe gave records up: the message names their place in the stream."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = "${var.stack}-router-dlq" }
      statistic   = "Maximum"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.stack_alarms

  alarm_name          = "${var.stack}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
}
