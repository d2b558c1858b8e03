# What subscriptions want of attributes: the table of shared/domain/fixtures/filters, and what a stack makes of a filter.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages = { dir = "tests/packages" }

  endpoints = {
    github = { preset = "github" }
    shop   = { preset = "standard-webhooks", attributes = { customer = { json = "/customer" } } }
    stripe = {
      preset = "stripe"
      attributes = {
        customer = { json = "/data/object/customer" }
        amount   = { json = "/data/object/amount", as = "number" }
        size     = { json = "/data/object/size", as = "number" }
        plan     = { header = "x-plan" }
      }
    }
  }

  processors = { one = { kind = "lambda" } }
}

run "the_table_is_compiled_and_refused_as_it_should_be" {
  command = plan

  module {
    source = "./tests/filters"
  }

  # A file that is misread must not pass for one without mistakes.
  assert {
    condition     = output.count >= 60 && output.refused_count >= 50
    error_message = "There are fewer cases than there should be: ${output.count}, ${output.refused_count}"
  }

  assert {
    condition     = length(output.problems) == 0
    error_message = "These filters are sound: ${jsonencode(output.problems)}"
  }

  assert {
    condition     = jsonencode(output.compiled) == jsonencode(output.expected)
    error_message = "shared/domain/fixtures/filters/compiled.json is not what modules/filter makes today: scripts/filters writes it anew"
  }

  assert {
    condition     = length(output.not_refused) == 0
    error_message = "These filters must be refused, and nothing must come out: ${jsonencode(output.not_refused)}"
  }

  assert {
    condition     = length(output.beside_the_point) == 0 && length(output.not_said_well) == 0
    error_message = "Each is broken in one way, and a problem is \"attribute: what is wrong; remedy\": ${jsonencode([output.beside_the_point, output.not_said_well])}"
  }
}

run "a_filter_is_in_all_places_that_decide" {
  command = plan

  variables {
    subscriptions = {
      plain   = { types = ["*"], target = { processor = "one" } }
      text    = { types = ["push"], filter = jsonencode({ customer = [{ prefix = "cus \"" }], plan = [{ anything-but = "free" }] }), target = { processor = "one" } }
      amount  = { types = ["push"], endpoints = ["stripe"], filter = jsonencode({ amount = [{ numeric = [">=", 0] }] }), target = { processor = "one" } }
      ordered = { types = ["push"], filter = jsonencode({ size = [{ numeric = ["<", 0] }, { exists = false }] }), ordered = true, target = { processor = "one" } }
      paced   = { types = ["push"], filter = jsonencode({ plan = ["pro", { exists = false }] }), rate_per_s = 1, target = { processor = "one" } }
    }
  }

  # The topic lets through what has no plan: no recorded test shows that SNS takes an empty text in anything-but.
  assert {
    condition = { for name, s in module.subscription : name => jsondecode(s.filters[0]) if name != "amount" && name != "ordered" } == {
      plain = { type = [{ anything-but = ["coatcheck.test"] }], source = [{ anything-but = ["/endpoints/-"] }] }
      text  = { type = ["push"], source = [{ anything-but = ["/endpoints/-"] }], customer = [{ prefix = "cus %22" }], plan = [{ anything-but = ["free"] }] }
      paced = { type = ["push"], source = [{ anything-but = ["/endpoints/-"] }], plan = ["pro", ""] }
    }
    error_message = "The topic must hold back most: ${jsonencode({ for name, s in module.subscription : name => s.filters })}"
  }

  assert {
    condition = [for filter in module.subscription["text"].pipe_parameters.source[0].filter_criteria[0].filter : jsondecode(filter.pattern)] == [
      { body = { type = ["push"], source = [{ anything-but = ["/endpoints/-"] }], customer = [{ prefix = "cus %22" }], plan = [{ anything-but = ["free", ""] }] } },
      { body = { specversion = [{ exists = false }] } },
      { body = { replayid = [{ prefix = "test-" }] } },
    ]
    error_message = "The reader of the queue decides, and lets tests through: ${jsonencode(module.subscription["text"].queue_filters)}"
  }

  assert {
    condition     = toset(module.destination["paced"].mapping_parameters.filters) == toset(module.subscription["paced"].queue_filters) && contains([for filter in module.destination["paced"].mapping_parameters.filters : try(jsondecode(filter).body.plan, null)], ["pro", ""])
    error_message = "The mapping of deliver filters as a pipe does: ${jsonencode(module.destination["paced"].mapping_parameters.filters)}"
  }

  assert {
    condition     = jsondecode(module.subscription["amount"].queue_filters[0]).body.amount == [{ anything-but = [""] }] && alltrue([for pattern in jsondecode(module.subscription["amount"].queue_filters[0]).body["0amount"] : pattern == "" || can(regex("^[01]+$", pattern.prefix))])
    error_message = "A comparison is a choice of prefixes: ${module.subscription["amount"].queue_filters[0]}"
  }

  # What a processor or a command puts back has no order text, and was let through before.
  assert {
    condition     = contains([for filter in module.subscription["amount"].queue_filters : jsondecode(filter)], { body = { "0amount" = [{ exists = false }] } }) && !contains([for filter in module.subscription["amount"].queue_filters : jsondecode(filter)], { body = { specversion = [{ exists = false }] } }) && module.subscription["amount"].testable
    error_message = "An event that is put back must pass: ${jsonencode(module.subscription["amount"].queue_filters)}"
  }

  assert {
    condition = { for name, endpoint in module.endpoint : name => { for attribute, rule in try(jsondecode(endpoint.config).attributes, {}) : attribute => try(rule.order, false) } } == {
      github = {}
      shop   = { customer = false }
      stripe = { customer = false, amount = true, size = true, plan = false }
    }
    error_message = "An order text is written only of what is compared: ${module.endpoint["stripe"].config}"
  }

  assert {
    condition = alltrue([for name in ["amount", "size"] : strcontains(module.cloudevent.from_stream, ",\"0${name}\":\"<$.dynamodb.NewImage.n_${name}.S>\",")]) && (
      !strcontains(module.cloudevent.from_stream, "\"0plan\"") && !strcontains(module.cloudevent.from_queue, "\"0")
    )
    error_message = "Queues get the order texts, and no processor does: ${module.cloudevent.from_stream} ${module.cloudevent.from_queue}"
  }

  assert {
    condition     = local.stack.subscriptions.paced.filter == "{\"plan\":[\"pro\",{\"exists\":false}]}" && local.stack.subscriptions.plain.filter == null && local.stack.compared == tolist(["amount", "size"])
    error_message = "fan and the command line read filters in the stack's description."
  }
}

run "what_the_topic_has_no_room_for_its_reader_decides" {
  command = plan

  variables {
    subscriptions = {
      # 20 types with about 30 prefixes each are over 150 combinations; two values are not.
      many = {
        types  = [for i in range(20) : "type.${i}"]
        filter = jsonencode({ amount = [{ numeric = [">", 100.123456] }], customer = ["a", "b"] })
        target = { processor = "one" }
      }

      # Five keys are SNS's limit, and two are taken.
      keys = {
        types  = ["push"]
        filter = jsonencode({ amount = [1], customer = ["a"], plan = ["b"], size = [{ numeric = ["=", 2] }] })
        target = { processor = "one" }
      }
    }
  }

  assert {
    condition = { for name, s in module.subscription : name => keys(jsondecode(s.filters[0])) } == {
      many = ["customer", "source", "type"]
      keys = ["amount", "customer", "plan", "source", "type"]
    }
    error_message = "An SNS filter has 5 keys and 150 combinations: ${jsonencode({ for name, s in module.subscription : name => s.filters })}"
  }

  assert {
    condition = { for name, s in module.subscription : name => keys(jsondecode(s.queue_filters[0]).body) } == {
      many = ["0amount", "amount", "customer", "source", "type"]
      keys = ["amount", "customer", "plan", "size", "source", "type"]
    }
    error_message = "The reader has all conditions: ${jsonencode({ for name, s in module.subscription : name => s.queue_filters })}"
  }
}

run "a_long_filter_is_divided_over_four_patterns" {
  command = plan

  variables {
    subscriptions = {
      long = {
        types  = ["push", "pull"]
        filter = jsonencode({ customer = [for i in range(100) : "a-customer-with-a-long-name-as-they-sometimes-have-${i}"] })
        target = { processor = "one" }
      }
    }
  }

  assert {
    condition = (
      length(module.subscription["long"].queue_filters) == 5
      && alltrue([for filter in module.subscription["long"].queue_filters : length(filter) <= 4096])
      && sort(flatten([for filter in module.subscription["long"].queue_filters : try(jsondecode(filter).body.customer, [])])) == sort([for i in range(100) : "a-customer-with-a-long-name-as-they-sometimes-have-${i}"])
      && alltrue([for filter in slice(module.subscription["long"].queue_filters, 0, 4) : jsondecode(filter).body.type == ["push", "pull"]])
      && !module.subscription["long"].testable
    )
    error_message = "The patterns must cover every value, each with all other conditions: ${jsonencode(module.subscription["long"].queue_filters)}"
  }
}

run "refuses_an_attribute_of_another_endpoint" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    subscriptions = { s = { types = ["push"], endpoints = ["shop"], filter = jsonencode({ plan = ["pro"] }), target = { processor = "one" } } }
  }
}

run "refuses_a_filter_over_four_patterns" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    subscriptions = { s = { types = ["push"], filter = jsonencode({ customer = [for i in range(200) : "a-customer-with-a-name-that-is-longer-than-most-of-them-but-that-some-systems-do-make-${i}"] }), target = { processor = "one" } } }
  }
}
