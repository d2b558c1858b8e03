# What may name an event, and for how long equal bytes are one.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages = { dir = "tests/packages" }
}

run "refuses_an_unknown_dedupe" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", dedupe = "never" } }
  }
}

run "refuses_a_window_of_half_a_second" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    pointer_ttl_days = 30
    endpoints        = { partner = { preset = "github", dedupe_window_s = 0.5 } }
  }
}

run "refuses_a_window_of_no_time" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    pointer_ttl_days = 30
    endpoints        = { partner = { preset = "github", dedupe_window_s = 0 } }
  }
}

run "refuses_a_window_of_longer_than_pointers_are_kept" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    pointer_ttl_days = 30
    endpoints        = { partner = { preset = "github", dedupe_window_s = 2592001 } }
  }
}

run "refuses_a_window_without_effect" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = {
      chosen   = { preset = "github", dedupe = "id", dedupe_window_s = 3600 }
      repeats  = { preset = "dropbox", dedupe_window_s = 3600 }
      signed   = { preset = "stripe", dedupe_window_s = 3600 }
      family   = { preset = "standard-webhooks", dedupe_window_s = 3600 }
      ours     = { preset = "paystack", dedupe_window_s = 3600, event = { id = { json = "/data/id" } } }
      bytes    = { preset = "paystack", dedupe_window_s = 3600 }
      split    = { preset = "github", dedupe_window_s = 3600 }
      unsigned = { preset = "paystack", dedupe_window_s = 3600, event = { id = { header = "x-id" } } }
    }
  }

  assert {
    condition     = [for problem in local.scheme_problems : regex("^([a-z]+): dedupe_window_s: has no effect .+; leave it out$", problem)[0]] == ["chosen", "family", "ours", "repeats", "signed"]
    error_message = "A window must be refused exactly if an id or each delivery names the event: ${jsonencode(local.scheme_problems)}"
  }
}

run "warns_of_endpoints_where_only_bytes_tell_events_apart" {
  command         = plan
  expect_failures = [check.equal_bytes_are_one_event]

  variables {
    pointer_ttl_days = 30
    endpoints = {
      bytes    = { preset = "paystack" }
      door     = { custom = jsonencode({ kind = "token", header = "x-token" }) }
      windowed = { preset = "paystack", dedupe_window_s = 2592000 }
      named    = { preset = "paystack", event = { id = { json = "/data/id" } } }
      timed    = { preset = "paystack", event = { occurred_at = { json = "/data/paid_at" } } }
      headed   = { preset = "paystack", event = { type = { header = "x-topic" } } }
      chosen   = { preset = "twilio", dedupe = "id" }
      github   = { preset = "github" }
      stripe   = { preset = "stripe" }
      zoom     = { preset = "zoom" }
      dropbox  = { preset = "dropbox" }
    }
  }

  assert {
    condition     = local.merging == ["bytes", "door"]
    error_message = "The warning must be for endpoints where only the bytes distinguish events: ${jsonencode(local.merging)}"
  }
}

run "refuses_attributes_without_a_list" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", dedupe = "attributes", dedupe_window_s = 60 } }
  }
}

run "refuses_a_list_without_attributes" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", dedupe_by = ["customer"], attributes = { customer = { json = "/customer" } } } }
  }
}

run "refuses_attributes_without_a_window" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", dedupe = "attributes", dedupe_by = ["customer"], attributes = { customer = { json = "/customer" } } } }
  }
}

run "refuses_attributes_that_are_not_declared" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", dedupe = "attributes", dedupe_by = ["client"], dedupe_window_s = 60, attributes = { customer = { json = "/customer" } } } }
  }
}

run "refuses_an_attribute_twice" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", dedupe = "attributes", dedupe_by = ["customer", "customer"], dedupe_window_s = 60, attributes = { customer = { json = "/customer" } } } }
  }
}

run "refuses_an_attribute_of_a_header" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", dedupe = "attributes", dedupe_by = ["plan"], dedupe_window_s = 60, attributes = { plan = { header = "x-plan" } } } }
  }
}

# `ingest` refuses the same: `merging.rs`.
run "refuses_attributes_that_the_signature_does_not_cover" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = {
      outside = { preset = "adyen", dedupe = "attributes", dedupe_by = ["live"], dedupe_window_s = 60, attributes = { live = { json = "/live" } } }
      inside  = { preset = "adyen", dedupe = "attributes", dedupe_by = ["code"], dedupe_window_s = 60, attributes = { code = { json = "/notificationItems/0/NotificationRequestItem/eventCode" } } }
      form    = { preset = "twilio", dedupe = "attributes", dedupe_by = ["a"], dedupe_window_s = 60, attributes = { a = { json = "/a" } } }
      body    = { preset = "github", dedupe = "attributes", dedupe_by = ["a"], dedupe_window_s = 60, attributes = { a = { json = "/a" } } }
      shown   = { preset = "gitlab-token", dedupe = "attributes", dedupe_by = ["a"], dedupe_window_s = 60, attributes = { a = { json = "/a" } } }
    }
  }

  assert {
    condition     = [for problem in local.scheme_problems : regex("^([a-z]+): dedupe_by: the signature does not cover /", problem)[0]] == ["form", "outside"]
    error_message = "Attributes that name events must be signed: ${jsonencode(local.scheme_problems)}"
  }
}

run "merges_by_attributes_whatever_else_names_the_event" {
  command = plan

  variables {
    endpoints = {
      signed   = { preset = "stripe", dedupe = "attributes", dedupe_by = ["customer", "status"], dedupe_window_s = 3600, attributes = { customer = { json = "/data/object/customer" }, status = { json = "/data/object/status" } } }
      repeats  = { preset = "dropbox", dedupe = "attributes", dedupe_by = ["account"], dedupe_window_s = 60, attributes = { account = { json = "/list_folder/accounts/0" } } }
      ordinary = { preset = "github" }
    }
  }

  assert {
    condition = [for name in ["signed", "repeats", "ordinary"] : [for member in ["dedupe", "dedupe_by", "dedupe_window_s"] : try(jsondecode(module.endpoint[name].config)[member], null)]] == [
      ["attributes", ["customer", "status"], 3600],
      ["attributes", ["account"], 60],
      ["auto", null, null],
    ]
    error_message = "The functions must read what names events: ${jsonencode({ for name, endpoint in module.endpoint : name => endpoint.config })}"
  }
}
