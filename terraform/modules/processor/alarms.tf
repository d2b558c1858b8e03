# The function's own alarms are in its module.

locals {
  alarm_kinds = local.workflow ? ["workflow-failing"] : local.inbox ? ["inbox-dlq-not-empty", "inbox-old"] : []

  alarms = {
    "inbox-dlq-not-empty" = {
      description = "The processor ${var.name} gave up on events: they wait in ${local.full_name}-inbox-dlq."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = "${local.full_name}-inbox-dlq" }
      statistic   = "Maximum"
    }
    "inbox-old" = {
      description = "An event has waited for 15 minutes in the inbox of the processor ${var.name}: the processor cannot keep up or does not run."
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = "${local.full_name}-inbox" }
      statistic   = "Maximum"
      threshold   = 900
    }
    "workflow-failing" = {
      description = "Executions of the workflow ${local.full_name} fail."
      namespace   = "AWS/States"
      metric      = "ExecutionsFailed"
      dimensions  = { StateMachineArn = one(aws_sfn_state_machine.this[*].arn) }
      statistic   = "Sum"
    }
  }
}

module "alarms" {
  source = "../alarms"

  prefix   = local.full_name
  defaults = var.function_defaults.alarms
  alarms   = { for kind, alarm in local.alarms : kind => alarm if contains(local.alarm_kinds, kind) }
}
