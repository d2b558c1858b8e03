# The paths of the heartbeat and of dead letters, and the functions' settings.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target          = aws_sns_topic.events
  override_during = plan
  values          = { arn = "arn:aws:sns:eu-west-1:123456789012:coatcheck-events" }
}

override_resource {
  target          = module.router_letters.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-router-letters" }
}

override_resource {
  target          = module.fan[0].module.letters.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-fan-letters" }
}

override_resource {
  target          = module.router_dlq.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-router-dlq", url = "https://sqs/coatcheck-router-dlq" }
}

override_resource {
  target          = module.subscription["in-order"].module.dlq.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-in-order-dlq.fifo" }
}

override_resource {
  target          = module.fan[0].module.dlq.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-fan-dlq", url = "https://sqs/coatcheck-fan-dlq" }
}

override_resource {
  target          = module.heartbeats.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-heartbeats", url = "https://sqs/coatcheck-heartbeats" }
}

override_resource {
  target          = aws_cloudwatch_event_rule.watch
  override_during = plan
  values          = { arn = "arn:aws:events:eu-west-1:123456789012:rule/coatcheck-watch" }
}

override_resource {
  target          = module.watch.aws_lambda_function.this
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-watch" }
}

override_resource {
  target          = module.rehydrate.aws_lambda_function.this
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-rehydrate" }
}

variables {
  packages  = { dir = "tests/packages" }
  endpoints = { github = { preset = "github" } }

  processors = {
    one   = { kind = "lambda" }
    three = { kind = "queue" }
  }

  subscriptions = {
    some     = { types = ["push"], target = { processor = "one" }, retention_days = 2 }
    boxed    = { types = ["push"], target = { processor = "three" } }
    off      = { types = ["*"], target = { processor = "one" }, enabled = false }
    in-order = { types = ["*"], target = { processor = "one" }, ordered = true }
  }
}

run "heartbeats_and_dead_letters" {
  command = plan

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.heartbeats.filter_policy) == { source = ["/endpoints/-"] } && aws_sns_topic_subscription.heartbeats.filter_policy_scope == "MessageBody" && aws_sns_topic_subscription.heartbeats.raw_message_delivery
    error_message = "The heartbeats' queue must get heartbeats and nothing else: ${aws_sns_topic_subscription.heartbeats.filter_policy}"
  }

  assert {
    condition     = aws_sns_topic_subscription.heartbeats.topic_arn == "arn:aws:sns:eu-west-1:123456789012:coatcheck-events" && aws_sns_topic_subscription.heartbeats.endpoint == "arn:aws:sqs:eu-west-1:123456789012:coatcheck-heartbeats"
    error_message = "Heartbeats must take the path of events, to their own queue."
  }

  assert {
    condition = jsonencode({ for name, s in module.subscription : name => [for filter in s.filters : jsondecode(filter).source] }) == jsonencode({
      some     = [[{ anything-but = ["/endpoints/-"] }]]
      boxed    = [[{ anything-but = ["/endpoints/-"] }]]
      off      = [[{ anything-but = ["/endpoints/-"] }]]
      in-order = [[{ anything-but = ["/endpoints/-"] }]]
    })
    error_message = "A subscription to any endpoint must not get heartbeats: ${jsonencode({ for name, s in module.subscription : name => s.filters })}"
  }

  assert {
    condition     = module.heartbeats.retention_s == 86400
    error_message = "The queue must not keep heartbeats for longer than watch remembers them."
  }

  assert {
    condition = module.watch.environment == {
      EVENTS_TABLE           = "coatcheck-events"
      HEARTBEATS_QUEUE_URL   = "https://sqs/coatcheck-heartbeats"
      LOG_LEVEL              = "info"
      PIPES                  = "coatcheck-router,coatcheck-fan,coatcheck-boxed,coatcheck-in-order,coatcheck-some"
      ROUTER_PARALLELIZATION = "10"
      ROUTER_WINDOW_S        = "0"
      STACK                  = "coatcheck"
    }
    error_message = "watch must know the pipes that should run: ${jsonencode(module.watch.environment)}"
  }

  assert {
    condition     = aws_cloudwatch_event_rule.watch.schedule_expression == "rate(1 minute)" && aws_cloudwatch_event_target.watch.arn == "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-watch" && aws_cloudwatch_event_target.watch.rule == aws_cloudwatch_event_rule.watch.name
    error_message = "watch must run every minute."
  }

  assert {
    condition     = aws_lambda_permission.watch.principal == "events.amazonaws.com" && aws_lambda_permission.watch.source_arn == "arn:aws:events:eu-west-1:123456789012:rule/coatcheck-watch" && aws_lambda_permission.watch.function_name == "coatcheck-watch"
    error_message = "Only its own rule may call watch."
  }

  # Without a topic watch has no right and no setting for alerts.
  assert {
    condition     = !contains(keys(module.watch.policies), "alerts")
    error_message = "Without a topic watch must have no right that only alerts need: ${jsonencode(keys(module.watch.policies))}"
  }

  # Dead letters become events in the DLQ.
  assert {
    condition = {
      router = aws_pipes_pipe.router.source_parameters[0].dynamodb_stream_parameters[0].dead_letter_config[0].arn
      fan    = module.fan[0].pipe_parameters.source[0].dynamodb_stream_parameters[0].dead_letter_config[0].arn
      } == {
      router = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-router-letters"
      fan    = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-fan-letters"
    }
    error_message = "The dead letters of each pipe that reads the stream must go to its queue."
  }

  assert {
    condition     = { for name, m in aws_lambda_event_source_mapping.letters : name => [m.event_source_arn, m.function_name, tolist(m.function_response_types)] } == { for name in ["router", "fan"] : name => ["arn:aws:sqs:eu-west-1:123456789012:coatcheck-${name}-letters", "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-rehydrate", tolist(["ReportBatchItemFailures"])] }
    error_message = "rehydrate must handle the dead letters of every pipe that reads the stream."
  }

  assert {
    condition = jsondecode(module.rehydrate.environment.DESTINATIONS) == {
      "arn:aws:sqs:eu-west-1:123456789012:coatcheck-router-letters" = "https://sqs/coatcheck-router-dlq"
      "arn:aws:sqs:eu-west-1:123456789012:coatcheck-fan-letters"    = "https://sqs/coatcheck-fan-dlq"
    }
    error_message = "The event of each dead letter must go to the DLQ of its pipe: ${module.rehydrate.environment.DESTINATIONS}"
  }

  assert {
    condition = {
      router   = module.router_letters.redrive
      in-order = module.subscription["in-order"].redrive
      } == {
      router   = { to = { deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-router-dlq", maxReceiveCount = 5 }, from = [] }
      in-order = { to = { deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-in-order-dlq.fifo", maxReceiveCount = 6 }, from = ["arn:aws:sqs:eu-west-1:123456789012:coatcheck-in-order.fifo"] }
    } && module.router_dlq.redrive.from == ["arn:aws:sqs:eu-west-1:123456789012:coatcheck-router-letters"]
    error_message = "A dead letter that rehydrate cannot read must go to the DLQ as it is."
  }

  # A queue may keep for less than its DLQ.
  assert {
    condition     = { for name, s in module.subscription : name => s.retention_s.queue } == { some = 172800, boxed = 1209600, off = 1209600, in-order = 1209600 }
    error_message = "A queue must keep events for as long as its subscription says, or by default as the stack says."
  }

  assert {
    condition     = alltrue([for s in module.subscription : s.retention_s.dlq == 1209600])
    error_message = "If a DLQ kept messages for less time than its queue, it would lose those that waited longer."
  }
}

run "with_a_topic_watch_sends_alerts" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:two", "arn:aws:sns:eu-west-1:123456789012:one"]
  }

  assert {
    condition = module.watch.environment == {
      ALERT_TOPICS           = "arn:aws:sns:eu-west-1:123456789012:one,arn:aws:sns:eu-west-1:123456789012:two"
      ENDPOINTS_TABLE        = "coatcheck-endpoints"
      EVENTS_TABLE           = "coatcheck-events"
      HEARTBEATS_QUEUE_URL   = "https://sqs/coatcheck-heartbeats"
      LOG_LEVEL              = "info"
      PIPES                  = "coatcheck-router,coatcheck-fan,coatcheck-boxed,coatcheck-in-order,coatcheck-some"
      PROCESSED_TABLE        = "coatcheck-processed"
      ROUTER_PARALLELIZATION = "10"
      ROUTER_WINDOW_S        = "0"
      STACK                  = "coatcheck"
    }
    error_message = "watch must know whom to tell, and where to look: ${jsonencode(module.watch.environment)}"
  }

  assert {
    condition     = contains(keys(module.watch.policies), "alerts")
    error_message = "watch must have the rights that alerts need: ${jsonencode(keys(module.watch.policies))}"
  }
}

run "tells_processors_what_the_platform_sets" {
  command = plan

  variables {
    processors = {
      one   = { kind = "lambda", environment = { COLOUR = "red" }, events_at_once = 3, event_timeout_s = 4 }
      three = { kind = "queue", idempotency = false, max_concurrency = 2 }
      snake = { kind = "lambda", runtime = "python3.13", handler = "handler.handler", record = "mark" }
    }
  }

  assert {
    condition = { for name, p in module.processor : name => p.function } == {
      one = {
        runtime = "provided.al2023"
        handler = "bootstrap"
        environment = {
          COLOUR             = "red"
          EVENTS_AT_ONCE     = "3"
          EVENT_TIMEOUT_S    = "4"
          IDEMPOTENCY        = "on"
          KEEP_ORDER         = "on"
          LOG_LEVEL          = "info"
          PROCESSED_TABLE    = "coatcheck-processed"
          PROCESSED_TTL_DAYS = "90"
          PROCESSOR          = "one"
          RECORD             = "claim"
          STACK              = "coatcheck"
        }
      }
      three = {
        runtime     = "provided.al2023"
        handler     = "bootstrap"
        environment = { EVENTS_AT_ONCE = "8", IDEMPOTENCY = "off", KEEP_ORDER = "off", LOG_LEVEL = "info", PROCESSOR = "three", STACK = "coatcheck" }
      }
      snake = {
        runtime = "python3.13"
        handler = "handler.handler"
        environment = {
          EVENTS_AT_ONCE     = "8"
          IDEMPOTENCY        = "on"
          KEEP_ORDER         = "off"
          LOG_LEVEL          = "info"
          PROCESSED_TABLE    = "coatcheck-processed"
          PROCESSED_TTL_DAYS = "90"
          PROCESSOR          = "snake"
          RECORD             = "mark"
          STACK              = "coatcheck"
        }
      }
    }
    error_message = "Functions: ${jsonencode({ for name, p in module.processor : name => p.function })}"
  }

  assert {
    condition     = { for name, p in module.processor : name => contains(keys(p.policies), "record") } == { one = true, three = false, snake = true }
    error_message = "Without idempotency a processor must have no right on the processed table."
  }

  assert {
    condition     = module.processor["three"].inbox_concurrency == 2
    error_message = "max_concurrency must limit how many invocations empty the inbox."
  }

  assert {
    condition     = module.authorizer.environment.STACK == "coatcheck" && module.ingest.environment.STACK == "coatcheck"
    error_message = "Every function must know its stack's name, which its metrics have."
  }
}

run "watch_knows_how_the_router_reads" {
  command = plan

  variables {
    router = { parallelization = 4, batching_window_s = 7 }
  }

  assert {
    condition     = module.watch.environment.ROUTER_PARALLELIZATION == "4" && module.watch.environment.ROUTER_WINDOW_S == "7"
    error_message = "watch must know how long a heartbeat may take, and whether one may overtake another: ${jsonencode(module.watch.environment)}"
  }
}
