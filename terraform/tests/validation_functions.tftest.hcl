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

run "refuses_an_unknown_runtime" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", runtime = "java21", handler = "Handler" } }
  }
}

run "refuses_a_runtime_without_a_handler" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", runtime = "python3.13" } }
  }
}

run "refuses_a_handler_without_a_runtime" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", handler = "handler.handler" } }
  }
}

run "refuses_the_platforms_new_variables" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", environment = { EVENT_TIMEOUT_S = "4" } } }
  }
}

run "refuses_no_event_at_once" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", events_at_once = 0 } }
  }
}

run "refuses_more_than_100_events_at_once" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", events_at_once = 101 } }
  }
}

run "refuses_half_an_event_at_once" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", events_at_once = 1.5 } }
  }
}

run "refuses_an_event_that_may_take_the_whole_invocation" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", timeout_s = 12, event_timeout_s = 12 } }
  }
}

run "refuses_an_event_that_may_take_no_time" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", event_timeout_s = 0 } }
  }
}

run "refuses_half_a_second_for_an_event" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", event_timeout_s = 1.5 } }
  }
}

run "refuses_a_concurrency_that_no_queue_has" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", max_concurrency = 2 } }
  }
}

run "refuses_a_concurrency_of_one" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "queue", max_concurrency = 1 } }
  }
}

run "refuses_a_concurrency_over_1000" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "queue", max_concurrency = 1001 } }
  }
}
