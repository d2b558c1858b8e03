# What modules/destination refuses of http.auth, http.own_ca and http.client_certificate. Each run changes one thing of what
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

run "accepts_a_destination" {
  command = plan

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "https://a.example:8443/hooks/%20?a=b&c[]=d", method = "PUT", auth = { type = "sigv4", service = "execute-api", region = "eu-west-1", actions = ["execute-api:Invoke"], arns = ["arn:aws:execute-api:eu-west-1:123456789012:abc/v1/*"] }, sign = "none", headers = { X-Team = "a b" }, body = "event", success = ["2xx", "409"], timeout_s = 60, own_ca = true }) } })
  }
}

run "accepts_http_to_a_private_address" {
  command = plan

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "http://[fd00::1]:65535", allow_private = true, auth = { type = "oauth2_client_credentials", token_url = "http://10.0.0.1/token", scope = "events", actions = [], arns = [] } }) } })
  }
}

run "refuses_a_credential_in_a_header" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { headers = { Authorization = "Bearer a" } }) } })
  }
}

run "refuses_the_header_of_the_secret_twice" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { headers = { X-Key = "a" }, auth = { type = "header", header = "x-key", actions = [], arns = [] } }) } })
  }
}

run "refuses_a_ca_without_tls" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "http://10.0.0.1/", allow_private = true, own_ca = true }) } })
  }
}

run "refuses_a_client_certificate_without_tls" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { url = "http://10.0.0.1/", allow_private = true, client_certificate = true }) } })
  }
}

run "refuses_an_unknown_kind_of_credentials" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { actions = [], arns = [], type = "digest" } }) } })
  }
}

run "refuses_a_header_without_its_name" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { actions = [], arns = [], type = "header" } }) } })
  }
}

run "refuses_a_header_of_ours_for_the_secret" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { actions = [], arns = [], type = "header", header = "Webhook-Signature" } }) } })
  }
}

run "refuses_a_header_for_basic" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { actions = [], arns = [], type = "basic", header = "x-key" } }) } })
  }
}

run "refuses_a_token_without_its_url" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { actions = [], arns = [], type = "oauth2_client_credentials", scope = "events" } }) } })
  }
}

run "refuses_a_token_url_without_tls" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { actions = [], arns = [], type = "oauth2_client_credentials", token_url = "http://a.example/token" } }) } })
  }
}

run "refuses_sigv4_without_rights" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { type = "sigv4", service = "execute-api", actions = [], arns = [] } }) } })
  }
}

run "refuses_a_wildcard_among_actions" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { type = "sigv4", service = "lambda", actions = ["lambda:Invoke*"], arns = ["arn:aws:lambda:eu-west-1:123456789012:function:f"] } }) } })
  }
}

run "refuses_a_wildcard_of_resources" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { type = "sigv4", service = "lambda", actions = ["lambda:InvokeFunctionUrl"], arns = ["arn:aws:lambda:eu-west-1:123456789012:function:*"] } }) } })
  }
}

run "refuses_a_wildcard_of_regions" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { type = "sigv4", service = "lambda", actions = ["lambda:InvokeFunctionUrl"], arns = ["arn:aws:lambda:*:123456789012:function:f"] } }) } })
  }
}

run "refuses_a_url_as_service" {
  command         = plan
  expect_failures = [var.subscription]

  module {
    source = "./tests/destination"
  }

  variables {
    subscription = merge(var.subscription, { target = { http = merge(var.subscription.target.http, { auth = { type = "sigv4", service = "execute-api.amazonaws.com", actions = ["execute-api:Invoke"], arns = ["arn:aws:execute-api:eu-west-1:123456789012:abc/v1/*"] } }) } })
  }
}
