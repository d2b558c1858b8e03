# What the router may be set to. The module under test is the root module's variables alone, so that no provider is
# started.

run "takes_the_least_and_the_most" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    router            = { parallelization = 1, batching_window_s = 10 }
    route_lag_alarm_s = 20
  }
}

run "refuses_more_batches_than_pipes_takes" {
  command         = plan
  expect_failures = [var.router]

  module {
    source = "./tests/variables"
  }

  variables {
    router = { parallelization = 11 }
  }
}

run "refuses_no_batch" {
  command         = plan
  expect_failures = [var.router]

  module {
    source = "./tests/variables"
  }

  variables {
    router = { parallelization = 0 }
  }
}

run "refuses_half_a_batch" {
  command         = plan
  expect_failures = [var.router]

  module {
    source = "./tests/variables"
  }

  variables {
    router = { parallelization = 2.5 }
  }
}

run "refuses_a_window_for_which_watch_cannot_wait" {
  command         = plan
  expect_failures = [var.router]

  module {
    source = "./tests/variables"
  }

  variables {
    router = { batching_window_s = 11 }
  }
}

run "refuses_a_negative_window" {
  command         = plan
  expect_failures = [var.router]

  module {
    source = "./tests/variables"
  }

  variables {
    router = { batching_window_s = -1 }
  }
}

run "refuses_half_a_second" {
  command         = plan
  expect_failures = [var.router]

  module {
    source = "./tests/variables"
  }

  variables {
    router = { batching_window_s = 0.5 }
  }
}

run "refuses_an_alarm_within_the_window" {
  command         = plan
  expect_failures = [var.router]

  module {
    source = "./tests/variables"
  }

  variables {
    router            = { batching_window_s = 5 }
    route_lag_alarm_s = 14
  }
}
