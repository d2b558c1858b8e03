# On top of local.tfvars (or a real account's): what the end-to-end suite needs. A variable here replaces the whole one
# there. So the endpoints of local.tfvars that the suite uses are repeated, with one more for each way to prove a
# delivery, by either lane; and its three processors, with one of each kind that accepts every event.

endpoints = {
  github = {
    preset       = "github"
    keep_headers = ["user-agent"]
  }

  stripe = {
    preset = "stripe"
  }

  billing = {
    preset = "standard-webhooks"
  }

  # Its events are found by two of their attributes.
  desk = {
    preset = "standard-webhooks"
    attributes = {
      amount   = { json = "/data/amount", as = "number" }
      customer = { json = "/data/customer", index = true }
      plan     = { header = "x-plan", index = true }
    }
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

  # The same format. Its small payloads are in their pointers and events.
  inline = {
    inline_max_bytes = 3072
    custom           = <<-JSON
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

  # Its key is rotated while deliveries come in.
  rotated = {
    preset = "standard-webhooks"
  }

  # The browser's tests of the console deliver to it, and rotate its key.
  console = {
    preset = "standard-webhooks"
  }

  # Its key leaks.
  leaked = {
    preset = "standard-webhooks"
  }

  # Demands more than a signature.
  picky = {
    preset           = "standard-webhooks"
    content_types    = ["application/json", "text/*"]
    required_headers = ["x-tenant"]
    min_bytes        = 100
  }

  # Take one client of the domain.
  pinned = {
    preset = "standard-webhooks"
    mtls   = { san = ["dns:client.coatcheck.test"] }
  }

  # The same, and signs its URL.
  square-pinned = {
    preset = "square"
    mtls   = { san = ["dns:client.coatcheck.test"] }
  }

  direct-pinned = {
    preset = "standard-webhooks"
    lane   = "direct"
    mtls   = { san = ["dns:client.coatcheck.test"] }
  }

  # Its events have an order: that of each customer.
  orders = {
    preset = "standard-webhooks"
    event = {
      ordering_key = { json = "/customer" }
    }
  }

  # Keep what is in their events, by both lanes, and payloads for fewer days than the stack.
  kept = {
    preset         = "standard-webhooks"
    retention_days = 25
    attributes = {
      customer = { json = "/data/customer", index = true }
      amount   = { json = "/data/amount", as = "number" }
      plan     = { header = "x-plan" }
    }
  }

  direct-kept = {
    preset         = "standard-webhooks"
    lane           = "direct"
    retention_days = 25
    attributes = {
      customer = { json = "/data/customer", index = true }
      amount   = { json = "/data/amount", as = "number" }
      plan     = { header = "x-plan" }
    }
  }

  # Their payloads must match a schema, and each does something else with those that do not.
  schema-reject = {
    preset = "standard-webhooks"
    schema = { file = "../tests/schemas/order.json", types = ["checked.*"], on_fail = "reject" }
  }

  schema-flag = {
    preset = "standard-webhooks"
    schema = { file = "../tests/schemas/order.json", types = ["checked.*"], on_fail = "flag" }
  }

  schema-quarantine = {
    preset = "standard-webhooks"
    schema = { file = "../tests/schemas/order.json", types = ["checked.*"], on_fail = "quarantine" }
  }

  direct-flag = {
    preset = "standard-webhooks"
    lane   = "direct"
    schema = { file = "../tests/schemas/order.json", types = ["checked.*"], on_fail = "flag" }
  }

  direct-quarantine = {
    preset = "standard-webhooks"
    lane   = "direct"
    schema = { file = "../tests/schemas/order.json", types = ["checked.*"], on_fail = "quarantine" }
  }

  # People see only a part of its payloads.
  redacted = {
    preset       = "standard-webhooks"
    keep_headers = ["x-customer-name"]
    attributes   = { email = { json = "/data/email" } }
    redact       = ["/data/email", "x-customer-name"]
  }

  # Deliveries with the same values are one event.
  merging = {
    preset          = "standard-webhooks"
    attributes      = { order = { json = "/order" }, state = { json = "/state" } }
    dedupe          = "attributes"
    dedupe_by       = ["order", "state"]
    dedupe_window_s = 3600
  }

  # Checks with a signed POST whether the endpoint exists.
  slack = {
    preset = "slack"
  }

  # Asks with a GET and a token.
  meta = {
    preset = "meta"
  }

  # The secret itself in a header, which only the authorizer verifies.
  gitlab = {
    preset = "gitlab-token"
  }

  # Signs its URL.
  square = {
    preset = "square"
  }

  # HTTP Message Signatures: the URL and the id are covered too.
  bank = {
    custom = <<-JSON
      {
        "kind": "http-message",
        "algorithm": "hmac-sha256",
        "components": ["@method", "@target-uri", "content-digest", "x-event-id"],
        "event": {
          "id": { "header": "x-event-id" },
          "type": { "json": "/type" }
        }
      }
    JSON
  }

  # A token of an issuer, whose key a test puts into the secret.
  tokens = {
    custom = <<-JSON
      {
        "kind": "jwt",
        "algorithms": ["ES256"],
        "issuer": "https://issuer.example",
        "audience": "hooks",
        "jwks_url": "none",
        "event": {
          "id": { "json": "/id" },
          "type": { "json": "/type" }
        }
      }
    JSON
  }

  # The direct lane: one endpoint for each way in which a stored delivery is verified.
  direct = {
    preset = "standard-webhooks"
    lane   = "direct"
  }

  # Its keys are replaced while deliveries come in.
  direct-rotated = {
    preset = "standard-webhooks"
    lane   = "direct"
  }

  # The partner's format, for bodies of any kind.
  direct-partner = {
    lane   = "direct"
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

  # Signs the body alone; id and type are in headers that are not signed.
  direct-github = {
    preset = "github"
    lane   = "direct"
  }

  # Signs the body's digest, so S3 itself refuses another body.
  direct-signed = {
    lane   = "direct"
    custom = <<-JSON
      {
        "kind": "http-message",
        "algorithm": "hmac-sha256",
        "components": ["@method", "@target-uri", "content-digest", "x-event-id"],
        "event": {
          "id": { "header": "x-event-id" },
          "type": { "json": "/type" }
        }
      }
    JSON
  }

  # The secret itself in a header: only the authorizer verifies it, and there is no digest.
  direct-token = {
    preset = "gitlab-token"
    lane   = "direct"
  }
}

functions = {
  admit = { max_concurrency = 5 }
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

  audit-lambda = {
    kind      = "lambda"
    package   = "audit"
    timeout_s = 10
  }

  audit-workflow = {
    kind      = "workflow"
    package   = "audit"
    timeout_s = 10
  }

  trial = {
    kind            = "lambda"
    timeout_s       = 12
    event_timeout_s = 4
    memory_mb       = 256
  }

  # Loses a right while a test runs.
  trial-blind = {
    kind            = "lambda"
    package         = "trial"
    timeout_s       = 12
    event_timeout_s = 4
    memory_mb       = 256
  }

  trial-ordered = {
    kind            = "lambda"
    package         = "trial"
    timeout_s       = 12
    event_timeout_s = 4
    memory_mb       = 256
  }

  trial-queue = {
    kind                 = "queue"
    package              = "trial"
    timeout_s            = 12
    event_timeout_s      = 4
    memory_mb            = 256
    max_retries          = 1
    visibility_timeout_s = 15
  }

  # Enriches events: its workflow calls no function.
  tagged = {
    kind        = "workflow"
    package     = "audit"
    definition  = "../examples/workflows/enrich.asl.json"
    idempotency = false
  }

  # A processor in each language that is not of the workspace: examples/processors.
  rust-audit = {
    kind      = "lambda"
    timeout_s = 10
  }

  python-audit = {
    kind      = "lambda"
    runtime   = "python3.13"
    handler   = "handler.handler"
    timeout_s = 10
  }

  typescript-audit = {
    kind      = "lambda"
    runtime   = "nodejs22.x"
    handler   = "handler.handler"
    timeout_s = 10
  }
}

subscriptions = {
  invoices = {
    types                = ["invoice.*"]
    target               = { processor = "invoices" }
    max_retries          = 4
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

  audit-lambda = {
    types                = ["exact.*", "order.*"]
    target               = { processor = "audit-lambda" }
    visibility_timeout_s = 10
  }

  audit-workflow = {
    types                = ["exact.*"]
    target               = { processor = "audit-workflow" }
    visibility_timeout_s = 10
  }

  trial = {
    types                = ["trial.*"]
    target               = { processor = "trial" }
    max_retries          = 2
    visibility_timeout_s = 15
  }

  trial-blind = {
    types                = ["trial.blind"]
    target               = { processor = "trial-blind" }
    max_retries          = 2
    visibility_timeout_s = 15
  }

  trial-queue = {
    types                = ["trial.*"]
    target               = { processor = "trial-queue" }
    visibility_timeout_s = 10
  }

  trial-ordered = {
    types       = ["ordered.*", "trial.*"]
    target      = { processor = "trial-ordered" }
    ordered     = true
    max_retries = 2
    # The pause before a retry.
    visibility_timeout_s = 15
  }

  # Three readers with one filter: a pipe, fan and deliver.
  filtered = {
    types     = ["filtered.*"]
    endpoints = ["kept", "direct-kept"]
    filter    = <<-JSON
      {
        "customer": [{ "prefix": "cus_\"" }],
        "amount": [{ "numeric": [">", 100, "<=", 200.5] }, 7],
        "plan": [{ "anything-but": "free" }]
      }
    JSON
    target    = { processor = "trial" }
  }

  filtered-ordered = {
    types     = ["filtered.*"]
    endpoints = ["kept", "direct-kept"]
    filter    = <<-JSON
      {
        "customer": [{ "prefix": "cus_\"" }],
        "amount": [{ "numeric": [">", 100, "<=", 200.5] }, 7],
        "plan": [{ "anything-but": "free" }]
      }
    JSON
    target    = { processor = "trial-ordered" }
    ordered   = true
  }

  filtered-paced = {
    types      = ["filtered.*"]
    endpoints  = ["kept", "direct-kept"]
    filter     = <<-JSON
      {
        "customer": [{ "prefix": "cus_\"" }],
        "amount": [{ "numeric": [">", 100, "<=", 200.5] }, 7],
        "plan": [{ "anything-but": "free" }]
      }
    JSON
    target     = { processor = "rust-audit" }
    rate_per_s = 20
  }

  # A pipe and fan hold back what is quarantined, and one subscription asks for it.
  checked = {
    types                = ["checked.*"]
    target               = { processor = "rust-audit" }
    visibility_timeout_s = 10
  }

  checked-ordered = {
    types   = ["checked.*"]
    target  = { processor = "trial-ordered" }
    ordered = true
  }

  quarantined = {
    types                = ["checked.*"]
    quarantined          = true
    target               = { processor = "audit-lambda" }
    visibility_timeout_s = 10
  }

  # Ten ordered ones to queues outside the stack, where the order can be read: scripts/outside.py makes them in the local
  # cloud. One failed call holds a key up for the pause before a retry, and the test waits for every key.
  ordered-0 = {
    types                = ["many.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-ordered-0.fifo" }
    ordered              = true
    visibility_timeout_s = 20
  }

  ordered-1 = {
    types                = ["many.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-ordered-1.fifo" }
    ordered              = true
    visibility_timeout_s = 20
  }

  ordered-2 = {
    types                = ["many.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-ordered-2.fifo" }
    ordered              = true
    visibility_timeout_s = 20
  }

  ordered-3 = {
    types                = ["many.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-ordered-3.fifo" }
    ordered              = true
    visibility_timeout_s = 20
  }

  ordered-4 = {
    types                = ["many.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-ordered-4.fifo" }
    ordered              = true
    visibility_timeout_s = 20
  }

  ordered-5 = {
    types                = ["many.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-ordered-5.fifo" }
    ordered              = true
    visibility_timeout_s = 20
  }

  ordered-6 = {
    types                = ["many.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-ordered-6.fifo" }
    ordered              = true
    visibility_timeout_s = 20
  }

  ordered-7 = {
    types                = ["many.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-ordered-7.fifo" }
    ordered              = true
    visibility_timeout_s = 20
  }

  ordered-8 = {
    types                = ["many.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-ordered-8.fifo" }
    ordered              = true
    visibility_timeout_s = 20
  }

  ordered-9 = {
    types                = ["many.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-ordered-9.fifo" }
    ordered              = true
    visibility_timeout_s = 20
  }

  # The browser's tests of the console pause it, and send its dead letters back.
  console = {
    types                = ["console.*"]
    target               = { processor = "trial" }
    max_retries          = 2
    visibility_timeout_s = 15
  }

  # Deleted at the end.
  passing = {
    types  = ["passing.*"]
    target = { processor = "audit-lambda" }
  }

  # The destination that misbehaves on command (tests/src/destination): scripts/e2e puts the port that is free where
  # 8477 is. The path of each is its name.
  http-answers = {
    types       = ["http.answer"]
    concurrency = 4
    # No answer of one event stops the others.
    breaker = { failures_in_a_row = 1000, failure_rate = 1 }
    target = {
      http = {
        url           = "http://127.0.0.1:8477/http-answers"
        timeout_s     = 2
        allow_private = true
      }
    }
  }

  http-event = {
    types       = ["http.answer"]
    concurrency = 2
    target = {
      http = {
        url           = "http://127.0.0.1:8477/http-event"
        auth          = { type = "header", header = "x-credential" }
        sign          = "none"
        body          = "event"
        allow_private = true
      }
    }
  }

  http-paced = {
    types                = ["http.paced"]
    rate_per_s           = 20
    visibility_timeout_s = 60
    target = {
      http = {
        url           = "http://127.0.0.1:8477/http-paced"
        timeout_s     = 5
        allow_private = true
      }
    }
  }

  http-breaker = {
    types       = ["http.breaker"]
    concurrency = 2
    breaker     = { failures_in_a_row = 3, pause_s = 2, longest_pause_s = 8 }
    target = {
      http = {
        url           = "http://127.0.0.1:8477/http-breaker"
        timeout_s     = 5
        allow_private = true
      }
    }
  }

  # In order: a FIFO queue feeds it.
  http-ordered = {
    types       = ["http.ordered"]
    ordered     = true
    concurrency = 2
    target = {
      http = {
        url           = "http://127.0.0.1:8477/http-ordered"
        timeout_s     = 5
        allow_private = true
      }
    }
  }

  http-tls = {
    types       = ["http.tls"]
    concurrency = 2
    target = {
      http = {
        url                = "https://localhost:8477/http-tls"
        timeout_s          = 5
        allow_private      = true
        own_ca             = true
        client_certificate = true
      }
    }
  }

  # The certificate there is for localhost. Given up at the first failure.
  http-wrong-name = {
    types       = ["http.refused"]
    concurrency = 2
    retry_for_s = 0
    target = {
      http = {
        url           = "https://127.0.0.1:8477/http-wrong-name"
        timeout_s     = 5
        allow_private = true
        own_ca        = true
      }
    }
  }

  # Where AWS keeps a machine's credentials. allow_private does not allow it.
  http-metadata = {
    types       = ["http.refused"]
    concurrency = 2
    retry_for_s = 0
    target = {
      http = {
        url           = "http://169.254.169.254/latest/meta-data/"
        sign          = "none"
        timeout_s     = 5
        allow_private = true
      }
    }
  }

  rust-audit = {
    types                = ["polyglot.*"]
    target               = { processor = "rust-audit" }
    visibility_timeout_s = 10
  }

  python-audit = {
    types                = ["polyglot.*"]
    target               = { processor = "python-audit" }
    visibility_timeout_s = 10
  }

  typescript-audit = {
    types                = ["polyglot.*"]
    target               = { processor = "typescript-audit" }
    visibility_timeout_s = 10
  }

  # A target of each kind that pipes call by themselves: scripts/outside.py makes them in the local cloud. In an account
  # of yours put its own ARNs here.
  target-bus = {
    types                = ["target.*"]
    target               = { event_bus_arn = "arn:aws:events:us-east-1:000000000000:event-bus/outside" }
    visibility_timeout_s = 20
  }

  target-kinesis = {
    types                = ["target.*"]
    target               = { stream_arn = "arn:aws:kinesis:us-east-1:000000000000:stream/outside" }
    visibility_timeout_s = 20
  }

  target-firehose = {
    types                = ["target.*"]
    target               = { delivery_stream_arn = "arn:aws:firehose:us-east-1:000000000000:deliverystream/outside" }
    visibility_timeout_s = 20
  }

  target-fifo = {
    types                = ["target.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside.fifo" }
    visibility_timeout_s = 20
  }

  target-fair = {
    types                = ["target.*"]
    target               = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-fair" }
    fair_by              = "endpoint"
    visibility_timeout_s = 20
  }

  target-enriched = {
    types  = ["target.*"]
    target = { queue_arn = "arn:aws:sqs:us-east-1:000000000000:outside-enriched" }
    enrich = { processor = "tagged" }
  }

  target-task = {
    types                = ["target.*"]
    visibility_timeout_s = 20
    target = {
      ecs = {
        cluster         = "arn:aws:ecs:us-east-1:000000000000:cluster/outside"
        task_definition = "arn:aws:ecs:us-east-1:000000000000:task-definition/outside:1"
        container       = "job"
        cpu             = 256
        memory_mb       = 512
        subnets         = ["subnet-1"]
        task_roles      = ["arn:aws:iam::000000000000:role/outside-task"]
      }
    }
  }

  target-job = {
    types                = ["target.*"]
    visibility_timeout_s = 20
    target = {
      batch = {
        job_queue      = "arn:aws:batch:us-east-1:000000000000:job-queue/outside"
        job_definition = "arn:aws:batch:us-east-1:000000000000:job-definition/outside:1"
      }
    }
  }
}

# A test stops the router and waits for the alarm.
route_lag_alarm_s = 10

# A host name of its own, where every client shows a certificate, and a web ACL, which the local cloud does not enforce.
# scripts/local-up puts in the id of the zone that scripts/outside.py makes. Providers without certificates stay at the
# default endpoint. For an account of yours, put your own domain, zone and CA here.
front_door = {
  domain  = "hooks.coatcheck.test"
  zone_id = "Z0OUTSIDE"

  mtls = {
    truststore = "../tests/front-door/clients-ca.pem"
  }

  web_acl = {
    rate_per_5_min = 1000000
    allow          = ["127.0.0.0/8", "::1/128"]
    deny           = ["192.0.2.0/24", "2001:db8::/32"]
    managed        = { AWSManagedRulesAmazonIpReputationList = { count = ["AWSManagedIPDDoSList"] } }
  }
}
