# JSON Schemas of endpoints: what reaches the functions, who gets what is quarantined, and what a plan refuses.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages = { dir = "tests/packages" }
}

run "without_schemas_nothing_is_added" {
  command = plan

  variables {
    endpoints     = { github = { preset = "github" } }
    subscriptions = { all = { types = ["*"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:all" } } }
  }

  assert {
    condition     = length(aws_dynamodb_table_item.schema) == 0 && !contains(keys(module.ingest.environment), "ENDPOINTS_TABLE") && !contains(keys(module.ingest.policies), "schemas")
    error_message = "A stack without schemas must neither store nor read any."
  }

  assert {
    condition     = !contains(keys(jsondecode(module.endpoint["github"].config)), "schemas")
    error_message = "Functions of the version before refuse members that they do not know: ${module.endpoint["github"].config}"
  }

  assert {
    condition     = !strcontains(module.cloudevent.from_stream, "schemacheck") && !strcontains(jsonencode(module.subscription["all"].queue_filters), "schemacheck")
    error_message = "Events and filters must be as they were."
  }
}

run "the_functions_get_digests_and_the_table_the_texts" {
  command = plan

  variables {
    endpoints = {
      billing = {
        preset = "stripe"
        schema = { file = "tests/schemas/invoice.json", types = ["invoice.*"], on_fail = "reject" }
        schemas = [
          { file = "tests/schemas/draft7.json", types = ["customer.created"], on_fail = "flag" },
          { file = "tests/schemas/invoice.json", on_fail = "quarantine" },
        ]
      }
      direct = { preset = "github", lane = "direct", schema = { file = "tests/schemas/invoice.json", on_fail = "flag" } }
      other  = { preset = "github" }
    }
    subscriptions = {
      all     = { types = ["*"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:all" } }
      suspect = { types = ["*"], quarantined = true, target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:suspect" } }
      ordered = { types = ["invoice.*"], ordered = true, quarantined = true, target = { lambda_arn = "arn:aws:lambda:eu-west-1:123456789012:function:own" } }
    }
  }

  assert {
    condition = jsondecode(module.endpoint["billing"].config).schemas == [
      { sha256 = filesha256("tests/schemas/invoice.json"), types = ["invoice.*"], on_fail = "reject" },
      { sha256 = filesha256("tests/schemas/draft7.json"), types = ["customer.created"], on_fail = "flag" },
      { sha256 = filesha256("tests/schemas/invoice.json"), on_fail = "quarantine" },
    ]
    error_message = "The endpoint must name its schemas by their digests, in their order: ${module.endpoint["billing"].config}"
  }

  assert {
    condition     = length(aws_dynamodb_table_item.schema) == 2 && jsondecode(aws_dynamodb_table_item.schema[filesha256("tests/schemas/draft7.json")].item) == { name = { S = "schema#${filesha256("tests/schemas/draft7.json")}" }, schema = { S = file("tests/schemas/draft7.json") } }
    error_message = "Each text must be stored once, byte for byte, under its digest."
  }

  assert {
    condition     = module.ingest.environment["ENDPOINTS_TABLE"] == "coatcheck-endpoints" && endswith(module.ingest.package, "/ingest-schema.zip") && endswith(module.admit.package, "/admit-schema.zip")
    error_message = "The functions must be those with a validator: ${module.ingest.package}, ${module.admit.package}."
  }

  assert {
    condition     = contains(keys(module.ingest.policies), "schemas") && one(data.aws_iam_policy_document.ingest_schemas.statement[0].condition).values == tolist(["schema#*"])
    error_message = "ingest must be able to read schemas, and no endpoints."
  }

  assert {
    condition     = strcontains(module.cloudevent.from_stream, "\"schemacheck\":\"<$.dynamodb.NewImage.x_schemacheck.S>\"") && strcontains(module.cloudevent.from_queue, "\"schemacheck\":\"<$.body.schemacheck>\"")
    error_message = "Every event must say how its check ended: ${module.cloudevent.from_stream}"
  }

  assert {
    condition     = alltrue([for filter in slice(module.subscription["all"].queue_filters, 0, 1) : jsondecode(filter).body.schemacheck == [{ anything-but = ["quarantined"] }, { exists = false }]])
    error_message = "Who does not ask for quarantined events must not get them: ${jsonencode(module.subscription["all"].queue_filters)}"
  }

  assert {
    condition     = alltrue([for name in ["suspect", "ordered"] : jsondecode(module.subscription[name].queue_filters[0]).body.schemacheck == ["quarantined"]])
    error_message = "Who asks for quarantined events must get no others: ${jsonencode(module.subscription["suspect"].queue_filters)}"
  }
}

run "a_stack_that_only_flags_has_the_filters_of_before" {
  command = plan

  variables {
    endpoints     = { billing = { preset = "stripe", schema = { file = "tests/schemas/invoice.json", on_fail = "flag" } } }
    subscriptions = { all = { types = ["*"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:all" } } }
  }

  assert {
    condition     = !strcontains(jsonencode(module.subscription["all"].queue_filters), "schemacheck") && !strcontains(module.admit.package, "schema")
    error_message = "Without quarantine no filter needs the outcome, and without the direct lane admit needs no validator."
  }
}

run "what_cannot_be_used_stops_a_plan" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints = {
      billing = { preset = "stripe", schema = { file = "tests/schemas/none.json", on_fail = "flag" } }
      large   = { preset = "github", lane = "direct", schema = { file = "tests/schemas/invoice.json", on_fail = "reject" } }
    }
  }

  assert {
    condition     = [for problem in local.schema_problems : regex("^[a-z]+: [a-z._]+", problem)] == ["billing: schema.file", "large: schema.on_fail"]
    error_message = "The message must name all mistakes at once: ${jsonencode(local.schema_problems)}"
  }
}

# What follows needs no more than the variables and what is made of them.

run "names_what_is_wrong_with_each_schema" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = {
      ahead     = { preset = "stripe", schemas = [{ file = "tests/schemas/ahead.json", on_fail = "flag" }] }
      bundled   = { preset = "stripe", schemas = [{ file = "tests/schemas/bundled.json", on_fail = "flag" }] }
      drop      = { preset = "stripe", schema = { file = "tests/schemas/invoice.json", on_fail = "drop" } }
      eleven    = { preset = "stripe", schemas = [for number in range(11) : { file = "tests/schemas/invoice.json", types = ["type.${number}"], on_fail = "flag" }] }
      not-json  = { preset = "stripe", schema = { file = "tests/schemas/not.json", on_fail = "flag" } }
      old-draft = { preset = "stripe", schema = { file = "tests/schemas/draft4.json", on_fail = "flag" } }
      outside   = { preset = "stripe", schemas = [{ file = "tests/schemas/outside.json", on_fail = "flag" }] }
      star      = { preset = "stripe", schema = { file = "tests/schemas/invoice.json", types = ["invoice*"], on_fail = "flag" } }
    }
  }

  # One problem each, and none with a reference to a document inside.
  assert {
    condition = length(local.schema_problems) == 7 && alltrue([
      for start in [
        "ahead: a pattern of tests/schemas/ahead.json looks ahead",
        "drop: schema.on_fail must be",
        "eleven: an endpoint takes at most 10 schemas",
        "not-json: schema.file must be the path of a file of JSON text",
        "old-draft: $schema of tests/schemas/draft4.json must be",
        "outside: schema.file must hold all that it refers to",
        "star: schema.types must hold",
      ] : length([for problem in local.schema_problems : problem if startswith(problem, start)]) == 1
    ])
    error_message = "Each mistake must be named once: ${jsonencode(local.schema_problems)}"
  }
}
