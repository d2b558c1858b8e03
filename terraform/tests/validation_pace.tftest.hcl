# What modules/destination refuses of rate_per_s, concurrency, retry_for_s and breaker. Each run changes one thing of what
# `subscription` has here. The module under test is the variables alone, so that no provider is started.

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

run "accepts_the_fastest" {
  command = plan

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { rate_per_s = 1000, concurrency = 1000, breaker = { failures_in_a_row = 1000, failure_rate = 1 } })
  }
}

run "refuses_an_event_in_20_seconds" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { rate_per_s = 0.05 })
  }
}

run "refuses_a_rate_over_1000" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { rate_per_s = 1001 })
  }
}

run "refuses_one_instance" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { concurrency = 1 })
  }
}

run "refuses_more_instances_than_lambda_takes" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { concurrency = 1001 })
  }
}

run "refuses_half_an_instance" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { concurrency = 2.5 })
  }
}

run "refuses_instances_that_wait_for_each_other" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { rate_per_s = 0.1, concurrency = 7 })
  }
}

run "refuses_tries_for_more_than_3_days" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { retry_for_s = 259201 })
  }
}

run "refuses_tries_for_less_than_nothing" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { retry_for_s = -1 })
  }
}

run "refuses_a_breaker_that_needs_no_failure" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { breaker = { failures_in_a_row = 0 } })
  }
}

run "refuses_a_breaker_that_never_counts_enough" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { breaker = { failures_in_a_row = 1001 } })
  }
}

run "refuses_a_failure_rate_of_nothing" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { breaker = { failure_rate = 0 } })
  }
}

run "refuses_a_failure_rate_in_percent" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { breaker = { failure_rate = 50 } })
  }
}

run "refuses_no_pause" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { breaker = { pause_s = 0 } })
  }
}

run "refuses_half_a_second_of_pause" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { breaker = { pause_s = 1.5 } })
  }
}

run "refuses_a_pause_over_the_longest" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { breaker = { pause_s = 901 } })
  }
}

run "refuses_a_pause_of_more_than_12_hours" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { breaker = { longest_pause_s = 43201 } })
  }
}
