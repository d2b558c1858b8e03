# The sweep: when it runs, who may run it, and its settings.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target          = aws_cloudwatch_event_rule.sweep
  override_during = plan
  values          = { arn = "arn:aws:events:eu-west-1:123456789012:rule/coatcheck-sweep" }
}

override_resource {
  target          = module.sweep.aws_lambda_function.this
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-sweep" }
}

override_resource {
  target          = module.admit_queue.aws_sqs_queue.this
  override_during = plan
  values          = { url = "https://sqs/coatcheck-admit", arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit" }
}

variables {
  packages         = { dir = "tests/packages" }
  pointer_ttl_days = 60
}

run "runs_every_quarter_of_an_hour" {
  command = plan

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.schedule_expression == "rate(15 minutes)" && aws_cloudwatch_event_target.sweep.arn == "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-sweep" && aws_cloudwatch_event_target.sweep.rule == aws_cloudwatch_event_rule.sweep.name
    error_message = "sweep must run as often as the variable says: ${aws_cloudwatch_event_rule.sweep.schedule_expression}"
  }

  assert {
    condition     = aws_lambda_permission.sweep.principal == "events.amazonaws.com" && aws_lambda_permission.sweep.source_arn == "arn:aws:events:eu-west-1:123456789012:rule/coatcheck-sweep" && aws_lambda_permission.sweep.function_name == "coatcheck-sweep"
    error_message = "Only its own rule may call sweep."
  }

  assert {
    condition = module.sweep.environment == {
      ADMIT_QUEUE_URL  = "https://sqs/coatcheck-admit"
      ENDPOINTS_TABLE  = "coatcheck-endpoints"
      EVENTS_TABLE     = "coatcheck-events"
      LOG_LEVEL        = "info"
      LOOK_BACK_HOURS  = "3"
      PAYLOADS_BUCKET  = "coatcheck-payloads-123456789012-eu-west-1"
      POINTER_TTL_DAYS = "60"
      STACK            = "coatcheck"
    }
    error_message = "sweep must know where payloads, pointers and endpoints are, how long they are kept, and admit's queue: ${jsonencode(module.sweep.environment)}"
  }

  assert {
    condition     = module.sweep.size == { memory_mb = 512, timeout_s = 900 }
    error_message = "sweep must have Lambda's longest timeout: ${jsonencode(module.sweep.size)}"
  }

  assert {
    condition     = output.functions.sweep == { name = "coatcheck-sweep", log_group = "/aws/lambda/coatcheck-sweep" }
    error_message = "The output must have the function's log: ${jsonencode(output.functions)}"
  }
}

run "runs_as_often_as_is_set" {
  command = plan

  variables {
    sweep = { every_minutes = 30, look_back_hours = 24 }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.schedule_expression == "rate(30 minutes)" && module.sweep.environment.LOOK_BACK_HOURS == "24"
    error_message = "The schedule and the look-back must follow the variables: ${aws_cloudwatch_event_rule.sweep.schedule_expression}, ${module.sweep.environment.LOOK_BACK_HOURS} hours"
  }
}

run "runs_every_minute" {
  command = plan

  variables {
    sweep = { every_minutes = 1, look_back_hours = 2 }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.sweep.schedule_expression == "rate(1 minute)"
    error_message = "EventBridge refuses the plural for one minute: ${aws_cloudwatch_event_rule.sweep.schedule_expression}"
  }
}
