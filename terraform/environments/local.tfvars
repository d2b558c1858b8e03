# The stack on the local cloud. `make run` adds stack, architecture and packages.

endpoints = {
  github = {
    preset = "github"
  }

  stripe = {
    preset = "stripe"
  }

  billing = {
    preset = "standard-webhooks"
  }

  # Bodies up to 10 MB.
  archive = {
    preset = "standard-webhooks"
    lane   = "direct"
  }

  # A partner's own format: binary bodies, everything else in headers.
  partner = {
    custom = <<-JSON
      {
        "kind": "hmac",
        "hash": "sha256",
        "signature": {
          "headers": ["x-partner-signature"],
          "grammar": "kv",
          "sig_keys": ["v1"],
          "encoding": "hex"
        },
        "content": [
          { "header": "x-partner-timestamp" },
          { "lit": "\n" },
          { "header": "x-partner-event" },
          { "lit": "\n" },
          { "header": "x-partner-id" },
          { "lit": "\n" },
          { "body": true }
        ],
        "timestamp": { "from": { "header": "x-partner-timestamp" }, "unit": "s" }
      }
    JSON
    event = {
      id   = { header = "x-partner-id" }
      type = { header = "x-partner-event" }
    }
  }
}

processors = {
  invoices = {
    kind      = "lambda"
    timeout_s = 10
  }

  pushes = {
    kind       = "workflow"
    timeout_s  = 10
    definition = "../functions/processors/pushes/workflow.asl.json"
  }

  audit = {
    kind                 = "queue"
    timeout_s            = 10
    max_retries          = 2
    visibility_timeout_s = 10
  }
}

# Short pauses and few retries, so that you can watch a failure to its end.
subscriptions = {
  invoices = {
    types                = ["invoice.*"]
    target               = { processor = "invoices" }
    max_retries          = 2
    visibility_timeout_s = 10
  }

  pushes = {
    types                = ["push"]
    endpoints            = ["github"]
    target               = { processor = "pushes" }
    max_retries          = 2
    visibility_timeout_s = 10
  }

  audit = {
    types                = ["*"]
    target               = { processor = "audit" }
    max_retries          = 2
    visibility_timeout_s = 10
  }
}

# What a trial installation needs: it must be deleted without a trace.
deletion_protection = false
force_destroy       = true
log_retention_days  = 7

# The local cloud returns alarms with other attributes than were sent, so no plan
# would ever be empty.
alarms_enabled = false

# Created by scripts/local-up, with a queue that gets what it says (docs/local-cloud.md).
alarm_topic_arns = ["arn:aws:sns:us-east-1:000000000000:oncall"]

# The local cloud speaks plain HTTP, on loopback only.
require_tls = false

# The local cloud checks reads of streams against resource "*".
stream_rights_on_any = true
batch_rights_by_call = true
