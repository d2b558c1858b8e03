# Endpoints that keep payloads for fewer days than others: retention_days.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages               = { dir = "tests/packages" }
  payload_retention_days = 40

  endpoints = {
    as-all = { preset = "github" }
    short  = { preset = "github", retention_days = 22 }
    alike  = { preset = "stripe", retention_days = 22 }
    longer = { preset = "github", retention_days = 40, dedupe = "bytes", dedupe_window_s = 3456000 }
  }
}

run "reaches_the_functions_and_the_bucket_where_it_is_set" {
  command = plan

  assert {
    condition     = { for name, endpoint in module.endpoint : name => try(jsondecode(endpoint.config).retention_days, null) } == { alike = 22, "as-all" = null, longer = 40, short = 22 }
    error_message = "ingest must get it, and functions of the version before must be able to read endpoints without it."
  }

  assert {
    condition     = local.stack.retention == { alike = 22, longer = 40, short = 22 }
    error_message = "The command line must know it: ${jsonencode(local.stack.retention)}"
  }

  # One rule for each number of days.
  assert {
    condition = {
      for rule in aws_s3_bucket_lifecycle_configuration.payloads.rule :
      rule.id => [rule.status, length(rule.filter[0].tag) > 0 ? "${rule.filter[0].tag[0].key}=${rule.filter[0].tag[0].value}" : rule.filter[0].prefix, tostring(rule.expiration[0].days)]
      if length(rule.expiration) > 0
      } == {
      incoming-expire   = ["Enabled", "incoming/", "40"]
      payloads-expire   = ["Enabled", "payloads/", "40"]
      retention-days-22 = ["Enabled", "retention-days=22", "22"]
      retention-days-40 = ["Enabled", "retention-days=40", "40"]
    }
    error_message = "What has a tag must expire by its days, and the rest by payload_retention_days: ${jsonencode(aws_s3_bucket_lifecycle_configuration.payloads.rule)}"
  }

  assert {
    condition     = !contains(keys(aws_api_gateway_integration.direct.request_parameters), "integration.request.header.x-amz-tagging")
    error_message = "No endpoint of the direct lane needs a tag here."
  }
}

run "the_direct_lane_tags_what_it_stores" {
  command = plan

  variables {
    endpoints = {
      short = { preset = "github", lane = "direct", retention_days = 22 }
    }
  }

  assert {
    condition     = aws_api_gateway_integration.direct.request_parameters["integration.request.header.x-amz-tagging"] == "context.authorizer.tagging"
    error_message = "API Gateway must pass on the tag that the authorizer names: ${jsonencode(aws_api_gateway_integration.direct.request_parameters)}"
  }
}

run "few_days_need_a_short_queue" {
  command = plan

  variables {
    queue_retention_days = 1
    endpoints            = { short = { preset = "github", retention_days = 9 } }
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.payloads.rule : rule.id if length(rule.expiration) > 0] == ["payloads-expire", "incoming-expire", "retention-days-9"]
    error_message = "9 days are enough where a queue keeps a message for 1."
  }
}

run "refuses_days_in_which_a_redriven_message_could_lose_its_payload" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { short = { preset = "github", retention_days = 21 } }
  }
}

run "refuses_more_days_than_all_have" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { long = { preset = "github", retention_days = 41 } }
  }
}

run "refuses_a_part_of_a_day" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { short = { preset = "github", retention_days = 22.5 } }
  }
}

run "refuses_a_window_in_which_its_event_would_be_forgotten" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { short = { preset = "github", retention_days = 22, dedupe = "bytes", dedupe_window_s = 1900801 } }
  }
}

run "refuses_more_rules_than_a_bucket_has" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    payload_retention_days = 1000
    pointer_ttl_days       = 1000
    processed_ttl_days     = 1000
    endpoints              = { for i in range(901) : "short-${i}" => { preset = "github", retention_days = 30 + i } }
  }
}

run "takes_as_many_as_there_may_be" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    payload_retention_days = 1000
    pointer_ttl_days       = 1000
    processed_ttl_days     = 1000
    endpoints              = { for i in range(900) : "short-${i}" => { preset = "github", retention_days = 30 + i } }
  }
}
