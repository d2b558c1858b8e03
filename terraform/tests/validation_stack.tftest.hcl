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

run "refuses_a_stack_with_capitals" {
  command         = plan
  expect_failures = [var.stack]

  module {
    source = "./tests/variables"
  }

  variables {
    stack = "Coatcheck"
  }
}

run "refuses_a_stack_of_21_characters" {
  command         = plan
  expect_failures = [var.stack]

  module {
    source = "./tests/variables"
  }

  variables {
    stack = "a123456789b1234567890"
  }
}

run "refuses_a_stack_that_ends_in_a_hyphen" {
  command         = plan
  expect_failures = [var.stack]

  module {
    source = "./tests/variables"
  }

  variables {
    stack = "coat-"
  }
}

run "refuses_a_stack_with_two_hyphens" {
  command         = plan
  expect_failures = [var.stack]

  module {
    source = "./tests/variables"
  }

  variables {
    stack = "coat--check"
  }
}

run "refuses_an_unknown_architecture" {
  command         = plan
  expect_failures = [var.architecture]

  module {
    source = "./tests/variables"
  }

  variables {
    architecture = "riscv64"
  }
}

run "refuses_payloads_that_expire_before_a_redrive" {
  command         = plan
  expect_failures = [var.payload_retention_days]

  module {
    source = "./tests/variables"
  }

  variables {
    payload_retention_days = 21
  }
}

run "refuses_pointers_that_expire_before_payloads" {
  command         = plan
  expect_failures = [var.pointer_ttl_days]

  module {
    source = "./tests/variables"
  }

  variables {
    pointer_ttl_days = 29
  }
}

run "refuses_records_that_expire_before_payloads" {
  command         = plan
  expect_failures = [var.processed_ttl_days]

  module {
    source = "./tests/variables"
  }

  variables {
    processed_ttl_days = 29
  }
}

run "refuses_queues_over_14_days" {
  command         = plan
  expect_failures = [var.queue_retention_days]

  module {
    source = "./tests/variables"
  }

  variables {
    queue_retention_days   = 15
    payload_retention_days = 60
  }
}

run "refuses_half_a_day" {
  command         = plan
  expect_failures = [var.queue_retention_days]

  module {
    source = "./tests/variables"
  }

  variables {
    queue_retention_days = 1.5
  }
}

run "refuses_a_throttle_of_nothing" {
  command         = plan
  expect_failures = [var.throttle]

  module {
    source = "./tests/variables"
  }

  variables {
    throttle = { rate = 0 }
  }
}

run "refuses_a_burst_of_nothing" {
  command         = plan
  expect_failures = [var.throttle]

  module {
    source = "./tests/variables"
  }

  variables {
    throttle = { burst = 0 }
  }
}

run "refuses_a_direct_throttle_of_nothing" {
  command         = plan
  expect_failures = [var.throttle]

  module {
    source = "./tests/variables"
  }

  variables {
    throttle = { direct = { rate = 0 } }
  }
}

run "refuses_half_a_burst" {
  command         = plan
  expect_failures = [var.throttle]

  module {
    source = "./tests/variables"
  }

  variables {
    throttle = { direct = { burst = 1.5 } }
  }
}

run "refuses_a_direct_throttle_above_the_apis" {
  command         = plan
  expect_failures = [var.throttle]

  module {
    source = "./tests/variables"
  }

  variables {
    throttle = { rate = 50, direct = { rate = 100 } }
  }
}

run "refuses_a_function_with_too_much_memory" {
  command         = plan
  expect_failures = [var.functions]

  module {
    source = "./tests/variables"
  }

  variables {
    functions = { ingest = { memory_mb = 10241 } }
  }
}

run "refuses_too_little_memory_for_admit" {
  command         = plan
  expect_failures = [var.functions]

  module {
    source = "./tests/variables"
  }

  variables {
    functions = { admit = { memory_mb = 64 } }
  }
}

run "refuses_an_admit_that_is_alone" {
  command         = plan
  expect_failures = [var.functions]

  module {
    source = "./tests/variables"
  }

  variables {
    functions = { admit = { max_concurrency = 1 } }
  }
}

run "refuses_over_1000_admits_at_once" {
  command         = plan
  expect_failures = [var.functions]

  module {
    source = "./tests/variables"
  }

  variables {
    functions = { admit = { max_concurrency = 1001 } }
  }
}

run "refuses_half_an_admit" {
  command         = plan
  expect_failures = [var.functions]

  module {
    source = "./tests/variables"
  }

  variables {
    functions = { admit = { max_concurrency = 2.5 } }
  }
}

run "refuses_an_unknown_log_level" {
  command         = plan
  expect_failures = [var.log_level]

  module {
    source = "./tests/variables"
  }

  variables {
    log_level = "trace"
  }
}

run "refuses_a_log_retention_that_is_not_offered" {
  command         = plan
  expect_failures = [var.log_retention_days]

  module {
    source = "./tests/variables"
  }

  variables {
    log_retention_days = 31
  }
}

run "refuses_an_alarm_topic_that_is_none" {
  command         = plan
  expect_failures = [var.alarm_topic_arns]

  module {
    source = "./tests/variables"
  }

  variables {
    alarm_topic_arns = ["oncall@example.com"]
  }
}

run "refuses_more_alarm_topics_than_an_alarm_can_notify" {
  command         = plan
  expect_failures = [var.alarm_topic_arns]

  module {
    source = "./tests/variables"
  }

  variables {
    alarm_topic_arns = [for i in range(6) : "arn:aws:sns:eu-west-1:123456789012:oncall-${i}"]
  }
}

run "refuses_names_of_alarm_topics_that_do_not_fit_into_an_environment" {
  command         = plan
  expect_failures = [var.alarm_topic_arns]

  module {
    source = "./tests/variables"
  }

  variables {
    alarm_topic_arns = [for i in range(3) : "arn:aws:sns:eu-west-1:123456789012:${join("", [for j in range(200) : i])}"]
  }
}

run "refuses_a_runbook_with_a_fragment" {
  command         = plan
  expect_failures = [var.runbook_url]

  module {
    source = "./tests/variables"
  }

  variables {
    runbook_url = "https://wiki.example.com/coatcheck#alarms"
  }
}

run "refuses_a_runbook_nowhere" {
  command         = plan
  expect_failures = [var.runbook_url]

  module {
    source = "./tests/variables"
  }

  variables {
    runbook_url = ""
  }
}

run "refuses_a_lag_that_is_measured_too_seldom" {
  command         = plan
  expect_failures = [var.route_lag_alarm_s]

  module {
    source = "./tests/variables"
  }

  variables {
    route_lag_alarm_s = 9
  }
}

run "refuses_a_lag_over_a_heartbeats_life" {
  command         = plan
  expect_failures = [var.route_lag_alarm_s]

  module {
    source = "./tests/variables"
  }

  variables {
    route_lag_alarm_s = 3601
  }
}

run "refuses_an_alarm_at_every_refusal" {
  command         = plan
  expect_failures = [var.rejected_alarm_per_5_min]

  module {
    source = "./tests/variables"
  }

  variables {
    rejected_alarm_per_5_min = 0
  }
}

run "refuses_a_sweep_that_is_missed_too_late" {
  command         = plan
  expect_failures = [var.sweep]

  module {
    source = "./tests/variables"
  }

  variables {
    sweep = { every_minutes = 31 }
  }
}

run "refuses_a_sweep_without_a_pause" {
  command         = plan
  expect_failures = [var.sweep]

  module {
    source = "./tests/variables"
  }

  variables {
    sweep = { every_minutes = 0 }
  }
}

run "refuses_a_sweep_every_minute_and_a_half" {
  command         = plan
  expect_failures = [var.sweep]

  module {
    source = "./tests/variables"
  }

  variables {
    sweep = { every_minutes = 1.5 }
  }
}

run "refuses_a_sweep_that_one_failure_lets_forget" {
  command         = plan
  expect_failures = [var.sweep]

  module {
    source = "./tests/variables"
  }

  variables {
    sweep = { every_minutes = 15, look_back_hours = 1 }
  }
}

run "refuses_a_sweep_that_looks_back_for_longer_than_it_may_run" {
  command         = plan
  expect_failures = [var.sweep]

  module {
    source = "./tests/variables"
  }

  variables {
    sweep = { look_back_hours = 25 }
  }
}

run "refuses_half_an_hour_to_look_back" {
  command         = plan
  expect_failures = [var.sweep]

  module {
    source = "./tests/variables"
  }

  variables {
    sweep = { look_back_hours = 2.5 }
  }
}

run "refuses_a_state_bucket_that_is_a_url" {
  command         = plan
  expect_failures = [var.state_bucket]

  module {
    source = "./tests/variables"
  }

  variables {
    state_bucket = "s3://example-terraform-state"
  }
}
