# Payloads that their pointers and events hold: inline_max_bytes. The provider is the real one, without credentials.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_data {
  target = module.key_policy.data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

variables {
  packages = { dir = "tests/packages" }

  endpoints = {
    large = { preset = "github" }
    small = { preset = "github", inline_max_bytes = 4096 }
    most  = { preset = "github", inline_max_bytes = 8192 }
  }
}

run "reaches_the_functions_and_only_where_it_is_set" {
  command = plan

  assert {
    condition     = { for name, endpoint in module.endpoint : name => try(jsondecode(endpoint.config).inline_max_bytes, null) } == { large = null, most = 8192, small = 4096 }
    error_message = "ingest must get it, and functions of the version before must be able to read endpoints without it."
  }

  assert {
    condition     = module.ingest.environment.PAYLOAD_RETENTION_DAYS == "30"
    error_message = "Pointers that hold payloads must expire like payloads: ${jsonencode(module.ingest.environment)}"
  }
}

run "what_fits_is_planned" {
  command = plan

  variables {
    subscriptions = {
      machine  = { types = ["*"], endpoints = ["small"], batch_size = 32, batching_window_s = 1, target = { state_machine_arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:m" } }
      all      = { types = ["*"], batch_size = 19, batching_window_s = 1, target = { state_machine_arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:m" } }
      without  = { types = ["*"], endpoints = ["large"], batch_size = 100, batching_window_s = 1, target = { state_machine_arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:m" } }
      function = { types = ["*"], batch_size = 464, batching_window_s = 1, target = { lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:f" } }
      queue    = { types = ["*"], batch_size = 10, target = { queue_arn = "arn:aws:sqs:eu-central-1:123456789012:q" } }
    }
  }

  assert {
    condition     = local.inline_problems == [] && local.inline_bytes == { all = 8192, function = 8192, machine = 4096, queue = 8192, without = 0 }
    error_message = "All of these fit: ${jsonencode([local.inline_problems, local.inline_bytes])}"
  }
}

run "refuses_one_more_in_a_state_machine" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    subscriptions = {
      machine = { types = ["*"], endpoints = ["small"], batch_size = 33, batching_window_s = 1, target = { state_machine_arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:m" } }
    }
  }

  assert {
    condition     = local.inline_problems == ["machine: 33 events with payloads of 4096 bytes do not fit into the input of a state machine, 262144 characters: lower inline_max_bytes of its endpoints to 4005, or batch_size of the subscription to 32"]
    error_message = "The problem must name the subscription and both remedies: ${jsonencode(local.inline_problems)}"
  }
}

run "refuses_one_more_in_a_function" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    subscriptions = {
      function = { types = ["*"], batch_size = 466, batching_window_s = 1, target = { lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:f" } }
    }
  }
}

run "refuses_what_a_task_cannot_take" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    subscriptions = {
      task = {
        types     = ["*"]
        endpoints = ["most"]
        target = {
          ecs = {
            cluster         = "arn:aws:ecs:eu-central-1:123456789012:cluster/c"
            task_definition = "arn:aws:ecs:eu-central-1:123456789012:task-definition/t:1"
            container       = "c"
            cpu             = 256
            memory_mb       = 512
            subnets         = ["subnet-1"]
            task_roles      = ["arn:aws:iam::123456789012:role/task"]
          }
        }
      }
    }
  }
}

run "refuses_more_than_fits_into_ten_messages" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", inline_max_bytes = 8193 } }
  }
}

run "refuses_a_fraction" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", inline_max_bytes = 0.5 } }
  }
}

run "refuses_less_than_none" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", inline_max_bytes = -1 } }
  }
}

run "refuses_it_in_the_direct_lane" {
  command         = plan
  expect_failures = [var.endpoints]

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { partner = { preset = "github", lane = "direct", inline_max_bytes = 1 } }
  }
}
