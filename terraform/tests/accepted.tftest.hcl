# What must be accepted, and the resulting plan.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages = { dir = "tests/packages" }

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

  assert {
    condition     = module.authorizer.environment.KEYS_PREFIX == "coatcheck/endpoints/"
    error_message = "The authorizer must know where keys are, even if no endpoint needs them now: ${jsonencode(module.authorizer.environment)}"
  }
}

run "accepts_presets_and_custom_schemes" {
  command = plan

  variables {
    endpoints = {
      github  = { preset = "github" }
      bytes   = { preset = "github", dedupe = "bytes", dedupe_window_s = 3600 }
      stripe  = { preset = "stripe", allowed_cidrs = ["203.0.113.0/24", "2001:db8::/32"], max_body_bytes = 1, dedupe = "id" }
      billing = { preset = "standard-webhooks", event = { ordering_key = { json = "/data/id" }, type = { literal = "bill" }, subject = { form = "From" } } }
      partner = {
        custom = <<-JSON
          {
            "kind": "hmac",
            "hash": "sha1",
            "allow_sha1": true,
            "signature": { "headers": ["x-sig"], "grammar": "kv", "sig_keys": ["v1"], "encoding": "hex" },
            "content": [{ "param": "t" }, { "lit": "<.>\n" }, { "body_sha256_hex": true }],
            "timestamp": { "from": { "param": "t" }, "unit": "s" },
            "acknowledge": { "json": { "ok": null } }
          }
        JSON
      }
      door  = { custom = jsonencode({ kind = "token", header = "x-token" }), dedupe_window_s = 7776000 }
      large = { preset = "github", lane = "direct" }
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
        kind        = "hmac"
        hash        = "sha1"
        allow_sha1  = true
        signature   = { headers = ["x-sig"], grammar = "kv", sig_keys = ["v1"], encoding = "hex" }
        content     = [{ param = "t" }, { lit = "<.>\n" }, { body_sha256_hex = true }]
        timestamp   = { from = { param = "t" }, unit = "s" }
        acknowledge = { json = { ok = null } }
      }
    }
    error_message = "The stored configuration must have exactly the given scheme: ${module.endpoint["partner"].config}"
  }

  assert {
    condition     = [for name in ["bytes", "github"] : try(jsondecode(module.endpoint[name].config).dedupe_window_s, null)] == [3600, null]
    error_message = "The stored configuration must have the window that the variables set."
  }

  assert {
    condition     = jsondecode(module.endpoint["billing"].config).event == { ordering_key = { json = "/data/id" }, type = { literal = "bill" }, subject = { form = "From" } }
    error_message = "The stored configuration must have only the places that the variables set."
  }

  assert {
    condition     = { for name, endpoint in module.endpoint : name => [jsondecode(endpoint.config).lane, tostring(jsondecode(endpoint.config).max_body_bytes)] } == { github = ["standard", "4500000"], stripe = ["standard", "1"], billing = ["standard", "4500000"], partner = ["standard", "4500000"], door = ["standard", "4500000"], large = ["direct", "10485760"], bytes = ["standard", "4500000"] }
    error_message = "The stored configuration must always have a limit, the endpoint's or its lane's: ${jsonencode({ for name, endpoint in module.endpoint : name => endpoint.config })}"
  }

  assert {
    condition     = jsondecode(module.endpoint["github"].config).scheme == "github"
    error_message = "The stored configuration must have a preset's name."
  }

  assert {
    condition     = alltrue([for name, endpoint in module.endpoint : !can(jsondecode(endpoint.config).url) && !can(jsondecode(endpoint.config).handshake)])
    error_message = "The stored configuration must not have a URL that is not signed or a handshake that is off."
  }
}

run "stores_what_the_provider_signs_and_may_ask" {
  command = plan

  override_resource {
    target          = aws_api_gateway_stage.v1
    override_during = plan
    values          = { invoke_url = "https://api.example.com/v1" }
  }

  variables {
    endpoints = {
      ours   = { custom = jsonencode({ kind = "twilio" }), dedupe_window_s = 3600 }
      large  = { custom = jsonencode({ kind = "twilio" }), dedupe_window_s = 3600, lane = "direct" }
      theirs = { custom = jsonencode({ kind = "twilio" }), dedupe_window_s = 3600, url = "https://Hooks.example.com:8443/a/%7Eb?c=d&e" }
      github = { preset = "github", url = "https://hooks.example.com/github" }
      asana = {
        handshake       = true
        dedupe_window_s = 3600
        custom = jsonencode({
          kind       = "token", header = "x-token"
          challenges = [{ when = [{ at = { header = "x-hook-secret" } }], value = { header = "x-hook-secret" }, proof = "operator", respond = { headers = { x-hook-secret = "{value}" } } }]
        })
      }
    }
  }

  assert {
    condition = { for name, endpoint in module.endpoint : name => try(jsondecode(endpoint.config).url, null) } == {
      large  = "https://api.example.com/v1/direct/large"
      ours   = "https://api.example.com/v1/hooks/ours"
      theirs = "https://Hooks.example.com:8443/a/%7Eb?c=d&e"
      github = null
      asana  = null
    }
    error_message = "A signed URL must be the one that is set, byte for byte, or else the stack's own."
  }

  assert {
    condition = output.endpoint_urls == {
      large  = "https://api.example.com/v1/direct/large"
      ours   = "https://api.example.com/v1/hooks/ours"
      theirs = "https://Hooks.example.com:8443/a/%7Eb?c=d&e"
      github = "https://hooks.example.com/github"
      asana  = "https://api.example.com/v1/hooks/asana"
    }
    error_message = "The provider's URL must be the one that is set, or else the stack's own."
  }

  assert {
    condition     = { for name, endpoint in module.endpoint : name => try(jsondecode(endpoint.config).handshake, false) } == { large = false, ours = false, theirs = false, github = false, asana = true }
    error_message = "A handshake must be answered only if it is turned on."
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
    error_message = "By default a message must stay hidden for six times its target's timeout."
  }
}

run "accepts_what_each_limit_allows" {
  command = plan

  variables {
    processors = {
      one   = { kind = "lambda", runtime = "nodejs22.x", handler = "index.handler", events_at_once = 100, timeout_s = 2, event_timeout_s = 1 }
      two   = { kind = "workflow", events_at_once = 1, idempotency = false }
      three = { kind = "queue", max_concurrency = 1000 }
    }

    subscriptions = {
      longest = { types = ["push"], target = { processor = "one" }, retention_days = 14 }
      briefly = { types = ["push"], target = { processor = "one" }, retention_days = 1 }
    }
  }
}
