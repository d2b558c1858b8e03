locals {
  # No alarm checks whether a pipe or mapping that should be stopped runs.
  alarm_kinds = concat(
    ["dlq-not-empty", "queue-old"],
    local.piped ? ["pipe-failing"] : [],
    var.subscription.enabled ? ["pipe-down"] : [],
  )

  alarms = {
    "dlq-not-empty" = {
      description = "Events of the subscription ${var.name} were rejected or given up: they wait in ${local.dlq_name}."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = local.dlq_name }
      statistic   = "Maximum"
    }
    "pipe-failing" = {
      description = "Executions of the pipe ${local.full_name} fail."
      namespace   = "AWS/EventBridge/Pipes"
      metric      = "ExecutionFailed"
      dimensions  = { PipeName = local.full_name }
      statistic   = "Sum"
    }
    "pipe-down" = {
      description        = local.piped ? "The pipe ${local.full_name} has not been running for 5 minutes." : "The mapping that feeds the function ${var.stack}-deliver-${var.name} has not been running for 5 minutes."
      namespace          = "Coatcheck"
      metric             = "PipeDown"
      dimensions         = { Stack = var.stack, Pipe = local.full_name }
      statistic          = "Maximum"
      evaluation_periods = 5
    }
    "queue-old" = {
      description = "An event has waited for 15 minutes in the queue of the subscription ${var.name}: nothing reads it, or its target cannot keep up or fails."
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = local.queue_name }
      statistic   = "Maximum"
      threshold   = 900
    }
  }
}

module "alarms" {
  source = "../alarms"

  prefix   = local.full_name
  defaults = var.alarms
  alarms   = { for kind, alarm in local.alarms : kind => alarm if contains(local.alarm_kinds, kind) }
}
