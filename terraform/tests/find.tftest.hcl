# The indexes that find events by their attributes: index = true. The provider is the real one, without credentials.

provider "aws" {
  region                      = "eu-central-1"
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

variables {
  packages = { dir = "tests/packages" }
}

run "nobody_pays_who_indexes_nothing" {
  command = plan

  variables {
    endpoints = {
      plain    = { preset = "github" }
      declared = { preset = "github", attributes = { customer = { json = "/customer" } } }
    }
  }

  assert {
    condition     = toset([for index in aws_dynamodb_table.events.global_secondary_index : index.name]) == toset(["by-time"]) && toset([for attribute in aws_dynamodb_table.events.attribute : attribute.name]) == toset(["pk", "received_at", "sk", "time_bucket"])
    error_message = "An index costs a write for each event, so there must be none: ${jsonencode(aws_dynamodb_table.events.global_secondary_index)}"
  }

  assert {
    condition     = jsonencode(local.stack.declared) == jsonencode({ declared = { customer = { as = "text", index = false } } })
    error_message = "The command line must know what can be searched for: ${jsonencode(local.stack.declared)}"
  }

  assert {
    condition     = length(local.find_index_arns) == 0
    error_message = "There is nothing to read."
  }
}

run "as_many_indexes_as_the_endpoint_with_the_most_needs" {
  command = plan

  override_resource {
    target          = aws_kms_key.stack[0]
    override_during = plan
    values          = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }

  variables {
    endpoints = {
      plain = { preset = "github" }
      one   = { preset = "github", attributes = { customer = { json = "/customer", index = true }, plan = { json = "/plan" } } }
      two = { preset = "github", attributes = {
        amount   = { json = "/amount", as = "number" }
        customer = { json = "/customer", index = true }
        order    = { header = "x-order", as = "number", index = true }
      } }
    }
  }

  assert {
    condition = { for index in aws_dynamodb_table.events.global_secondary_index : index.name => [index.hash_key, index.range_key, index.projection_type, join(",", sort(index.non_key_attributes))] } == {
      by-attribute-1 = ["find_1", "received_at", "INCLUDE", "endpoint,id,ref,request_id,size,subject,type"]
      by-attribute-2 = ["find_2", "received_at", "INCLUDE", "endpoint,id,ref,request_id,size,subject,type"]
      by-time        = ["time_bucket", "received_at", "INCLUDE", "endpoint,id,ref,request_id,size,subject,type"]
    }
    error_message = "An entry must have what a list shows, as in by-time: ${jsonencode(aws_dynamodb_table.events.global_secondary_index)}"
  }

  assert {
    condition     = { for attribute in aws_dynamodb_table.events.attribute : attribute.name => attribute.type } == { find_1 = "S", find_2 = "S", pk = "S", received_at = "S", sk = "S", time_bucket = "S" }
    error_message = "DynamoDB takes the attributes of keys and no others: ${jsonencode(aws_dynamodb_table.events.attribute)}"
  }

  assert {
    condition = toset(flatten([for statement in jsondecode(data.aws_iam_policy_document.read.json).Statement : statement.Resource if try(statement.Sid, "") == "FindEventsByAttribute" && statement.Action == "dynamodb:Query"])) == toset([
      "arn:aws:dynamodb:eu-central-1:123456789012:table/coatcheck-events/index/by-attribute-1",
      "arn:aws:dynamodb:eu-central-1:123456789012:table/coatcheck-events/index/by-attribute-2",
    ])
    error_message = "Those who may read must be able to search: ${data.aws_iam_policy_document.read.json}"
  }

  assert {
    condition     = jsonencode(local.stack.declared["two"]) == jsonencode({ amount = { as = "number", index = false }, customer = { as = "text", index = true }, order = { as = "number", index = true } })
    error_message = "The command line must know what can be searched for: ${jsonencode(local.stack.declared)}"
  }

  assert {
    condition     = { for name, endpoint in module.endpoint : name => [for attribute, rule in try(jsondecode(endpoint.config).attributes, {}) : attribute if try(rule.index, false)] if name != "plain" } == { one = ["customer"], two = ["customer", "order"] }
    error_message = "The functions must know what to write keys of."
  }
}

run "three_are_planned" {
  command = plan

  variables {
    endpoints = { three = { preset = "github", attributes = { for name in ["a", "b", "c", "d"] : name => { json = "/${name}", index = name != "d" } } } }
  }

  assert {
    condition     = toset([for index in aws_dynamodb_table.events.global_secondary_index : index.name]) == toset(["by-attribute-1", "by-attribute-2", "by-attribute-3", "by-time"])
    error_message = "Three indexes and by-time."
  }
}

run "refuses_a_fourth" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { four = { preset = "github", attributes = { for name in ["a", "b", "c", "d"] : name => { json = "/${name}", index = true } } } }
  }
}
