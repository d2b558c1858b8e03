# One dashboard. You read it from top to bottom, in the order of an event's path: docs/operations.md describes its
# layout. This file says what each widget shows, row by row. Its position follows from the widths; dashboard_body.tf
# says what it looks like.

locals {
  # Name in the legend, dimension's value. Queues by what they belong to.
  dashboard_queues = merge(
    { admit = "${var.stack}-admit" },
    { for name, subscription in var.subscriptions : name => "${var.stack}-${name}${subscription.ordered ? ".fifo" : ""}" },
    { for name, processor in var.processors : "${name} inbox" => "${var.stack}-${name}-inbox" if processor.kind == "queue" },
    { for name in keys(local.dead_letters) : "${name} dead letters" => "${var.stack}-${name}-letters" },
  )

  dashboard_dlqs = merge(
    { admit = "${var.stack}-admit-dlq", router = "${local.router_name}-dlq" },
    { for name in ["fan"] : name => "${var.stack}-${name}-dlq" if length(local.ordered) > 0 },
    { for name, subscription in var.subscriptions : name => "${var.stack}-${name}-dlq${subscription.ordered ? ".fifo" : ""}" },
    { for name, processor in var.processors : "${name} inbox" => "${var.stack}-${name}-inbox-dlq" if processor.kind == "queue" },
  )

  dashboard_pipes = merge(
    { router = local.router_name },
    { for name in ["fan"] : name => "${var.stack}-${name}" if length(local.ordered) > 0 },
    { for name in keys(var.subscriptions) : name => "${var.stack}-${name}" if !contains(keys(local.delivered), name) },
  )

  # CloudWatch shows at most 100 alarms in a widget.
  alarm_chunks = var.alarms_enabled ? chunklist([for name in keys(local.all_alarms) : "${local.arn_prefixes.cloudwatch}:alarm:${name}"], 100) : []

  row_now = concat(
    [for alarms in slice(local.alarm_chunks, 0, min(1, length(local.alarm_chunks))) : {
      title  = "Which alarms are on?"
      width  = 16
      alarms = alarms
    }],
    [{
      title   = "How far is the router behind? (ms)"
      width   = var.alarms_enabled ? 8 : 24
      stat    = "Maximum"
      metrics = [["Coatcheck", "RouteLag", "Stack", var.stack, { label = "oldest unrouted pointer" }]]
      line    = { label = "alarm route-lag", value = var.route_lag_alarm_s * 1000 }
    }],
  )

  rows_more_alarms = [for i, alarms in local.alarm_chunks : [{
    title  = "Which other alarms are on?"
    width  = 24
    alarms = alarms
  }] if i > 0]

  row_deliveries = [
    {
      title = "What arrived? (deliveries a minute)"
      width = 5
      stat  = "Sum"
      metrics = [
        # Each new event has one value of its bytes.
        for metric, line in {
          DeliveriesConflicting = { label = "duplicate with other bytes", stat = "Sum" }
          DeliveriesDuplicate   = { label = "duplicate", stat = "Sum" }
          DeliveriesRejected    = { label = "rejected", stat = "Sum" }
          DeliveryBytes         = { label = "accepted", stat = "SampleCount" }
        } :
        ["Coatcheck", metric, "Stack", var.stack, line]
      ]
    },
    {
      title   = "Why were deliveries rejected? (in 5 minutes)"
      width   = 5
      stat    = "Sum"
      period  = 300
      stacked = true
      metrics = [[{ expression = "SEARCH('{Coatcheck,Stack,Reason} MetricName=\"DeliveriesRejected\" Stack=\"${var.stack}\"', 'Sum', 300)", label = "", id = "reasons" }]]
      line    = { label = "alarm rejected-signatures (all together)", value = var.rejected_alarm_per_5_min }
    },
    {
      title   = "Which endpoints got forgeries? (in 5 minutes)"
      width   = 4
      stat    = "Sum"
      period  = 300
      stacked = true
      metrics = [[{ expression = "SEARCH('{Coatcheck,Stack,Endpoint} MetricName=\"DeliveriesForged\" Stack=\"${var.stack}\"', 'Sum', 300)", label = "", id = "endpoints" }]]
    },
    {
      title = "What did the API answer? (responses a minute)"
      width = 5
      stat  = "Sum"
      metrics = [
        for metric, label in { Count = "all", "4XXError" = "4xx", "5XXError" = "5xx" } :
        ["AWS/ApiGateway", metric, "ApiName", var.stack, "Stage", local.stage, { label = label }]
      ]
    },
    {
      title = "How long does ingest take? (ms)"
      width = 5
      stat  = "p99"
      metrics = [
        for stat in ["p50", "p99"] : ["Coatcheck", "IngestLatency", "Stack", var.stack, { label = stat, stat = stat }]
      ]
      line = { label = "alarm ingest-latency (p99)", value = 3000 }
    },
  ]

  # Empty, and so left out, without a front door.
  row_front_door = [for door in module.front_door : [
    {
      title = "What did the web ACL at ${door.domain} refuse? (requests a minute)"
      width = 16
      stat  = "Sum"
      metrics = door.metric == null ? [] : [
        for metric, label in { AllowedRequests = "allowed", BlockedRequests = "refused", CountedRequests = "counted only" } :
        ["AWS/WAFV2", metric, "Region", local.region, "Rule", "ALL", "WebACL", door.metric, { label = label }]
      ]
    },
    {
      title   = "When does the certificate of ${door.domain} end? (days)"
      width   = door.metric == null ? 24 : 8
      stat    = "Minimum"
      period  = 86400
      metrics = [["AWS/CertificateManager", "DaysToExpiry", "CertificateArn", door.certificate_arn, { label = "days left" }]]
      line    = { label = "alarm certificate-ends: below this", value = 30 }
    },
  ]]

  row_sweep = [
    {
      title = "What did the sweep find without a pointer? (payloads in 15 minutes)"
      width = 6
      stat  = "Sum"
      # As the alarm counts.
      period = 900
      metrics = [
        for metric, label in { SweepRescued = "rescued", SweepSuperseded = "superseded", SweepErased = "deleted: of an erased event", SweepUnreadable = "unreadable", SweepDangling = "dangling: a pointer without a payload" } :
        ["Coatcheck", metric, "Stack", var.stack, { label = label }]
      ]
      line = { label = "alarms rescued and dangling: above this", value = 0 }
    },
    {
      title  = "What did the sweep announce to admit? (payloads in 15 minutes)"
      width  = 6
      stat   = "Sum"
      period = 900
      metrics = [
        for metric, label in { SweepAnnounced = "announced", SweepWaiting = "not yet: a message may be on its way", SweepLeft = "not yet: left for the next run" } :
        ["Coatcheck", metric, "Stack", var.stack, { label = label }]
      ]
    },
    {
      title   = "How many payloads did it look at? (payloads in 15 minutes)"
      width   = 6
      stat    = "Sum"
      period  = 900
      metrics = [["Coatcheck", "SweepPayloads", "Stack", var.stack, { label = "looked at; alarm unswept: an hour without a point" }]]
    },
    {
      title  = "Which deliveries were unusual? (in 5 minutes)"
      width  = 6
      stat   = "Sum"
      period = 300
      # Omitted facts have no alarm: the event is accepted, and its provider's next ones will be the same.
      metrics = [
        for metric, label in { DeliveriesKept = "deliveries kept for an operator", PayloadsRestored = "payloads restored", FactsLeftOut = "optional facts left out", DeliveriesRepeatedBytes = "bytes received before" } :
        ["Coatcheck", metric, "Stack", var.stack, { label = label }]
      ]
      line = { label = "alarms kept and restored: above this", value = 0 }
    },
  ]

  row_events = concat(
    [{
      title = "How old is an event when it is processed? (ms since it arrived)"
      width = 9
      stat  = "p99"
      metrics = concat([], [for name in keys(var.processors) : [
        for stat in ["p50", "p99"] : ["Coatcheck", "EventAge", "Stack", var.stack, "Processor", name, { label = "${name} ${stat}", stat = stat }]
      ]]...)
    }],
    [for shown in [["What was processed?", "EventsProcessed"], ["What was tried again?", "EventsRetried"], ["What was rejected?", "EventsRejected"]] : {
      title   = "${shown[0]} (events a minute)"
      width   = 5
      stat    = "Sum"
      metrics = [for name in keys(var.processors) : ["Coatcheck", shown[1], "Stack", var.stack, "Processor", name, { label = name }]]
    }],
  )

  # Empty, and so left out, without a subscription that `deliver` reads.
  row_destinations = concat(
    [for shown in [
      ["What was delivered? (events a minute)", "Delivered", "Sum", 6],
      ["What failed and is tried again? (attempts a minute)", "DeliveryFailed", "Sum", 5],
      ["What was held back? (events a minute)", "DeliveryHeld", "Sum", 5],
      ["How long does a destination take? (ms)", "DeliveryTime", "p99", 4],
      ["To which are deliveries stopped? (1: stopped)", "SubscriptionOpen", "Maximum", 4],
      ] : {
      title   = shown[0]
      width   = tonumber(shown[3])
      stat    = shown[2]
      metrics = [for name in keys(local.delivered) : ["Coatcheck", shown[1], "Stack", var.stack, "Subscription", name, { label = name }]]
    }],
  )

  row_queues = [
    {
      title   = "How many events wait? (messages)"
      width   = 8
      stat    = "Maximum"
      metrics = [for label, queue in local.dashboard_queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, { label = label }]]
    },
    {
      title   = "How long has the oldest waited? (s)"
      width   = 8
      stat    = "Maximum"
      metrics = [for label, queue in local.dashboard_queues : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue, { label = label }]]
      line    = { label = "alarms ...queue-old, inbox-old and letters-old", value = 900 }
    },
    {
      title   = "What was given up? (messages in DLQs)"
      width   = 8
      stat    = "Maximum"
      metrics = [for label, queue in local.dashboard_dlqs : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue, { label = label }]]
      line    = { label = "alarms ...dlq-not-empty: above this", value = 0 }
    },
  ]

  row_pipes = [
    {
      title   = "Which pipes fail? (failed executions a minute)"
      width   = 12
      stat    = "Sum"
      metrics = [for label, pipe in local.dashboard_pipes : ["AWS/EventBridge/Pipes", "ExecutionFailed", "PipeName", pipe, { label = label }]]
    },
    {
      title = "Which pipes and mappings do not run? (1: down)"
      width = 12
      stat  = "Maximum"
      metrics = concat(
        [for label, pipe in local.dashboard_pipes : ["Coatcheck", "PipeDown", "Stack", var.stack, "Pipe", pipe, { label = label }] if contains(local.watched_pipes, pipe)],
        [for name in local.watched_delivered : ["Coatcheck", "PipeDown", "Stack", var.stack, "Pipe", "${var.stack}-${name}", { label = name }]],
      )
    },
  ]

  row_functions = [
    for shown in [
      ["Which functions fail? (errors a minute)", "Errors", "Sum"],
      ["Which functions are throttled? (throttles a minute)", "Throttles", "Sum"],
      ["How many run at once? (executions of each function)", "ConcurrentExecutions", "Maximum"],
      ] : {
      title = shown[0]
      width = 8
      stat  = shown[2]
      metrics = [
        for label, function in local.function_names :
        # Lambda counts the authorizer's refusals as errors: this shows what its alarm counts.
        "${label} ${shown[1]}" == "authorizer Errors" ? ["Coatcheck", "AuthorizerFailures", "Stack", var.stack, { label = label }] : ["AWS/Lambda", shown[1], "FunctionName", function, { label = label }]
      ]
    }
  ]
}
