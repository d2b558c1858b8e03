# What modules/destination refuses of http. Each run changes one thing of what `subscription` has here.
# The module under test is the variables alone, so that no provider is started.

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

run "refuses_a_password_in_the_url" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "https://user:password@a.example/" }) } })
  }
}

run "refuses_a_url_without_a_host" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "https:///hooks" }) } })
  }
}

run "refuses_http_to_the_internet" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "http://a.example/hooks" }) } })
  }
}

run "refuses_a_fragment" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "https://a.example/#here" }) } })
  }
}

run "refuses_a_port_that_is_none" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "https://a.example:65536/" }) } })
  }
}

run "refuses_a_host_in_other_letters" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "https://bücher.example/" }) } })
  }
}

run "refuses_a_path_that_is_not_encoded" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "https://a.example/<id>" }) } })
  }
}

run "refuses_get" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { method = "GET" }) } })
  }
}

run "refuses_an_unknown_signature" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { sign = "github" }) } })
  }
}

run "refuses_an_unknown_body" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { body = "headers" }) } })
  }
}

run "refuses_a_timeout_of_61_seconds" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { timeout_s = 61 }) } })
  }
}

run "refuses_half_a_second" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { timeout_s = 0.5 }) } })
  }
}

run "refuses_no_success" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { success = [] }) } })
  }
}

run "refuses_a_redirect_as_success" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { success = ["2xx", "302"] }) } })
  }
}

run "refuses_a_failure_as_success" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { success = ["500"] }) } })
  }
}

run "refuses_every_refusal_as_success" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { success = ["4xx"] }) } })
  }
}

run "refuses_an_answer_that_asks_to_try_again_as_success" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { success = ["2xx", "429"] }) } })
  }
}

run "refuses_a_header_of_the_connection" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { headers = { Content-Length = "1" } }) } })
  }
}

run "refuses_a_header_of_cloudevents" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { headers = { ce-type = "a" } }) } })
  }
}

run "refuses_a_header_of_the_signature" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { headers = { Webhook-Id = "a" } }) } })
  }
}

run "refuses_a_line_break_in_a_header" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { headers = { x-a = "a\nb" } }) } })
  }
}

run "refuses_a_space_in_a_headers_name" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { headers = { "x a" = "a" } }) } })
  }
}

run "refuses_a_header_twice" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { headers = { X-A = "a", x-a = "b" } }) } })
  }
}

run "refuses_headers_that_lambda_cannot_hold" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { headers = { for i in range(30) : "x-${i}" => format("%0100d", i) } }) } })
  }
}
