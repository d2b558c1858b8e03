# What people may see of endpoints with `redact`: the policies, the function, and what cannot be redacted. The provider is
# the real one, because a mocked one would invent the policies.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_data {
  target = module.key_policy.data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_resource {
  target          = aws_kms_key.stack[0]
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-west-1:123456789012:key/k" }
}

variables {
  packages = { dir = "tests/packages" }
}

run "refuses_a_place_that_is_none" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", redact = ["/a~2"] } }
  }
}

run "refuses_the_whole_body" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", redact = [""] } }
  }
}

run "refuses_a_header_in_upper_case" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", redact = ["X-Customer"] } }
  }
}

run "refuses_a_place_twice" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", redact = ["/a", "/a"] } }
  }
}

run "refuses_payloads_in_pointers" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", redact = ["/a"], inline_max_bytes = 1024 } }
  }
}

run "refuses_more_endpoints_than_the_policy_can_name" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { for i in range(21) : "partner-${i}" => { preset = "github", redact = ["/a"] } }
  }
}

run "refuses_to_redact_what_people_see_everywhere" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = {
      id       = { preset = "stripe", redact = ["/id"] }
      type     = { preset = "stripe", redact = ["/type"] }
      subject  = { preset = "github", redact = ["/user"], event = { subject = { json = "/user/email" } } }
      ordering = { preset = "github", redact = ["/key"], event = { ordering_key = { json = "/key" } } }
      header   = { preset = "github", redact = ["x-github-event"] }
      moved    = { preset = "stripe", redact = ["/id"], event = { id = { json = "/data/object/id" } } }
      near     = { preset = "stripe", redact = ["/i", "/id/x", "/types"] }
    }
  }

  assert {
    condition     = [for problem in local.scheme_problems : join(" ", regex("^([a-z]+): redact: .* is where the event's ([a-z_]+) is", problem))] == ["header type", "id id", "ordering ordering_key", "subject subject", "type type"]
    error_message = "A fact of the event must not be redacted: ${jsonencode(local.scheme_problems)}"
  }
}

run "denies_the_objects_to_read_and_shows_them_through_a_function" {
  command = plan

  variables {
    endpoints = {
      hidden = { preset = "stripe", redact = ["/data/object/email", "x-customer"] }
      a      = { preset = "github" }
    }
  }

  assert {
    condition     = jsondecode(module.endpoint["hidden"].config).redact == ["/data/object/email", "x-customer"] && !can(jsondecode(module.endpoint["a"].config).redact)
    error_message = "The functions must read what is redacted: ${module.endpoint["hidden"].config}"
  }

  # One of the resources must not match objects of other endpoints: shard and hour are matched by their form.
  assert {
    condition     = [for statement in jsondecode(output.operator_policies.read).Statement : [statement.Sid, join(",", sort(flatten([statement.Action]))), join(",", flatten([statement.Resource]))] if statement.Effect == "Deny"] == [["LeaveOutWhatIsRedacted", "s3:GetObject,s3:GetObjectVersion", join(",", ["arn:aws:s3:::coatcheck-payloads-123456789012-eu-west-1/*/????-??-??T??/hidden/*"])]]
    error_message = "read must deny the objects of endpoints that redact, and of no others: ${output.operator_policies.read}"
  }

  assert {
    condition     = [for name in ["read", "reveal"] : [for statement in jsondecode(output.operator_policies[name]).Statement : statement.Resource if statement.Sid == "ShowRedacted"]] == [for name in ["read", "reveal"] : ["arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-redact"]]
    error_message = "Both must be able to call the function: ${jsonencode(output.operator_policies)}"
  }

  # What `reveal` allows is what `read` allows, without the denial.
  assert {
    condition     = jsonencode([for statement in jsondecode(output.operator_policies.read).Statement : statement if statement.Effect == "Allow"]) == jsonencode(jsondecode(output.operator_policies.reveal).Statement)
    error_message = "reveal must be read without its denial: ${output.operator_policies.reveal}"
  }

  assert {
    condition     = [for name, json in output.operator_policies : name] == ["erase", "operate", "read", "reveal", "verify"] && !strcontains(output.operator_policies.verify, "s3:GetObject") && !strcontains(output.operator_policies.operate, "s3:GetObject")
    error_message = "No policy that comes with read may give the objects back."
  }

  # The function reads what is redacted, and nothing else of the bucket. It writes nothing.
  assert {
    condition = [for statement in jsondecode(module.redact[0].policies.redact).Statement : [statement.Sid, join(",", sort(flatten([statement.Action]))), join(",", sort(flatten([statement.Resource])))] if !startswith(statement.Sid, "Decrypt")] == [
      ["ReadEndpointsAndPointers", "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/coatcheck-endpoints,arn:aws:dynamodb:eu-west-1:123456789012:table/coatcheck-events"],
      ["ReadWhatIsRedacted", "s3:GetObject", "arn:aws:s3:::coatcheck-payloads-123456789012-eu-west-1/*/????-??-??T??/hidden/*"],
      ["TellExpiredFromForbidden", "s3:ListBucket", "arn:aws:s3:::coatcheck-payloads-123456789012-eu-west-1"],
    ]
    error_message = "redact must read what is redacted and nothing else: ${module.redact[0].policies.redact}"
  }

  assert {
    condition     = output.stack.functions.redact.name == "coatcheck-redact" && contains(keys(output.alarms), "coatcheck-redact-errors")
    error_message = "The command line must find the function, and an alarm must watch it: ${jsonencode(output.stack.functions)}"
  }
}

run "has_neither_function_nor_policy_where_nothing_is_redacted" {
  command = plan

  variables {
    endpoints = { a = { preset = "github" } }
  }

  assert {
    condition     = length(module.redact) == 0 && [for name, json in output.operator_policies : name] == ["erase", "operate", "read", "verify"] && !strcontains(output.operator_policies.read, "Deny") && !can(output.stack.functions.redact)
    error_message = "Nothing is redacted, so nothing may be denied: ${output.operator_policies.read}"
  }
}
