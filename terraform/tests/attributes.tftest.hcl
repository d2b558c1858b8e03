# What endpoints keep of their events: in the configuration of the functions, and in every event.

mock_provider "aws" {
  source = "./tests/mocks"
}

run "writes_what_is_declared_and_nothing_else" {
  command = plan

  variables {
    packages = { dir = "tests/packages" }

    endpoints = {
      github = { preset = "github" }
      shop   = { preset = "standard-webhooks", attributes = { customer = { json = "/data/object/customer", as = "text" } } }
      stripe = {
        preset = "stripe"
        attributes = {
          customer = { json = "/data/object/customer", index = true }
          amount   = { json = "/data/object/amount", as = "number" }
          plan     = { header = "x-plan" }
        }
      }
    }

    processors    = { one = { kind = "lambda" } }
    subscriptions = { some = { types = ["*"], target = { processor = "one" } } }
  }

  assert {
    condition = { for name, endpoint in module.endpoint : name => try(jsondecode(endpoint.config).attributes, null) } == {
      github = null
      shop   = { customer = { json = "/data/object/customer" } }
      stripe = {
        customer = { json = "/data/object/customer", index = true }
        amount   = { json = "/data/object/amount", as = "number" }
        plan     = { header = "x-plan" }
      }
    }
    error_message = "The functions must read the attributes, and functions of the version before must still read an endpoint without any: ${module.endpoint["stripe"].config}"
  }

  # In quotes: a path that is missing leaves an empty text.
  assert {
    condition = alltrue([for name in ["amount", "customer", "plan"] :
      strcontains(module.cloudevent.from_stream, ",\"${name}\":\"<$.dynamodb.NewImage.x_${name}.S>\",")
      && strcontains(module.cloudevent.from_queue, ",\"${name}\":\"<$.body.${name}>\",")
    ])
    error_message = "Every event must have what any endpoint declares: ${module.cloudevent.from_stream}"
  }

  assert {
    condition     = jsondecode(replace(module.cloudevent.from_queue, "/:(<[^>]+>)/", ":\"$1\"")).customer == "<$.body.customer>"
    error_message = "The template must stay JSON: ${module.cloudevent.from_queue}"
  }

  assert {
    condition     = strcontains(module.subscription["some"].pipe_parameters.target[0].input_template, "\"customer\":\"<$.body.customer>\"") && aws_pipes_pipe.router.target_parameters[0].input_template == module.cloudevent.from_stream
    error_message = "Pipes must carry the attributes: ${module.subscription["some"].pipe_parameters.target[0].input_template}"
  }

  assert {
    condition     = local.stack.attributes == tolist(["amount", "customer", "plan"]) && jsondecode(module.rehydrate.environment.ATTRIBUTES) == ["amount", "customer", "plan"]
    error_message = "The command line and rehydrate build events, too: they must know the names."
  }
}

# A template has 8,192 characters at most.
# https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeTargetParameters.html
run "forty_names_of_any_length_fit_the_templates" {
  command = plan

  variables {
    packages = { dir = "tests/packages" }

    endpoints = { for i in range(4) : "endpoint${i}" => {
      preset     = "github"
      attributes = { for j in range(10) : format("a%018d%d", i, j) => { json = "/a" } }
    } }

    processors    = { one = { kind = "lambda" } }
    subscriptions = { some = { types = ["*"], target = { processor = "one" } } }
  }

  assert {
    condition     = length(module.cloudevent.from_stream) <= 8192 && length(module.subscription["some"].pipe_parameters.target[0].input_template) <= 8192
    error_message = "The templates are too long: ${length(module.cloudevent.from_stream)} characters."
  }
}

run "refuses_more_events_with_attributes_than_fit_into_a_state_machine" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    packages  = { dir = "tests/packages" }
    endpoints = { github = { preset = "github", attributes = { customer = { json = "/a" } } } }

    subscriptions = {
      machine = { types = ["*"], batch_size = 75, batching_window_s = 1, target = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m" } }
    }
  }

  assert {
    condition     = local.inline_problems == ["machine: 75 events with attributes of up to 914 characters do not fit into the input of a state machine, 262144 characters: lower batch_size of the subscription to 74"]
    error_message = "The problem must name the subscription and the remedy: ${jsonencode(local.inline_problems)}"
  }
}

run "as_many_as_fit_are_planned" {
  command = plan

  variables {
    packages  = { dir = "tests/packages" }
    endpoints = { github = { preset = "github", attributes = { customer = { json = "/a" } } } }

    subscriptions = {
      machine = { types = ["*"], batch_size = 74, batching_window_s = 1, target = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m" } }
    }
  }

  assert {
    condition     = local.inline_problems == []
    error_message = "They fit: ${jsonencode(local.inline_problems)}"
  }
}

run "refuses_41_names_in_a_stack" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { for i in range(5) : "endpoint${i}" => {
      preset     = "github"
      attributes = { for j in range(i == 4 ? 1 : 10) : "a${i}x${j}" => { json = "/a" } }
    } }
  }
}

run "refuses_11_attributes_of_an_endpoint" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { for i in range(11) : "a${i}" => { json = "/a" } } } }
  }
}

run "refuses_a_name_with_capitals" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { Customer = { json = "/a" } } } }
  }
}

run "refuses_a_name_that_starts_with_a_digit" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { "2nd" = { json = "/a" } } } }
  }
}

run "refuses_a_name_of_21_characters" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { abcdefghij01234567890 = { json = "/a" } } } }
  }
}

run "refuses_the_name_of_an_own_attribute" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { ref = { json = "/a" } } } }
  }
}

run "refuses_a_name_that_coatcheck_sets" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { schemacheck = { json = "/a" } } } }
  }
}

run "refuses_an_attribute_without_a_place" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { customer = { index = true } } } }
  }
}

run "refuses_an_attribute_in_two_places" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { customer = { json = "/a", header = "x-a" } } } }
  }
}

run "refuses_what_is_no_json_pointer" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { customer = { json = "data.customer" } } } }
  }
}

run "refuses_a_bad_escape_in_a_json_pointer" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { customer = { json = "/a~2" } } } }
  }
}

run "refuses_a_header_with_capitals_for_an_attribute" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { plan = { header = "X-Plan" } } } }
  }
}

run "refuses_another_kind_of_value" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { day = { json = "/a", as = "date" } } } }
  }
}

run "refuses_a_header_that_may_hold_a_secret" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { plan = { header = "x-api-key" } } } }
  }
}

run "refuses_a_header_of_the_connection" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { plan = { header = "host" } } } }
  }
}

run "refuses_two_kinds_of_one_name" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = {
      a = { preset = "github", attributes = { amount = { json = "/amount", as = "number" } } }
      b = { preset = "github", attributes = { amount = { json = "/amount" } } }
    }
  }
}

run "takes_an_escaped_pointer_and_an_index" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", attributes = { customer = { json = "/a~1b/~0/0/" } } } }
  }
}
