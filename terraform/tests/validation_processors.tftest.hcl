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

run "refuses_a_processor_with_capitals" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { One = { kind = "lambda" } }
  }
}

run "refuses_a_processor_of_31_characters" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { a123456789b123456789c1234567890 = { kind = "lambda" } }
  }
}

run "refuses_a_processor_called_ingest" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { ingest = { kind = "lambda" } }
  }
}

run "refuses_an_unknown_kind" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "container" } }
  }
}

run "refuses_too_little_memory" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", memory_mb = 64 } }
  }
}

run "refuses_a_timeout_over_the_pipes" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", timeout_s = 301 } }
  }
}

run "refuses_a_timeout_over_lambdas" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "queue", timeout_s = 901 } }
  }
}

run "refuses_a_definition_for_a_function" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", definition = "modules/processor/workflow.asl.json.tftpl" } }
  }
}

run "refuses_a_definition_that_is_not_there" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "workflow", definition = "nowhere.json" } }
  }
}

run "refuses_the_platforms_variables" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", environment = { PROCESSOR = "other" } } }
  }
}

run "refuses_an_inbox_batch_over_10" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "queue", batch_size = 11 } }
  }
}

run "refuses_inbox_retries_without_end" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "queue", max_retries = -1 } }
  }
}

run "refuses_an_inbox_message_taken_twice" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "queue", timeout_s = 30, visibility_timeout_s = 29 } }
  }
}

run "refuses_a_visibility_timeout_without_an_inbox" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", visibility_timeout_s = 60 } }
  }
}

run "refuses_a_processor_called_watch" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { watch = { kind = "lambda" } }
  }
}

run "refuses_a_processor_called_rehydrate" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { rehydrate = { kind = "lambda" } }
  }
}

run "refuses_an_unknown_record" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", record = "once" } }
  }
}

run "refuses_a_record_without_idempotency" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", record = "mark", idempotency = false } }
  }
}

run "refuses_an_environment_with_a_record_of_its_own" {
  command         = plan
  expect_failures = [var.processors]

  module {
    source = "./tests/variables"
  }

  variables {
    processors = { one = { kind = "lambda", environment = { RECORD = "mark" } } }
  }
}
