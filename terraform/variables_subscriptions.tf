variable "subscriptions" {
  description = <<-EOT
    Subscriptions by name: which events go to which target.

    - types: exact event types, "prefix.*", or ["*"] for all types except coatcheck.test, the type
      of the events that `coatcheck endpoints test` sends.
    - endpoints: names of endpoints; null for all.
    - filter: what the event's attributes must be, as JSON in the language of EventBridge's event patterns:
      jsonencode({ customer = [{ prefix = "cus_" }], amount = [{ numeric = [">", 100] }] })
      (docs/filters.md). Endpoints declare their attributes. What is filtered out costs no call of the target.
    - quarantined: true for events whose payload does not match its schema and that an endpoint
      quarantines (docs/schemas.md): the subscription gets these and no others.
    - target: exactly one of processor (of this stack), lambda_arn, state_machine_arn (with
      state_machine_type), queue_arn (with queue_kms_key_arn if a customer-managed key encrypts
      it), event_bus_arn (with event_source, null for coatcheck.{stack}), stream_arn of Kinesis
      (with stream_kms_key_arn), delivery_stream_arn of Firehose, ecs and batch (docs/targets.md).
    - fair_by: only for a standard queue. What is one tenant of a fair queue: endpoint or
      ordering_key; null sends no message group.
    - enrich: what the pipe calls first, processor (of the kind lambda or workflow) or lambda_arn;
      the target gets what it answers (docs/targets.md).
    - ordered: keep the order of each ordering key, by a FIFO queue. An event that fails holds up the
      later ones of its key, until it is processed or given up.
    - enabled: false stops the pipe; the queue then keeps the events.
    - batch_size, batching_window_s: how many events a call gets at most (default 10), and how many
      seconds the pipe waits for them. ecs, batch and ordered subscriptions always get one event.
    - max_retries: how often a pipe tries an event again before it goes to the DLQ (default 5).
    - rate_per_s: how many events a second the target gets. With it, or with http, the function
      `deliver` reads the queue and no pipe does (docs/destinations.md). Only then there are
      concurrency, how many instances of it send at once; retry_for_s, how long an event is tried
      again after its first failure (default 259200, 3 days); and breaker, when deliveries to a
      failing target stop. max_retries and batching_window_s are for pipes.
    - visibility_timeout_s: the pause before a retry; the default is six times the timeout_s of the
      processor, and of the one that enriches.
    - retention_days: how many days an event waits in the queue; the default is
      queue_retention_days, which always applies to the DLQ.
  EOT

  type = map(object({
    types       = list(string)
    endpoints   = optional(list(string))
    filter      = optional(string)
    quarantined = optional(bool, false)
    target = object({
      processor          = optional(string)
      lambda_arn         = optional(string)
      state_machine_arn  = optional(string)
      state_machine_type = optional(string, "EXPRESS")
      queue_arn          = optional(string)
      queue_kms_key_arn  = optional(string)

      event_bus_arn = optional(string)
      event_source  = optional(string)

      stream_arn          = optional(string)
      stream_kms_key_arn  = optional(string)
      delivery_stream_arn = optional(string)

      ecs = optional(object({
        cluster           = string
        task_definition   = string
        container         = string
        cpu               = number
        memory_mb         = number
        subnets           = list(string)
        security_groups   = optional(list(string), [])
        launch_type       = optional(string, "FARGATE")
        capacity_provider = optional(string)
        platform_version  = optional(string)
        assign_public_ip  = optional(bool, false)
        # Roles that the pipe hands to the task: its own, and the one that starts it.
        task_roles = list(string)
        # environment: in the variable EVENT; command: as the last argument.
        event_in = optional(string, "environment")
        command  = optional(list(string), [])
      }))

      batch = optional(object({
        job_queue      = string
        job_definition = string
        attempts       = optional(number)
      }))

      http = optional(object({
        url    = string
        method = optional(string, "POST")
        auth = optional(object({
          type = optional(string, "none")
          # header: the header's name; its value is in the secret.
          header = optional(string)
          # oauth2_client_credentials
          token_url = optional(string)
          scope     = optional(string)
          audience  = optional(string)
          # sigv4
          service = optional(string)
          region  = optional(string)
          actions = optional(list(string), [])
          arns    = optional(list(string), [])
        }), {})
        sign          = optional(string, "standard-webhooks")
        headers       = optional(map(string), {})
        body          = optional(string, "payload")
        success       = optional(list(string), ["2xx"])
        timeout_s     = optional(number, 30)
        allow_private = optional(bool, false)
        # The secret has a CA of its own, or a client certificate with its key.
        own_ca             = optional(bool, false)
        client_certificate = optional(bool, false)
      }))
    })
    ordered              = optional(bool, false)
    enabled              = optional(bool, true)
    batch_size           = optional(number)
    batching_window_s    = optional(number, 0)
    max_retries          = optional(number)
    visibility_timeout_s = optional(number)
    retention_days       = optional(number)

    # Of a standard queue: endpoint or ordering_key.
    fair_by = optional(string)

    enrich = optional(object({
      processor  = optional(string)
      lambda_arn = optional(string)
    }))

    # By `deliver`: http, and every target with rate_per_s.
    rate_per_s  = optional(number)
    concurrency = optional(number)
    # The defaults are in modules/destination, so that what a pipe would ignore can be refused.
    retry_for_s = optional(number)
    breaker = optional(object({
      failures_in_a_row = optional(number)
      failure_rate      = optional(number)
      pause_s           = optional(number)
      longest_pause_s   = optional(number)
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.subscriptions) : can(regex("^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$", name))])
    error_message = "A subscription's name must be 1 to 30 characters of a-z, 0-9 and -, start with a letter and not end with -."
  }

  validation {
    condition     = alltrue([for name in keys(var.subscriptions) : !contains(["admit", "fan", "heartbeats", "router"], name) && alltrue([for end in ["-dlq", "-inbox", "-letters"] : !endswith(name, end)])])
    error_message = "A subscription must not be called admit, fan, heartbeats or router nor end in -dlq, -inbox or -letters: its queue or pipe would have the name of another one."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) :
      length([
        for key in ["processor", "lambda_arn", "state_machine_arn", "queue_arn", "event_bus_arn", "stream_arn", "delivery_stream_arn", "ecs", "batch", "http"] :
        key if subscription.target[key] != null
      ]) == 1
    ])
    error_message = "A subscription's target must be exactly one of processor, lambda_arn, state_machine_arn, queue_arn, event_bus_arn, stream_arn, delivery_stream_arn, ecs, batch and http: write one subscription for each target."
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : subscription.target.processor == null ? true : contains(keys(var.processors), subscription.target.processor)])
    error_message = "Unknown processor: ${join(", ", [for name, subscription in var.subscriptions : "${name} targets ${subscription.target.processor}" if subscription.target.processor == null ? false : !contains(keys(var.processors), subscription.target.processor)])}. Add it to processors, or correct the name."
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : subscription.endpoints == null ? true : length(subscription.endpoints) > 0 && length(setsubtract(subscription.endpoints, keys(var.endpoints))) == 0])
    error_message = "A subscription's endpoints must name at least one endpoint of this stack, and no other; leave endpoints out for all of them."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : (
        (subscription.target.lambda_arn == null ? true : can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[^*]+$", subscription.target.lambda_arn)))
        && (subscription.target.state_machine_arn == null ? true : can(regex("^arn:[a-z-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[^*]+$", subscription.target.state_machine_arn)))
        && (subscription.target.queue_arn == null ? true : can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[^*]+$", subscription.target.queue_arn)))
        && (subscription.target.queue_kms_key_arn == null ? true : subscription.target.queue_arn != null && can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[^*]+$", subscription.target.queue_kms_key_arn)))
      )
    ])
    error_message = "lambda_arn, state_machine_arn, queue_arn and queue_kms_key_arn must be ARNs of a function, a state machine, a queue and that queue's key."
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : contains(["EXPRESS", "STANDARD"], subscription.target.state_machine_type)])
    error_message = "state_machine_type must be EXPRESS or STANDARD. With STANDARD the pipe does not wait: a retry starts a second execution and a failed one is not retried."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : !subscription.ordered || !(
        (subscription.target.queue_arn == null ? false : !endswith(subscription.target.queue_arn, ".fifo"))
        || try(var.processors[subscription.target.processor].kind, "") == "queue"
        || anytrue([for key in ["event_bus_arn", "delivery_stream_arn", "ecs", "batch"] : subscription.target[key] != null])
      )
    ])
    error_message = "An ordered subscription cannot target a standard queue, a bus, Firehose, ecs or batch, which would lose the order: target a .fifo queue, a Kinesis stream, a function, http or an EXPRESS state machine."
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : !(subscription.ordered && subscription.target.state_machine_arn != null && subscription.target.state_machine_type == "STANDARD")])
    error_message = "An ordered subscription cannot target a STANDARD state machine: executions are started without waiting, so their order is lost. Use an EXPRESS one."
  }

  validation {
    condition = alltrue(flatten([
      for subscription in values(var.subscriptions) : [
        length(subscription.types) > 0,
        [for type in subscription.types : can(regex("^[^*]+$", type)) || can(regex("^[^*]+[.][*]$", type)) || (type == "*" && length(subscription.types) == 1)],
      ]
    ]))
    error_message = "types must have at least one entry: an exact type (invoice.paid) or a prefix that ends in .* (invoice.*). For all types write [\"*\"] alone."
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : length(subscription.types) * max(1, try(length(subscription.endpoints), 1)) <= 150])
    error_message = "types x endpoints of a subscription must not exceed 150, the limit of an SNS filter. Use prefixes (invoice.*), leave endpoints out, or split the subscription."
  }

  # The most that fits into one of the four patterns over which a pipe divides the types.
  validation {
    condition = alltrue(flatten([
      for subscription in values(var.subscriptions) : [
        for types in chunklist(
          concat([for type in subscription.types : type if !endswith(type, "*")], [for type in subscription.types : type if endswith(type, "*")]),
          ceil(length(subscription.types) / 4),
        ) :
        70 + length(jsonencode(types)) + 12 * length(types) + try(length(jsonencode(subscription.endpoints)) + 11 * length(subscription.endpoints), 0) <= 4096
      ]
    ]))
    error_message = "types and endpoints of a subscription are too long: its pipe filters them too, with the types divided over four patterns of at most 4096 characters each. Use prefixes (invoice.*), leave endpoints out, or split the subscription."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : coalesce(subscription.batch_size, 1) >= 1 && coalesce(subscription.batch_size, 1) <= (
        subscription.target.http != null || subscription.rate_per_s != null || subscription.target.queue_arn != null || subscription.target.event_bus_arn != null || try(var.processors[subscription.target.processor].kind, "") == "queue" ? 10 :
        subscription.target.stream_arn != null || subscription.target.delivery_stream_arn != null ? 500 :
        subscription.target.state_machine_arn != null || try(var.processors[subscription.target.processor].kind, "") == "workflow" ? 100 : 1000
      )
    ])
    error_message = "batch_size must be 1 to 10 for a queue or a bus and with http or rate_per_s, 1 to 100 for a state machine (whose input is limited to 256 KiB), 1 to 500 for a stream of Kinesis or Firehose, and 1 to 1000 for a function."
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : subscription.batching_window_s >= 0 && subscription.batching_window_s <= 300 && (coalesce(subscription.batch_size, 10) <= 10 || subscription.batching_window_s >= 1)])
    error_message = "batching_window_s must be 0 to 300, and at least 1 with a batch_size over 10: one receive call returns no more than 10 messages."
  }

  # SQS counts a receive for each message of a batch: behind one that fails, the others of its key would use up their
  # tries too. And a FIFO queue has no batching window. A task or a job has one event.
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : coalesce(subscription.batch_size, 1) == 1 && subscription.batching_window_s == 0
      if subscription.ordered || subscription.target.ecs != null || subscription.target.batch != null
    ])
    error_message = "An ordered subscription, ecs and batch call the target with one event at a time: leave batch_size and batching_window_s out. Events of different keys are processed in parallel."
  }

  validation {
    condition     = alltrue([for subscription in values(var.subscriptions) : subscription.max_retries == null ? true : contains(range(1, 101), subscription.max_retries)])
    error_message = "max_retries must be a whole number from 1 to 100: without a limit, one bad event would be tried for ever."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : subscription.visibility_timeout_s == null ? true : (
        subscription.visibility_timeout_s <= 43200
        && subscription.visibility_timeout_s >= max(1, sum(concat([0], [
          for name in compact([subscription.target.processor, try(subscription.enrich.processor, null)]) :
          try(var.processors[name].kind == "queue" ? 0 : var.processors[name].timeout_s, 0)
        ])))
      )
    ])
    error_message = "visibility_timeout_s must be at least the timeout_s of the processor and of the one that enriches together, or an event could be received again while it is being processed, and at most 43200."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : subscription.retention_days == null ? true : (
        subscription.retention_days >= 1 && subscription.retention_days <= var.queue_retention_days
        && floor(subscription.retention_days) == subscription.retention_days
      )
    ])
    error_message = "retention_days must be a whole number from 1 to queue_retention_days (${var.queue_retention_days}), for which the DLQ keeps an event. Both count from the event's arrival in the queue, so a shorter time in the DLQ would lose events that waited long."
  }

  # Each setting belongs to one kind of target, or to one reader of the queue.
  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : (subscription.target.event_source == null || subscription.target.event_bus_arn != null)
      && (subscription.target.stream_kms_key_arn == null || subscription.target.stream_arn != null)
      && (subscription.target.state_machine_type == "EXPRESS" || subscription.target.state_machine_arn != null)
    ])
    error_message = "event_source is for event_bus_arn, stream_kms_key_arn for stream_arn, and state_machine_type for state_machine_arn: leave it out for other targets."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : subscription.fair_by == null ? true : contains(["endpoint", "ordering_key"], subscription.fair_by) && (
        (subscription.target.queue_arn == null ? false : !endswith(subscription.target.queue_arn, ".fifo")) || try(var.processors[subscription.target.processor].kind, "") == "queue"
      )
    ])
    error_message = "fair_by must be endpoint or ordering_key, and is for standard queues: leave it out for other targets. A FIFO queue has a group for each ordering key anyway."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : subscription.rate_per_s != null || subscription.target.http != null
      || (subscription.concurrency == null && subscription.retry_for_s == null && subscription.breaker == null)
    ])
    error_message = "concurrency, retry_for_s and breaker are for http, or need rate_per_s: set it, or leave them out. A pipe has max_retries, and calls a target that fails again and again."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : subscription.rate_per_s == null && subscription.target.http == null
      || (subscription.max_retries == null && subscription.batching_window_s == 0 && subscription.enrich == null)
    ])
    error_message = "max_retries, batching_window_s and enrich are for pipes, and no pipe reads a subscription with http or rate_per_s: leave them out, and set retry_for_s instead of max_retries."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : subscription.rate_per_s == null
      || alltrue([for key in ["event_bus_arn", "stream_arn", "delivery_stream_arn", "ecs", "batch"] : subscription.target[key] == null])
    ])
    error_message = "rate_per_s is for http, a processor, a function, a state machine and a queue: leave it out for other targets, of which a pipe sets the pace."
  }

  # A role's name is {stack}-function-deliver-{subscription}.
  validation {
    condition     = alltrue([for name, subscription in var.subscriptions : subscription.rate_per_s == null && subscription.target.http == null || length(var.stack) + length(name) <= 46])
    error_message = "With http or rate_per_s, the names of the stack and the subscription must not have more than 46 characters together: shorten the subscription's name."
  }

  validation {
    condition = alltrue([
      for subscription in values(var.subscriptions) : subscription.rate_per_s == null && subscription.target.http == null
      || coalesce(subscription.retry_for_s, 259200) + 86400 <= coalesce(subscription.retention_days, var.queue_retention_days) * 86400
    ])
    error_message = "retry_for_s (default 259200, 3 days) must end a day before the queue deletes an event: shorten it, or raise retention_days (or queue_retention_days)."
  }

  validation {
    condition     = length(var.subscriptions) <= 100 && sum(concat([0], [for name in keys(var.subscriptions) : length("${var.stack}-${name},")])) <= 3000
    error_message = "A stack can have at most 100 subscriptions, and the names of their pipes ({stack}-{subscription}) at most 3000 characters together: watch gets these names in its environment, where Lambda allows 4 KB."
  }
}
