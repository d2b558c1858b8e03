# What must be accepted, and what the plan then says.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages_dir = "tests/packages"

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

run "accepts_the_defaults" {
  command = plan
}

run "accepts_an_empty_stack" {
  command = plan

  variables {
    endpoints  = {}
    processors = {}
  }
}

run "accepts_presets_and_custom_schemes" {
  command = plan

  variables {
    endpoints = {
      github  = { preset = "github" }
      stripe  = { preset = "stripe", allowed_cidrs = ["203.0.113.0/24", "2001:db8::/32"], max_body_bytes = 1, dedupe = "id" }
      billing = { preset = "standard-webhooks", event = { ordering_key = { json = "/data/id" }, type = { literal = "bill" } } }
      partner = {
        custom = {
          hash       = "sha1"
          allow_sha1 = true
          signature  = { headers = ["x-sig"], grammar = "kv", sig_keys = ["v1"] }
          content    = [{ param = "t" }, { lit = "." }, { body_sha256_hex = true }]
          timestamp  = { from = { param = "t" } }
        }
      }
      bare = { custom = { signature = { headers = ["x-sig"] }, content = [{ body = true }] } }
    }
  }

  assert {
    condition = jsondecode(module.endpoint["partner"].config) == {
      name           = "partner"
      enabled        = true
      lane           = "standard"
      allowed_cidrs  = []
      max_body_bytes = 4500000
      dedupe         = "auto"
      scheme = {
        kind       = "hmac"
        hash       = "sha1"
        allow_sha1 = true
        signature  = { headers = ["x-sig"], grammar = "kv", sig_keys = ["v1"], encoding = "hex" }
        content    = [{ param = "t" }, { lit = "." }, { body_sha256_hex = true }]
        timestamp  = { from = { param = "t" }, unit = "s", max_age_s = 300, max_future_s = 300 }
      }
    }
    error_message = "The stored configuration must hold the scheme as given and no nulls, which the functions refuse."
  }

  assert {
    condition     = jsondecode(module.endpoint["billing"].config).event == { ordering_key = { json = "/data/id" }, type = { literal = "bill" } }
    error_message = "Only the places that are given may stand in the stored configuration."
  }

  assert {
    condition     = jsondecode(module.endpoint["github"].config).scheme == "github"
    error_message = "A preset is stored by its name."
  }
}

run "accepts_every_kind_of_target" {
  command = plan

  variables {
    subscriptions = {
      to-lambda   = { types = ["invoice.*", "push"], endpoints = ["github"], target = { processor = "one" } }
      to-workflow = { types = ["*"], target = { processor = "two" }, batch_size = 100, batching_window_s = 1 }
      to-queue    = { types = ["push"], target = { processor = "three" }, visibility_timeout_s = 5 }
      to-theirs   = { types = ["push"], target = { lambda_arn = "arn:aws:lambda:eu-west-1:123456789012:function:f" } }
      to-standard = { types = ["push"], target = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m", state_machine_type = "STANDARD" } }
      to-fifo = {
        types   = ["push"]
        ordered = true
        target = {
          queue_arn         = "arn:aws:sqs:eu-west-1:123456789012:q.fifo"
          queue_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/k"
        }
      }
    }
  }

  assert {
    condition     = local.visibility_timeouts == { to-lambda = 180, to-workflow = 180, to-queue = 5, to-theirs = 360, to-standard = 360, to-fifo = 360 }
    error_message = "A message must stay hidden six times as long as its target may take, if nothing else is said."
  }
}
