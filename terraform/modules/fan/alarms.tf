locals {
  alarms = {
    "dlq-not-empty" = {
      description = "fan gave up on events of ordered subscriptions: they wait in ${local.full_name}-dlq."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = "${local.full_name}-dlq" }
      statistic   = "Maximum"
    }
    "pipe-failing" = {
      description = "The pipe ${local.full_name} cannot hand events to fan. They wait in the stream, which keeps them for 24 hours."
      namespace   = "AWS/EventBridge/Pipes"
      metric      = "ExecutionFailed"
      dimensions  = { PipeName = local.full_name }
      statistic   = "Sum"
    }
    "pipe-down" = {
      description        = "The pipe ${local.full_name} has not been running for 5 minutes: no ordered subscription gets events. They wait in the stream, which keeps them for 24 hours."
      namespace          = "Coatcheck"
      metric             = "PipeDown"
      dimensions         = { Stack = var.stack, Pipe = local.full_name }
      statistic          = "Maximum"
      evaluation_periods = 5
    }
    "letters-old" = {
      description = "A dead letter of the pipe ${local.full_name} has waited for 15 minutes: rehydrate has not read it."
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = "${local.full_name}-letters" }
      statistic   = "Maximum"
      threshold   = 900
    }
  }
}

module "alarms" {
  source = "../alarms"

  prefix   = local.full_name
  defaults = var.alarms
  alarms   = local.alarms
}
