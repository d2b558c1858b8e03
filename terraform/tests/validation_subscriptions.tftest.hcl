# Each run changes one thing of what accepted.tftest.hcl plans, and must be refused. The
# module under test is the root module's variables alone, so that no provider is started.

variables {
  endpoints = {
    github = { preset = "github" }
    stripe = { preset = "stripe" }
  }

  processors = {
    one   = { kind = "lambda" }
    two   = { kind = "workflow" }
    three = { kind = "queue", timeout_s = 20 }
  }
}

run "refuses_two_targets" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one", queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q" } } }
  }
}

run "refuses_no_target" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = {} } }
  }
}

run "refuses_an_unknown_processor" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "four" } } }
  }
}

run "refuses_an_unknown_endpoint" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], endpoints = ["gitlab"], target = { processor = "one" } } }
  }
}

run "refuses_an_empty_list_of_endpoints" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], endpoints = [], target = { processor = "one" } } }
  }
}

run "refuses_a_name_with_capitals" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { Push = { types = ["push"], target = { processor = "one" } } }
  }
}

run "refuses_a_name_of_31_characters" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { a123456789b123456789c1234567890 = { types = ["push"], target = { processor = "one" } } }
  }
}

run "refuses_the_routers_name" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { router = { types = ["push"], target = { processor = "one" } } }
  }
}

run "refuses_the_name_of_anothers_dlq" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { push-dlq = { types = ["push"], target = { processor = "one" } } }
  }
}

run "refuses_the_name_of_an_inbox" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { three-inbox = { types = ["push"], target = { processor = "one" } } }
  }
}

run "refuses_an_arn_of_another_service" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { lambda_arn = "arn:aws:sqs:eu-west-1:123456789012:q" } } }
  }
}

run "refuses_a_wildcard_in_an_arn" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { lambda_arn = "arn:aws:lambda:eu-west-1:123456789012:function:*" } } }
  }
}

run "refuses_a_key_without_a_queue" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one", queue_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/k" } } }
  }
}

run "refuses_an_unknown_type_of_state_machine" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m", state_machine_type = "FAST" } } }
  }
}

run "refuses_order_to_a_standard_queue" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], ordered = true, target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q" } } }
  }
}

run "refuses_order_to_an_inbox" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], ordered = true, target = { processor = "three" } } }
  }
}

run "refuses_order_to_a_standard_state_machine" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], ordered = true, target = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m", state_machine_type = "STANDARD" } } }
  }
}

run "refuses_the_heartbeats_name" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { heartbeats = { types = ["push"], target = { processor = "one" } } }
  }
}

run "refuses_the_name_of_admits_queue" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { admit = { types = ["push"], target = { processor = "one" } } }
  }
}

run "refuses_the_name_of_anothers_dead_letters" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { a-letters = { types = ["push"], target = { processor = "one" } } }
  }
}

run "refuses_more_than_100_subscriptions" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { for i in range(101) : "s${i}" => { types = ["push"], target = { processor = "one" } } }
  }
}

run "refuses_names_that_watch_cannot_hold" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { for i in range(100) : "subscription-with-long-name-${i}" => { types = ["push"], target = { processor = "one" } } }
  }
}
