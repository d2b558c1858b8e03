# Settings that only some kinds of targets know. For the others they are refused. The module under test is the root module's
# variables alone, so that no provider is started.

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

run "refuses_a_source_without_a_bus" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one", event_source = "hooks" } } }
  }
}

run "refuses_a_streams_key_without_a_stream" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q", stream_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/k" } } }
  }
}

run "refuses_a_type_of_state_machine_without_one" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "two", state_machine_type = "STANDARD" } } }
  }
}

run "refuses_an_unknown_tenant" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q" }, fair_by = "customer" } }
  }
}

run "refuses_tenants_of_a_fifo_queue" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q.fifo" }, fair_by = "endpoint" } }
  }
}

run "refuses_tenants_of_a_function" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, fair_by = "endpoint" } }
  }
}

run "refuses_tenants_of_a_paced_function" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, fair_by = "endpoint", rate_per_s = 1 } }
  }
}

run "refuses_tenants_of_http" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { http = { url = "https://a.example/" } }, fair_by = "endpoint" } }
  }
}

run "refuses_order_to_a_bus" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b" }, ordered = true } }
  }
}

run "refuses_order_to_firehose" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { delivery_stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d" }, ordered = true } }
  }
}

run "refuses_order_to_tasks" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:1", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1"], task_roles = [] } }, ordered = true } }
  }
}

run "refuses_order_to_jobs" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { batch = { job_queue = "arn:aws:batch:eu-west-1:123456789012:job-queue/q", job_definition = "arn:aws:batch:eu-west-1:123456789012:job-definition/d:1" } }, ordered = true } }
  }
}

run "refuses_a_batch_for_a_task" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { ecs = { cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:1", container = "job", cpu = 256, memory_mb = 512, subnets = ["subnet-1"], task_roles = [] } }, batch_size = 2 } }
  }
}

run "refuses_a_batching_window_for_a_job" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { batch = { job_queue = "arn:aws:batch:eu-west-1:123456789012:job-queue/q", job_definition = "arn:aws:batch:eu-west-1:123456789012:job-definition/d:1" } }, batching_window_s = 1 } }
  }
}

run "refuses_a_message_seen_again_while_it_is_enriched" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { processor = "one" }, enrich = { processor = "two" }, visibility_timeout_s = 59 } }
  }
}

run "refuses_http_beside_another_target" {
  command         = plan
  expect_failures = [var.subscriptions]

  module {
    source = "./tests/variables"
  }

  variables {
    subscriptions = { s = { types = ["push"], target = { http = { url = "https://a.example/" }, processor = "one" } } }
  }
}
