# The functions', subscriptions' and processors' alarms are in their modules.

module "alarms" {
  source = "./modules/alarms"

  prefix   = var.stack
  defaults = local.alarms

  alarms = merge({
    "api-5xx" = {
      description = "The API answers deliveries with 5xx: providers will try again."
      namespace   = "AWS/ApiGateway"
      metric      = "5XXError"
      dimensions  = { ApiName = var.stack, Stage = local.stage }
      statistic   = "Sum"
    }
    # The function's own alarm would fire at every refused request: see the metric's filter in stage.tf.
    "authorizer-errors" = {
      description = "The authorizer fails: providers get 503, or 500 if the installation is misconfigured."
      namespace   = "Coatcheck"
      metric      = "AuthorizerFailures"
      dimensions  = { Stack = var.stack }
      statistic   = "Sum"
    }
    # The least patient providers (Slack, Discord) wait for 3 seconds, most for 10 (docs/providers.md).
    "ingest-latency" = {
      description = "ingest needs more than 3 seconds for one delivery in a hundred: providers give up and deliver again."
      namespace   = "Coatcheck"
      metric      = "IngestLatency"
      dimensions  = { Stack = var.stack }
      statistic   = "p99"
      threshold   = 3000
      period      = 300
    }
    "rejected-signatures" = {
      description = "More than ${var.rejected_alarm_per_5_min} deliveries were refused within 5 minutes: a key may be wrong, or someone may be sending forgeries."
      namespace   = "Coatcheck"
      metric      = "DeliveriesRejected"
      dimensions  = { Stack = var.stack }
      statistic   = "Sum"
      threshold   = var.rejected_alarm_per_5_min
      period      = 300
    }
    "route-lag" = {
      description        = "Pointers are written but not routed, so no subscription gets events; or nothing measures the lag any more."
      namespace          = "Coatcheck"
      metric             = "RouteLag"
      dimensions         = { Stack = var.stack }
      statistic          = "Maximum"
      threshold          = var.route_lag_alarm_s * 1000
      evaluation_periods = 2
      # A watch that stops must not look healthy, and one that has not started is no alarm yet.
      missing_data = "missing"
    }
    "router-pipe-down" = {
      description        = "The router pipe has not been running for 5 minutes. Events wait in the stream, which keeps them for 24 hours."
      namespace          = "Coatcheck"
      metric             = "PipeDown"
      dimensions         = { Stack = var.stack, Pipe = local.router_name }
      statistic          = "Maximum"
      evaluation_periods = 5
    }
    "router-failing" = {
      description = "The router pipe cannot publish events to the topic. They wait in the stream, which keeps them for 24 hours."
      namespace   = "AWS/EventBridge/Pipes"
      metric      = "ExecutionFailed"
      dimensions  = { PipeName = local.router_name }
      statistic   = "Sum"
    }
    "router-dlq-not-empty" = {
      description = "The router pipe gave up on events: they wait in ${local.router_name}-dlq."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = "${local.router_name}-dlq" }
      statistic   = "Maximum"
    }
    "router-letters-old" = {
      description = "A dead letter of the router pipe has waited for 15 minutes: rehydrate has not read it."
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = "${local.router_name}-letters" }
      statistic   = "Maximum"
      threshold   = 900
      runbook     = "letters-old"
    }
    "admit-dlq-not-empty" = {
      description = "admit could not decide on deliveries of the direct lane: they wait in ${var.stack}-admit-dlq, and their providers already got a 200."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = "${var.stack}-admit-dlq" }
      statistic   = "Maximum"
    }
    "admit-queue-old" = {
      description = "A delivery of the direct lane has waited for admit for 15 minutes."
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = "${var.stack}-admit" }
      statistic   = "Maximum"
      threshold   = 900
    }
    "rescued" = {
      description = "A payload had no pointer until the sweep wrote it: its event is routed now, but late."
      namespace   = "Coatcheck"
      metric      = "SweepRescued"
      dimensions  = { Stack = var.stack }
      statistic   = "Sum"
      period      = 900
    }
    # It fires at each sweep while the pointer is in the hours that sweep looks back on.
    "dangling" = {
      description = "An event of the direct lane has lost its payload: no processor can redeem it."
      namespace   = "Coatcheck"
      metric      = "SweepDangling"
      dimensions  = { Stack = var.stack }
      statistic   = "Sum"
      period      = 900
    }
    # The alarm of admit's DLQ stays on while one delivery waits there; this one fires at each that is added.
    "kept" = {
      description = "admit could not make an event of a delivery that may be genuine: it waits in ${var.stack}-admit-dlq with the reason."
      namespace   = "Coatcheck"
      metric      = "DeliveriesKept"
      dimensions  = { Stack = var.stack }
      statistic   = "Sum"
      period      = 300
    }
    "restored" = {
      description = "An event's payload was missing until a new delivery replaced it: something deletes payloads."
      namespace   = "Coatcheck"
      metric      = "PayloadsRestored"
      dimensions  = { Stack = var.stack }
      statistic   = "Sum"
      period      = 300
    }
    # A period with data has at least one sample, so this alarm never fires on a value. It fires after an hour without
    # data.
    "unswept" = {
      description        = "No sweep has finished for an hour: a payload without a pointer would not be found."
      namespace          = "Coatcheck"
      metric             = "SweepPayloads"
      dimensions         = { Stack = var.stack }
      statistic          = "SampleCount"
      threshold          = 1
      comparison         = "LessThanThreshold"
      period             = 900
      evaluation_periods = 4
      missing_data       = "missing"
    }
    # The alarms on missing data stay quiet until the first data. If the first never come, these alarms or the function's
    # own fire.
    "watch-not-called" = {
      description = "EventBridge could not call watch: nothing measures how far the router is behind."
      namespace   = "AWS/Events"
      metric      = "FailedInvocations"
      dimensions  = { RuleName = "${var.stack}-watch" }
      statistic   = "Sum"
      runbook     = "not-called"
    }
    "sweep-not-called" = {
      description = "EventBridge could not call sweep: nothing looks for payloads without a pointer."
      namespace   = "AWS/Events"
      metric      = "FailedInvocations"
      dimensions  = { RuleName = "${var.stack}-sweep" }
      statistic   = "Sum"
      runbook     = "not-called"
    }
    }, !local.issued ? {} : {
    "key-sets-kept" = {
      description        = "For 15 minutes, an issuer of tokens has given no keys that could replace those of its endpoint. The endpoint keeps those that it has."
      namespace          = "Coatcheck"
      metric             = "KeySetsKept"
      dimensions         = { Stack = var.stack }
      statistic          = "Maximum"
      period             = 300
      evaluation_periods = 3
    }
  })
}

locals {
  # Everything that has alarms.
  alarmed = concat(
    [for function in [module.admit, module.authorizer, module.ingest, module.rehydrate, module.sweep, module.watch] : { alarms = function.alarms, descriptions = function.alarm_descriptions }],
    [for door in module.front_door : { alarms = door.alarms, descriptions = door.alarm_descriptions }],
    [for fan in module.fan : { alarms = fan.alarms, descriptions = fan.alarm_descriptions }],
    [for redact in module.redact : { alarms = redact.alarms, descriptions = redact.alarm_descriptions }],
    [for subscription in module.subscription : { alarms = subscription.alarms, descriptions = subscription.alarm_descriptions }],
    [for destination in module.destination : { alarms = destination.alarms, descriptions = destination.alarm_descriptions }],
    [for processor in module.processor : { alarms = processor.alarms, descriptions = processor.alarm_descriptions }],
  )

  # By their names: what all alarms watch, and the descriptions of those that exist.
  all_alarms         = merge(module.alarms.alarms, local.alarmed[*].alarms...)
  alarm_descriptions = merge(module.alarms.descriptions, local.alarmed[*].descriptions...)
}
