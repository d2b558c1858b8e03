# The defaults that modules/destination has, and the mapping that it refuses.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                 = "crm"
  target               = { kind = "http" }
  filters              = [jsonencode({ body = { type = ["push"] } })]
  queues               = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-crm", arn_by_name = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-crm", url = "https://sqs/crm", dlq_arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-crm-dlq", dlq_url = "https://sqs/crm-dlq" }
  deliveries_table     = { arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/coatcheck-deliveries", name = "coatcheck-deliveries" }
  processed_table      = { arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/coatcheck-processed", name = "coatcheck-processed" }
  processed_ttl_days   = 90
  redeem_policy_json   = "{\"Statement\":[]}"
  secrets_prefix       = "coatcheck/subscriptions/"
  recovery_window_days = 30
  arn_prefixes         = { lambda = "arn:aws:lambda:eu-west-1:123456789012", secretsmanager = "arn:aws:secretsmanager:eu-west-1:123456789012" }
  pace                 = { concurrency = 10, batch_size = 10, timeout_s = 60, visibility_timeout_s = 90 }

  function_defaults = {
    stack                = "coatcheck"
    architecture         = "arm64"
    packages_dir         = "tests/packages"
    logs_arn_prefix      = "arn:aws:logs:eu-west-1:123456789012"
    log_level            = "info"
    log_retention_days   = 7
    tracing              = false
    tags                 = {}
    functions_arn_prefix = "arn:aws:lambda:eu-west-1:123456789012:function:"
    vpc                  = null
    roles                = { path = "/", permissions_boundary_arn = null, tags = {} }
    key                  = { arn = "arn:aws:kms:eu-west-1:123456789012:key/k", placeholder = "none", via = { for service in ["dynamodb", "s3", "secretsmanager", "sqs"] : service => "${service}.eu-west-1.amazonaws.com" } }
    alarms               = { enabled = true, actions = [], runbook_url = "docs/operations.md", tags = {} }
  }

  subscription = {
    target     = { http = { url = "https://a.example/hooks", method = "POST", auth = { type = "none", actions = [], arns = [] }, sign = "standard-webhooks", headers = {}, body = "payload", success = ["2xx"], timeout_s = 30, allow_private = false, own_ca = false, client_certificate = false } }
    ordered    = false
    enabled    = true
    batch_size = null
    fair_by    = null
  }
}

run "accepts_the_slowest" {
  command = plan

  module {
    source = "./modules/destination"
  }

  variables {
    subscription = merge(var.subscription, { rate_per_s = 0.1, concurrency = 6, retry_for_s = 0, breaker = { pause_s = 1, longest_pause_s = 43200 } })
  }

  # What is not set has its default.
  assert {
    condition     = output.function.environment.BREAKER == jsonencode({ failure_rate = 0.5, failures_in_a_row = 5, longest_pause_s = 43200, pause_s = 1 }) && output.function.environment.RETRY_FOR_S == "0"
    error_message = "Environment: ${jsonencode(output.function.environment)}"
  }
}

run "an_unset_breaker_has_the_defaults" {
  command = plan

  module {
    source = "./modules/destination"
  }

  variables {
    subscription = merge(var.subscription, { breaker = null, retry_for_s = null })
  }

  assert {
    condition     = output.function.environment.BREAKER == jsonencode({ failure_rate = 0.5, failures_in_a_row = 5, longest_pause_s = 900, pause_s = 30 }) && output.function.environment.RETRY_FOR_S == "259200"
    error_message = "Environment: ${jsonencode(output.function.environment)}"
  }
}

run "refuses_a_message_seen_again_while_it_is_sent" {
  command         = plan
  expect_failures = [aws_lambda_event_source_mapping.this]

  module {
    source = "./modules/destination"
  }

  variables {
    subscription = var.subscription
    pace         = { concurrency = 10, batch_size = 10, timeout_s = 60, visibility_timeout_s = 59 }
  }
}

run "refuses_a_message_hidden_for_more_than_12_hours" {
  command         = plan
  expect_failures = [aws_lambda_event_source_mapping.this]

  module {
    source = "./modules/destination"
  }

  variables {
    subscription = var.subscription
    pace         = { concurrency = 10, batch_size = 10, timeout_s = 60, visibility_timeout_s = 43201 }
  }
}
