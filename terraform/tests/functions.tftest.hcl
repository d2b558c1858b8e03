# What all functions have in common: time for what they call, and which log lines Lambda keeps.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages      = { dir = "tests/packages" }
  processors    = { one = { kind = "lambda" } }
  subscriptions = { some = { types = ["push"], target = { processor = "one" } } }
}

run "every_function_has_time_for_its_calls" {
  command = plan

  variables {
    subscriptions = {
      ledger = { types = ["push"], ordered = true, target = { processor = "one" } }
      # Its attempt takes a second, so that all of its timeout beyond that is for the calls.
      crm = { types = ["push"], target = { http = { url = "https://crm.example.com/", timeout_s = 1 } } }
    }
  }

  assert {
    condition     = alltrue([for size in [module.admit.size, module.authorizer.size, module.ingest.size] : size.memory_mb == 256])
    error_message = "Memory by default is what make bench-memory speaks for (decision 59): ${jsonencode([module.admit.size, module.authorizer.size, module.ingest.size])}"
  }

  # `load` in shared/aws has the same number of seconds, by its own test.
  assert {
    condition = { for name, calls in jsondecode(file("../shared/aws/call_budget.json")).functions : name => true } == {
      for name, size in { admit = module.admit.size, authorizer = module.authorizer.size, deliver = module.destination["crm"].function.size, fan = module.fan[0].size, ingest = module.ingest.size, rehydrate = module.rehydrate.size, sweep = module.sweep.size, watch = module.watch.size } :
      name => size.timeout_s > jsondecode(file("../shared/aws/call_budget.json")).functions[name].calls * jsondecode(file("../shared/aws/call_budget.json")).call_s + 1
    }
    error_message = "A function must have time for all its calls, or Lambda would end it while it still waits. Timeouts: ${jsonencode({ admit = module.admit.size, authorizer = module.authorizer.size, deliver = module.destination["crm"].function.size, fan = module.fan[0].size, ingest = module.ingest.size, rehydrate = module.rehydrate.size, sweep = module.sweep.size, watch = module.watch.size })}"
  }

  assert {
    condition     = module.ingest.size.timeout_s < 29 && module.authorizer.size.timeout_s < 29
    error_message = "The timeout must be API Gateway's 29 seconds."
  }

  assert {
    condition     = alltrue([for level in [module.admit.application_log_level, module.authorizer.application_log_level, module.ingest.application_log_level, module.rehydrate.application_log_level, module.sweep.application_log_level, module.watch.application_log_level] : level == "INFO"])
    error_message = "Lambda must keep what functions log at info."
  }

  assert {
    condition     = alltrue([for level in [module.admit.system_log_level, module.authorizer.system_log_level, module.ingest.system_log_level, module.rehydrate.system_log_level, module.sweep.system_log_level, module.watch.system_log_level] : level == "WARN"])
    error_message = "Lambda's own lines about each invocation must stay out of the logs, except of those that fail."
  }
}

run "debug_lines_are_kept_where_they_are_asked_for" {
  command = plan

  variables {
    log_level = "debug"
  }

  assert {
    condition     = alltrue([for level in [module.admit.application_log_level, module.authorizer.application_log_level, module.ingest.application_log_level, module.rehydrate.application_log_level, module.sweep.application_log_level, module.watch.application_log_level] : level == "DEBUG"])
    error_message = "With log_level = debug, Lambda must keep lines of that level."
  }

  assert {
    condition     = alltrue([for level in [module.admit.system_log_level, module.authorizer.system_log_level, module.ingest.system_log_level, module.rehydrate.system_log_level, module.sweep.system_log_level, module.watch.system_log_level] : level == "DEBUG"])
    error_message = "Lambda's own lines about each invocation must be there with log_level = debug."
  }
}

run "metrics_are_kept_whatever_the_level" {
  command = plan

  variables {
    log_level = "error"
  }

  assert {
    condition     = alltrue([for level in [module.admit.application_log_level, module.authorizer.application_log_level, module.ingest.application_log_level, module.rehydrate.application_log_level, module.sweep.application_log_level, module.watch.application_log_level] : level == "INFO"])
    error_message = "Lambda counts a metric, a line without a level, as INFO, so a higher level would drop it."
  }

  assert {
    condition     = alltrue([for level in [module.admit.system_log_level, module.authorizer.system_log_level, module.ingest.system_log_level, module.rehydrate.system_log_level, module.sweep.system_log_level, module.watch.system_log_level] : level == "WARN"])
    error_message = "Lambda's own lines about each invocation must stay out of the logs, except of those that fail."
  }
}
