# Alarms: which exist, what they watch, and that each has its page in the runbook.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages  = { dir = "tests/packages" }
  endpoints = { github = { preset = "github" }, pubsub = { preset = "google-pubsub", jwt = { audience = ["hooks"], claims = { email = "push@example" } } } }

  front_door = {
    domain          = "hooks.example.com"
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
    web_acl         = { rate_per_5_min = 2000, alarm_per_5_min = 100 }
  }

  processors = {
    one   = { kind = "lambda" }
    two   = { kind = "workflow" }
    three = { kind = "queue" }
  }

  subscriptions = {
    some     = { types = ["push"], target = { processor = "one" } }
    boxed    = { types = ["push"], target = { processor = "three" } }
    off      = { types = ["*"], target = { processor = "two" }, enabled = false }
    in-order = { types = ["*"], target = { processor = "one" }, ordered = true }
    web      = { types = ["push"], target = { http = { url = "https://example.com/hooks" } } }
  }
}

run "runbook" {
  command = plan

  module {
    source = "./tests/runbook"
  }

  assert {
    condition     = alltrue([for heading in keys(output.pages) : can(regex("^[a-z0-9-]+$", heading))])
    error_message = "A page's heading must be its own anchor: ${jsonencode(keys(output.pages))}"
  }

  assert {
    condition     = alltrue([for page in values(output.pages) : alltrue([for part in ["**Means**", "**Look at**", "**Do**"] : strcontains(page, "\n${part}")])])
    error_message = "A page must say what the alarm means, what to look at and what to do: ${jsonencode([for heading, page in output.pages : heading if !alltrue([for part in ["**Means**", "**Look at**", "**Do**"] : strcontains(page, "\n${part}")])])}"
  }
}

run "watches_everything_that_can_fail" {
  command = plan

  assert {
    condition = toset(keys(output.alarms)) == toset(concat(
      [
        "coatcheck-admit-dlq-not-empty", "coatcheck-admit-queue-old",
        "coatcheck-api-5xx", "coatcheck-ingest-latency", "coatcheck-rejected-signatures", "coatcheck-rescued", "coatcheck-route-lag", "coatcheck-unswept",
        "coatcheck-dangling", "coatcheck-kept", "coatcheck-restored", "coatcheck-key-sets-kept",
        "coatcheck-certificate-ends", "coatcheck-web-acl-blocks",
        "coatcheck-sweep-not-called", "coatcheck-watch-not-called",
        "coatcheck-router-dlq-not-empty", "coatcheck-router-failing", "coatcheck-router-letters-old", "coatcheck-router-pipe-down",
      ],
      [for name in ["some", "boxed", "off", "in-order", "web"] : "coatcheck-${name}-dlq-not-empty"],
      [for name in ["some", "boxed", "off", "in-order"] : "coatcheck-${name}-pipe-failing"],
      [for name in ["some", "boxed", "in-order", "web", "fan"] : "coatcheck-${name}-pipe-down"],
      [for name in ["some", "boxed", "off", "in-order", "web"] : "coatcheck-${name}-queue-old"],
      ["coatcheck-fan-dlq-not-empty", "coatcheck-fan-pipe-failing", "coatcheck-fan-letters-old", "coatcheck-web-subscription-open", "coatcheck-two-workflow-failing", "coatcheck-three-inbox-dlq-not-empty", "coatcheck-three-inbox-old"],
      flatten([for name in ["admit", "authorizer", "deliver-web", "fan", "ingest", "rehydrate", "sweep", "watch", "one", "two", "three"] : ["coatcheck-${name}-errors", "coatcheck-${name}-throttles"]]),
    ))
    error_message = "The stack has other alarms than expected: ${jsonencode(keys(output.alarms))}"
  }

  # Three processors, four subscriptions of which one is off and one is ordered, one workflow, one inbox, one
  # HTTP destination, which has four alarms of its own and two of its function, an endpoint with an issuer, and a front door with a web ACL.
  assert {
    condition     = length(output.alarms) == 17 + 2 * (6 + 3) + 4 * 4 - 1 + 1 + 2 + 6 + 6 + 1 + 2
    error_message = "docs/deploy.md states this formula and its cost: ${length(output.alarms)}"
  }

  assert {
    condition = output.alarms["coatcheck-route-lag"] == {
      namespace          = "Coatcheck"
      metric             = "RouteLag"
      dimensions         = tomap({ Stack = "coatcheck" })
      statistic          = "Maximum"
      threshold          = 120000
      period             = 60
      evaluation_periods = 2
      comparison         = "GreaterThanThreshold"
      missing_data       = "missing"
      tells_no_data      = true
      runbook            = "docs/operations.md#route-lag"
    }
    error_message = "The alarm must fire at a lag over two minutes and when the measurements stop, but not before the first one: ${jsonencode(output.alarms["coatcheck-route-lag"])}"
  }

  assert {
    condition = output.alarms["coatcheck-authorizer-errors"] == {
      namespace          = "Coatcheck"
      metric             = "AuthorizerFailures"
      dimensions         = tomap({ Stack = "coatcheck" })
      statistic          = "Sum"
      threshold          = 0
      period             = 60
      evaluation_periods = 1
      comparison         = "GreaterThanThreshold"
      missing_data       = "notBreaching"
      tells_no_data      = false
      runbook            = "docs/operations.md#authorizer-errors"
    }
    error_message = "The authorizer must have no alarm on Lambda's Errors, which would fire at every refused request: ${jsonencode(output.alarms["coatcheck-authorizer-errors"])}"
  }

  assert {
    condition     = [for name, alarm in output.alarms : name if alarm.metric == "Errors"] == [for function in ["admit", "deliver-web", "fan", "ingest", "one", "rehydrate", "sweep", "three", "two", "watch"] : "coatcheck-${function}-errors"]
    error_message = "Every other function fails only if something is wrong."
  }

  # The metric comes from the access log: the fields must be the log's, the name and the dimension the alarm's.
  assert {
    condition = [for f in [aws_cloudwatch_log_metric_filter.authorizer_failures] : [f.log_group_name, f.pattern, f.metric_transformation[0].namespace, f.metric_transformation[0].name, f.metric_transformation[0].value, jsonencode(f.metric_transformation[0].dimensions)]] == [[
      "/aws/apigateway/coatcheck-access",
      "{ ($.gateway_response = \"AUTHORIZER_FAILURE\") || ($.gateway_response = \"AUTHORIZER_CONFIGURATION_ERROR\") }",
      "Coatcheck", "AuthorizerFailures", "1", jsonencode({ Stack = "$.stack" }),
    ]] && local.access_log.gateway_response == "$context.error.responseType" && local.access_log.stack == "coatcheck"
    error_message = "The alarm must count API Gateway's responses for an authorizer that failed: ${jsonencode(aws_cloudwatch_log_metric_filter.authorizer_failures)}"
  }

  assert {
    condition     = [for name, alarm in output.alarms : name if alarm.missing_data != "notBreaching"] == ["coatcheck-route-lag", "coatcheck-unswept"]
    error_message = "In all other alarms, missing data must mean that nothing happened."
  }

  assert {
    condition = output.alarms["coatcheck-unswept"] == {
      namespace          = "Coatcheck"
      metric             = "SweepPayloads"
      dimensions         = tomap({ Stack = "coatcheck" })
      statistic          = "SampleCount"
      threshold          = 1
      period             = 900
      evaluation_periods = 4
      comparison         = "LessThanThreshold"
      missing_data       = "missing"
      tells_no_data      = true
      runbook            = "docs/operations.md#unswept"
    }
    error_message = "The alarm must fire after an hour without a finished sweep, but not before the first one: ${jsonencode(output.alarms["coatcheck-unswept"])}"
  }

  # A component that never started has no data: then one of these fires.
  assert {
    condition = { for name in ["sweep", "watch"] : name => [for field in ["namespace", "metric", "statistic", "threshold", "missing_data"] : tostring(output.alarms["coatcheck-${name}-not-called"][field])] } == {
      for name in ["sweep", "watch"] : name => ["AWS/Events", "FailedInvocations", "Sum", "0", "notBreaching"]
    } && [output.alarms["coatcheck-sweep-not-called"].dimensions.RuleName, output.alarms["coatcheck-watch-not-called"].dimensions.RuleName] == [aws_cloudwatch_event_rule.sweep.name, aws_cloudwatch_event_rule.watch.name]
    error_message = "The alarm must fire when a rule cannot call its function: ${jsonencode(output.alarms["coatcheck-watch-not-called"])}"
  }

  assert {
    condition = output.alarms["coatcheck-rescued"] == {
      namespace          = "Coatcheck"
      metric             = "SweepRescued"
      dimensions         = tomap({ Stack = "coatcheck" })
      statistic          = "Sum"
      threshold          = 0
      period             = 900
      evaluation_periods = 1
      comparison         = "GreaterThanThreshold"
      missing_data       = "notBreaching"
      tells_no_data      = false
      runbook            = "docs/operations.md#rescued"
    }
    error_message = "The alarm must fire at one payload without a pointer: ${jsonencode(output.alarms["coatcheck-rescued"])}"
  }

  # The metrics count only problems, so there is nothing between quiet and firing.
  assert {
    condition = { for kind in ["dangling", "kept", "restored"] : kind => [for field in ["metric", "dimensions", "statistic", "threshold", "period", "evaluation_periods", "missing_data"] : jsonencode(output.alarms["coatcheck-${kind}"][field])] } == {
      for kind, watched in { dangling = ["SweepDangling", 900], kept = ["DeliveriesKept", 300], restored = ["PayloadsRestored", 300] } :
      kind => [jsonencode(watched[0]), jsonencode({ Stack = "coatcheck" }), jsonencode("Sum"), "0", tostring(watched[1]), "1", jsonencode("notBreaching")]
    }
    error_message = "The alarms must fire at one missing payload, one kept delivery and one restored payload: ${jsonencode([for kind in ["dangling", "kept", "restored"] : output.alarms["coatcheck-${kind}"]])}"
  }

  assert {
    condition     = [for name, alarm in output.alarms : name if alarm.comparison != "GreaterThanThreshold"] == ["coatcheck-certificate-ends", "coatcheck-unswept"]
    error_message = "All other alarms must fire above their threshold."
  }

  assert {
    condition = { for name in ["router", "some", "in-order", "web"] : name => [for field in ["metric", "dimensions", "statistic", "threshold", "evaluation_periods"] : jsonencode(output.alarms["coatcheck-${name}-pipe-down"][field])] } == {
      for name in ["router", "some", "in-order", "web"] : name => [jsonencode("PipeDown"), jsonencode({ Pipe = "coatcheck-${name}", Stack = "coatcheck" }), jsonencode("Maximum"), "0", "5"]
    }
    error_message = "The alarm must fire when a pipe has been down for 5 minutes: ${jsonencode(output.alarms["coatcheck-some-pipe-down"])}"
  }

  assert {
    condition     = [for alarm in [output.alarms["coatcheck-ingest-latency"], output.alarms["coatcheck-rejected-signatures"]] : [alarm.metric, alarm.statistic, tostring(alarm.threshold), tostring(alarm.period)]] == [["IngestLatency", "p99", "3000", "300"], ["DeliveriesRejected", "Sum", "100", "300"]]
    error_message = "The alarms must fire at slow responses and many refusals: ${jsonencode([output.alarms["coatcheck-ingest-latency"], output.alarms["coatcheck-rejected-signatures"]])}"
  }

  assert {
    condition = { for name, alarm in output.alarms : name => alarm.dimensions.QueueName if can(alarm.dimensions.QueueName) } == {
      coatcheck-admit-dlq-not-empty       = module.admit_dlq.name
      coatcheck-admit-queue-old           = module.admit_queue.name
      coatcheck-router-dlq-not-empty      = "coatcheck-router-dlq"
      coatcheck-router-letters-old        = "coatcheck-router-letters"
      coatcheck-some-dlq-not-empty        = module.subscription["some"].dlq_name
      coatcheck-boxed-dlq-not-empty       = module.subscription["boxed"].dlq_name
      coatcheck-off-dlq-not-empty         = module.subscription["off"].dlq_name
      coatcheck-in-order-dlq-not-empty    = module.subscription["in-order"].dlq_name
      coatcheck-some-queue-old            = module.subscription["some"].queue_name
      coatcheck-boxed-queue-old           = module.subscription["boxed"].queue_name
      coatcheck-off-queue-old             = module.subscription["off"].queue_name
      coatcheck-in-order-queue-old        = module.subscription["in-order"].queue_name
      coatcheck-web-dlq-not-empty         = module.subscription["web"].dlq_name
      coatcheck-web-queue-old             = module.subscription["web"].queue_name
      coatcheck-fan-dlq-not-empty         = "coatcheck-fan-dlq"
      coatcheck-fan-letters-old           = "coatcheck-fan-letters"
      coatcheck-three-inbox-dlq-not-empty = "coatcheck-three-inbox-dlq"
      coatcheck-three-inbox-old           = "coatcheck-three-inbox"
    }
    error_message = "An alarm must watch each queue that should be empty or short, by the queue's own name."
  }

  assert {
    condition     = { for name in ["dlq-not-empty", "queue-old"] : name => [for field in ["metric", "statistic", "threshold", "period", "evaluation_periods"] : tostring(output.alarms["coatcheck-admit-${name}"][field])] } == { dlq-not-empty = ["ApproximateNumberOfMessagesVisible", "Maximum", "0", "60", "1"], queue-old = ["ApproximateAgeOfOldestMessage", "Maximum", "900", "60", "1"] }
    error_message = "The alarms must fire at one delivery in the DLQ and at 15 minutes of waiting: ${jsonencode(output.alarms["coatcheck-admit-queue-old"])}"
  }

  # Each alarm has its page and each page an alarm.
  assert {
    condition     = toset([for alarm in values(output.alarms) : trimprefix(alarm.runbook, "docs/operations.md#")]) == toset(keys(run.runbook.pages))
    error_message = "Alarms link to ${jsonencode(sort(distinct([for alarm in values(output.alarms) : alarm.runbook])))}; the part Alarms of docs/operations.md has ${jsonencode(keys(run.runbook.pages))}."
  }

  assert {
    condition     = alltrue([for name, description in local.alarm_descriptions : endswith(description, " Runbook: ${output.alarms[name].runbook}")]) && toset(keys(local.alarm_descriptions)) == toset(keys(output.alarms))
    error_message = "Every alarm's description must end with the link to its page: ${jsonencode(local.alarm_descriptions)}"
  }
}

run "an_alarm_is_made_as_it_is_described" {
  command = plan

  module {
    source = "./modules/alarms"
  }

  variables {
    prefix   = "coatcheck"
    defaults = { enabled = true, actions = ["arn:aws:sns:eu-west-1:123456789012:oncall"], runbook_url = "docs/operations.md", tags = {} }

    alarms = {
      quiet = { description = "Nobody speaks.", namespace = "N", metric = "M", dimensions = { D = "d" }, statistic = "SampleCount", threshold = 1, comparison = "LessThanThreshold", period = 3600, missing_data = "missing" }
      loud  = { description = "All speak.", namespace = "N", metric = "M", dimensions = { D = "d" }, statistic = "p99" }
    }
  }

  assert {
    condition = { for kind, alarm in aws_cloudwatch_metric_alarm.this : "coatcheck-${kind}" => {
      namespace          = alarm.namespace
      metric             = alarm.metric_name
      dimensions         = alarm.dimensions
      statistic          = coalesce(alarm.statistic, alarm.extended_statistic)
      threshold          = alarm.threshold
      period             = alarm.period
      evaluation_periods = alarm.evaluation_periods
      comparison         = alarm.comparison_operator
      missing_data       = alarm.treat_missing_data
      tells_no_data      = alarm.insufficient_data_actions == toset(["arn:aws:sns:eu-west-1:123456789012:oncall"])
      runbook            = "docs/operations.md#${kind}"
    } } == output.alarms && output.alarms["coatcheck-quiet"].comparison == "LessThanThreshold" && output.alarms["coatcheck-loud"].comparison == "GreaterThanThreshold"
    error_message = "The outputs must say what each alarm really watches: ${jsonencode(output.alarms)}"
  }
}

run "links_to_where_the_runbook_is_read" {
  command = plan

  variables {
    runbook_url = "https://wiki.example.com/coatcheck"
  }

  assert {
    condition     = alltrue([for name, description in local.alarm_descriptions : startswith(output.alarms[name].runbook, "https://wiki.example.com/coatcheck#") && endswith(description, output.alarms[name].runbook)])
    error_message = "Every alarm must link to runbook_url: ${jsonencode(local.alarm_descriptions)}"
  }
}

run "makes_none_when_told_so_and_still_names_them" {
  command = plan

  variables {
    alarms_enabled = false
  }

  assert {
    condition     = length(local.alarm_descriptions) == 0 && length(output.alarms) == 68
    error_message = "alarms_enabled = false must remove every alarm and leave the output unchanged (${length(output.alarms)})."
  }
}

run "takes_thresholds_from_the_variables" {
  command = plan

  variables {
    route_lag_alarm_s        = 300
    rejected_alarm_per_5_min = 7
  }

  assert {
    condition     = output.alarms["coatcheck-route-lag"].threshold == 300000 && output.alarms["coatcheck-rejected-signatures"].threshold == 7
    error_message = "Thresholds: ${jsonencode(output.alarms)}"
  }
}
