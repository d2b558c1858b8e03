# The dashboard: valid, without gaps, and no widget over another.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages  = { dir = "tests/packages" }
  endpoints = { github = { preset = "github" } }

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
  }
}

run "shows_everything" {
  command = plan

  # A metric ends with its dimension's value and its label.
  assert {
    condition = alltrue([
      for title, values in {
        "How many events wait? (messages)"                    = ["admit", "boxed", "fan-letters", "in-order.fifo", "off", "router-letters", "some", "three-inbox"]
        "How long has the oldest waited? (s)"                 = ["admit", "boxed", "fan-letters", "in-order.fifo", "off", "router-letters", "some", "three-inbox"]
        "What was given up? (messages in DLQs)"               = ["admit-dlq", "boxed-dlq", "fan-dlq", "in-order-dlq.fifo", "off-dlq", "router-dlq", "some-dlq", "three-inbox-dlq"]
        "Which pipes fail? (failed executions a minute)"      = ["boxed", "fan", "in-order", "off", "router", "some"]
        "Which pipes and mappings do not run? (1: down)"      = ["boxed", "fan", "in-order", "router", "some"]
        "Which functions fail? (errors a minute)"             = ["admit", "fan", "ingest", "one", "rehydrate", "sweep", "three", "two", "watch"]
        "Which functions are throttled? (throttles a minute)" = ["admit", "authorizer", "fan", "ingest", "one", "rehydrate", "sweep", "three", "two", "watch"]
        "How many run at once? (executions of each function)" = ["admit", "authorizer", "fan", "ingest", "one", "rehydrate", "sweep", "three", "two", "watch"]
      } :
      toset([for metric in one([for w in local.dashboard_body.widgets : w if w.properties.title == title]).properties.metrics : metric[length(metric) - 2] if metric[1] != "AuthorizerFailures"]) == toset([for value in values : "coatcheck-${value}"])
    ])
    error_message = "The dashboard lacks a part of the stack, or shows something else: ${jsonencode([for w in local.dashboard_body.widgets : [w.properties.title, try(w.properties.metrics, null)]])}"
  }

  assert {
    condition     = jsonencode([for metric in one([for w in local.dashboard_body.widgets : w if w.properties.title == "Which functions fail? (errors a minute)"]).properties.metrics : slice(metric, 0, 4) if metric[length(metric) - 1].label == "authorizer"]) == jsonencode([["Coatcheck", "AuthorizerFailures", "Stack", "coatcheck"]])
    error_message = "Lambda's Errors also count the authorizer's refusals, so the dashboard must show the metric of its alarm."
  }

  assert {
    condition = alltrue([
      for w in local.dashboard_body.widgets :
      toset([for metric in w.properties.metrics : metric[length(metric) - 2]]) == toset(keys(var.processors)) if contains(["What was processed? (events a minute)", "What was tried again? (events a minute)", "What was rejected? (events a minute)", "How old is an event when it is processed? (ms since it arrived)"], w.properties.title)
    ]) && length([for w in local.dashboard_body.widgets : w if strcontains(w.properties.title, "(events a minute)") || strcontains(w.properties.title, "when it is processed")]) == 4
    error_message = "The dashboard must show every processor's events: ${jsonencode([for w in local.dashboard_body.widgets : [w.properties.title, try(w.properties.metrics, null)]])}"
  }

  assert {
    condition     = sort(flatten([for w in local.dashboard_body.widgets : w.properties.alarms if w.type == "alarm"])) == sort([for name in keys(output.alarms) : "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}"])
    error_message = "The dashboard must show every alarm."
  }

  assert {
    condition = { for w in local.dashboard_body.widgets : w.properties.title => [for line in w.properties.annotations.horizontal : line.value] if can(w.properties.annotations) } == {
      "How far is the router behind? (ms)"                                  = [output.alarms["coatcheck-route-lag"].threshold]
      "Why were deliveries rejected? (in 5 minutes)"                        = [output.alarms["coatcheck-rejected-signatures"].threshold]
      "How long does ingest take? (ms)"                                     = [output.alarms["coatcheck-ingest-latency"].threshold]
      "What did the sweep find without a pointer? (payloads in 15 minutes)" = [for threshold in distinct([for kind in ["rescued", "dangling"] : output.alarms["coatcheck-${kind}"].threshold]) : threshold]
      "Which deliveries were unusual? (in 5 minutes)"                       = [for threshold in distinct([for kind in ["kept", "restored"] : output.alarms["coatcheck-${kind}"].threshold]) : threshold]
      "How long has the oldest waited? (s)"                                 = [for threshold in distinct([for name in ["admit-queue-old", "some-queue-old", "three-inbox-old", "router-letters-old", "fan-letters-old"] : output.alarms["coatcheck-${name}"].threshold]) : threshold]
      "What was given up? (messages in DLQs)"                               = [for threshold in distinct([for name in ["admit-dlq-not-empty", "some-dlq-not-empty", "three-inbox-dlq-not-empty", "router-dlq-not-empty"] : output.alarms["coatcheck-${name}"].threshold]) : threshold]
    }
    error_message = "A line must be at the threshold of its alarm."
  }

  assert {
    condition = { for w in local.dashboard_body.widgets : w.properties.title => [for metric in w.properties.metrics : metric[1]] if strcontains(w.properties.title, "(payloads in 15 minutes)") ? w.properties.period == output.alarms["coatcheck-rescued"].period : false } == {
      "What did the sweep find without a pointer? (payloads in 15 minutes)" = ["SweepDangling", "SweepErased", "SweepRescued", "SweepSuperseded", "SweepUnreadable"]
      "What did the sweep announce to admit? (payloads in 15 minutes)"      = ["SweepAnnounced", "SweepLeft", "SweepWaiting"]
      "How many payloads did it look at? (payloads in 15 minutes)"          = ["SweepPayloads"]
    }
    error_message = "The dashboard must show everything that the sweep counts, over the period of its alarm: ${jsonencode([for w in local.dashboard_body.widgets : [w.properties.title, try(w.properties.metrics, null)]])}"
  }

  assert {
    condition     = [for w in local.dashboard_body.widgets : w.properties.metrics[0][0].expression if w.properties.title == "Which endpoints got forgeries? (in 5 minutes)"] == ["SEARCH('{Coatcheck,Stack,Endpoint} MetricName=\"DeliveriesForged\" Stack=\"coatcheck\"', 'Sum', 300)"]
    error_message = "The dashboard must show forgeries by endpoint: ${jsonencode([for w in local.dashboard_body.widgets : [w.properties.title, try(w.properties.metrics, null)]])}"
  }

  assert {
    condition     = jsonencode([for w in local.dashboard_body.widgets : [w.properties.period, [for metric in w.properties.metrics : slice(metric, 0, 4)]] if w.properties.title == "Which deliveries were unusual? (in 5 minutes)"]) == jsonencode([[output.alarms["coatcheck-kept"].period, [for metric in ["DeliveriesKept", "DeliveriesRepeatedBytes", "FactsLeftOut", "PayloadsRestored"] : ["Coatcheck", metric, "Stack", "coatcheck"]]]])
    error_message = "The dashboard must show what was kept, restored, left out or repeated: ${jsonencode([for w in local.dashboard_body.widgets : [w.properties.title, try(w.properties.metrics, null)]])}"
  }

  assert {
    condition     = alltrue([for w in local.dashboard_body.widgets : w.properties.region == "eu-west-1" && can(regex("^[A-Z].+[?] [(].+[)]$", w.properties.title)) && length(w.properties.metrics) > 0 && contains(["Sum", "Maximum", "p99"], w.properties.stat) if w.type == "metric"])
    error_message = "A widget must ask a question, name its unit and have something to show."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body) == jsondecode(jsonencode(local.dashboard_body)) && aws_cloudwatch_dashboard.this.dashboard_name == "coatcheck"
    error_message = "The dashboard must be the one that this test examines."
  }

  # Nothing stands over anything else.
  assert {
    condition     = alltrue([for w in local.dashboard_body.widgets : w.x >= 0 && w.y >= 0 && w.width >= 1 && w.x + w.width <= 24 && w.height >= 1])
    error_message = "A dashboard is 24 wide: ${jsonencode([for w in local.dashboard_body.widgets : [w.properties.title, w.x, w.width]])}"
  }

  assert {
    condition = alltrue(flatten([
      for i, a in local.dashboard_body.widgets : [
        for j, b in local.dashboard_body.widgets :
        i >= j || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
      ]
    ]))
    error_message = "Two widgets overlap: ${jsonencode([for w in local.dashboard_body.widgets : [w.properties.title, w.x, w.y, w.width, w.height]])}"
  }

  assert {
    condition     = alltrue([for y in distinct([for w in local.dashboard_body.widgets : w.y]) : sum([for w in local.dashboard_body.widgets : w.width if w.y == y]) == 24])
    error_message = "A row must be full: ${jsonencode([for w in local.dashboard_body.widgets : [w.properties.title, w.y, w.width]])}"
  }
}

run "shows_no_alarms_where_there_are_none" {
  command = plan

  variables {
    alarms_enabled = false
  }

  assert {
    condition     = !anytrue([for w in local.dashboard_body.widgets : w.type == "alarm"]) && [for w in local.dashboard_body.widgets : w.width if w.y == 0] == [24]
    error_message = "Without alarms the first row must show only the router's lag."
  }
}

run "is_valid_without_processors_and_subscriptions" {
  command = plan

  variables {
    processors    = {}
    subscriptions = {}
  }

  assert {
    condition     = alltrue([for w in local.dashboard_body.widgets : length(w.properties.metrics) > 0 if w.type == "metric"])
    error_message = "No widget may be without metrics: CloudWatch refuses such a widget."
  }
}

run "shows_more_than_100_alarms" {
  command = plan

  variables {
    subscriptions = { for i in range(24) : "s${i}" => { types = ["push"], target = { processor = "one" } } }
  }

  assert {
    condition     = length(output.alarms) > 100 && length(flatten([for w in local.dashboard_body.widgets : w.properties.alarms if w.type == "alarm"])) == length(output.alarms) && alltrue([for w in local.dashboard_body.widgets : length(w.properties.alarms) <= 100 if w.type == "alarm"])
    error_message = "A widget shows at most 100 alarms; another one must show the rest (${length(output.alarms)} alarms)."
  }

  assert {
    condition = alltrue(flatten([
      for i, a in local.dashboard_body.widgets : [
        for j, b in local.dashboard_body.widgets :
        i >= j || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
      ]
    ]))
    error_message = "Two widgets overlap: ${jsonencode([for w in local.dashboard_body.widgets : [w.properties.title, w.x, w.y, w.width, w.height]])}"
  }
}
