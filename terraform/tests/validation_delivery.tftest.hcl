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

run "refuses_no_types" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = [], target = { processor = "one" } } }
  }
}

run "refuses_a_star_inside_a_type" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["invoice.*.paid"], target = { processor = "one" } } }
  }
}

run "refuses_a_prefix_without_a_dot" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["invoice*"], target = { processor = "one" } } }
  }
}

run "refuses_a_star_beside_types" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["*", "push"], target = { processor = "one" } } }
  }
}

run "refuses_more_than_150_types" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = [for i in range(151) : "type${i}"], target = { processor = "one" } } }
  }
}

run "refuses_more_than_150_combinations" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = [for i in range(76) : "type${i}"], endpoints = ["github", "stripe"], target = { processor = "one" } } }
  }
}

run "refuses_types_over_four_filters_of_4096_characters" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = [format("%04009d.*", 0)], target = { processor = "one" } } }
  }
}

# Each pattern has all endpoints: one more than what limits.tftest.hcl accepts.
run "refuses_endpoints_over_a_filter_of_4096_characters" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints     = { for i in range(53) : "an-endpoint-whose-name-has-as-many-characters-as-are-taken-a-${i % 10}${floor(i / 10)}" => { preset = "github" } }
    subscriptions = { s = { types = ["push"], endpoints = [for i in range(53) : "an-endpoint-whose-name-has-as-many-characters-as-are-taken-a-${i % 10}${floor(i / 10)}"], target = { processor = "one" } } }
  }
}

run "refuses_a_batch_over_10_to_a_queue" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], batch_size = 11, batching_window_s = 1, target = { processor = "three" } } }
  }
}

run "refuses_a_batch_over_100_to_a_workflow" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], batch_size = 101, batching_window_s = 1, target = { processor = "two" } } }
  }
}

run "refuses_a_batch_over_1000_to_a_function" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], batch_size = 1001, batching_window_s = 1, target = { processor = "one" } } }
  }
}

run "refuses_a_large_batch_without_a_window" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], batch_size = 11, target = { processor = "one" } } }
  }
}

run "refuses_a_window_over_300_seconds" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], batching_window_s = 301, target = { processor = "one" } } }
  }
}

run "refuses_no_retries" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], max_retries = 0, target = { processor = "one" } } }
  }
}

run "refuses_endless_retries" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], max_retries = -1, target = { processor = "one" } } }
  }
}

run "refuses_a_message_seen_again_while_in_work" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], visibility_timeout_s = 29, target = { processor = "one" } } }
  }
}

run "refuses_no_retention" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, retention_days = 0 } }
  }
}

run "refuses_half_a_day_of_retention" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, retention_days = 1.5 } }
  }
}

run "refuses_a_retention_over_14_days" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, retention_days = 15 } }
  }
}

run "refuses_a_retention_over_the_dlqs" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    queue_retention_days = 7
    subscriptions        = { s = { types = ["push"], target = { processor = "one" }, retention_days = 8 } }
  }
}

run "refuses_batches_of_an_ordered_subscription" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], ordered = true, batch_size = 2, target = { processor = "one" } } }
  }
}

run "refuses_a_batching_window_of_an_ordered_subscription" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], ordered = true, batching_window_s = 1, target = { processor = "one" } } }
  }
}
