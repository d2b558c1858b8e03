# Settings that only one reader of the queue knows: a pipe, or the function `deliver`. The other would ignore them, so they are
# refused. The module under test is the root module's variables alone, so that no provider is started.

variables {
  endpoints = {
    github = { preset = "github" }
  }

  processors = {
    one   = { kind = "lambda", timeout_s = 30 }
    two   = { kind = "workflow", timeout_s = 30 }
    three = { kind = "queue", timeout_s = 20 }
  }
}

run "accepts_what_each_reader_takes" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = {
      ordered  = { types = ["push"], ordered = true, target = { http = { url = "https://a.example/" } } }
      stream   = { types = ["push"], ordered = true, target = { stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s" } }
      paced    = { types = ["push"], target = { processor = "one" }, rate_per_s = 1, concurrency = 2, retry_for_s = 0, breaker = {}, batch_size = 10 }
      fair     = { types = ["push"], target = { processor = "three" }, fair_by = "endpoint", rate_per_s = 1 }
      enriched = { types = ["push"], target = { processor = "one" }, enrich = { processor = "two" }, visibility_timeout_s = 60, max_retries = 100, batching_window_s = 300 }
      task     = { types = ["push"], target = { ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:1", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1"], task_roles = [] } }, batch_size = 1 }
      briefly  = { types = ["push"], target = { http = { url = "https://a.example/" } }, retention_days = 2, retry_for_s = 86400 }
    }
  }
}

run "refuses_a_source_for_http" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { http = { url = "https://a.example/" }, event_source = "hooks" } } }
  }
}

run "refuses_instances_of_a_pipe" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, concurrency = 2 } }
  }
}

run "refuses_a_time_to_retry_of_a_pipe" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, retry_for_s = 60 } }
  }
}

run "refuses_a_breaker_of_a_pipe" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, breaker = { failures_in_a_row = 3 } } }
  }
}

run "refuses_a_number_of_retries_by_deliver" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { http = { url = "https://a.example/" } }, max_retries = 5 } }
  }
}

run "refuses_a_batching_window_by_deliver" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, rate_per_s = 1, batching_window_s = 1 } }
  }
}

run "refuses_an_enrichment_by_deliver" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, rate_per_s = 1, enrich = { processor = "two" } } }
  }
}

run "refuses_an_enrichment_for_http" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { http = { url = "https://a.example/" } }, enrich = { processor = "two" } } }
  }
}

run "refuses_a_batch_over_10_by_deliver" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, rate_per_s = 1, batch_size = 11 } }
  }
}

run "refuses_a_pace_of_a_bus" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b" }, rate_per_s = 1 } }
  }
}

run "refuses_a_pace_of_a_stream" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s" }, rate_per_s = 1 } }
  }
}

run "refuses_a_pace_of_firehose" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { delivery_stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d" }, rate_per_s = 1 } }
  }
}

run "refuses_a_pace_of_tasks" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:1", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1"], task_roles = [] } }, rate_per_s = 1 } }
  }
}

run "refuses_a_pace_of_jobs" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { batch = { job_queue = "arn:aws:batch:eu-west-1:123456789012:job-queue/q", job_definition = "arn:aws:batch:eu-west-1:123456789012:job-definition/d:1" } }, rate_per_s = 1 } }
  }
}

run "refuses_tries_longer_than_the_queue_keeps" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { http = { url = "https://a.example/" } }, retention_days = 3 } }
  }
}

run "refuses_tries_for_2_days_of_3_kept" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { http = { url = "https://a.example/" } }, retention_days = 2, retry_for_s = 86401 } }
  }
}

run "refuses_one_and_a_half_retries" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, max_retries = 1.5 } }
  }
}

run "refuses_101_retries" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, max_retries = 101 } }
  }
}

run "refuses_names_that_no_role_can_have" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    stack         = "a-stack-of-20-letter"
    subscriptions = { a123456789b123456789c1234567 = { types = ["push"], target = { http = { url = "https://a.example/" } } } }
  }
}
