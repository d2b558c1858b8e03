# A subscription that the function `deliver` reads: it has its own function, role and secret, so that no destination's
# credentials can be read by another's. A mapping feeds it from the queue, and not a pipe (decision 0050).

locals {
  full_name = "${var.function_defaults.stack}-${var.name}"
  # Of the function in the stack. No processor can have such a name.
  function     = "deliver-${var.name}"
  function_arn = "${var.arn_prefixes.lambda}:function:${var.function_defaults.stack}-${local.function}"

  http = var.subscription.target.http

  secret_name = local.http == null ? null : "${var.secrets_prefix}${var.name}"

  # Absent members are left out, so that the function's defaults apply.
  destination = (
    local.http != null ? jsonencode(merge(
      { for name, value in local.http == null ? {} : local.http : name => value if value != null && name != "auth" },
      {
        kind = "http"
        auth = { for name, value in try(local.http.auth, {}) : name => value if value != null && !contains(["actions", "arns"], name) }
      },
    )) :
    var.target.kind == "queue" ? jsonencode(merge(
      { kind = "queue", url = var.target.url },
      endswith(coalesce(var.target.arn, "-"), ".fifo") ? {} : { fair_by = var.subscription.fair_by },
    )) :
    jsonencode({ kind = var.target.kind, arn = var.target.made_arn })
  )
}

# How much one invocation takes, and how long it may last.
locals {
  rate = var.subscription.rate_per_s

  # As many as keep the rate busy if an answer takes two seconds.
  concurrency = coalesce(
    var.subscription.concurrency,
    local.rate == null ? 10 : min(max(ceil(coalesce(local.rate, 1) / 5), 2), 1000),
  )

  # What all instances together hold takes at most ten seconds of the rate. In order, the events of a batch may all have
  # to wait for each other.
  batch_size = max(1, min(
    10,
    var.subscription.batch_size,
    local.rate == null ? 10 : floor(coalesce(local.rate, 1) * 10 / local.concurrency),
    var.subscription.ordered ? floor(810 / var.target.call_s) : 10,
  ))

  # The longest that an event waits for its turn: all that the instances hold, at this rate.
  turn_s = local.rate == null ? 0 : ceil(local.batch_size * local.concurrency / coalesce(local.rate, 1))

  # Before and after the calls: reading the secret, a token, the tables and the payload.
  own_s     = 30
  timeout_s = min(900, local.own_s + local.turn_s + var.target.call_s * (var.subscription.ordered ? local.batch_size : 1))

  # AWS advises six times the function's timeout, because an invocation that Lambda throttles costs a receive. Here it
  # costs nothing: an event is not given up by the number of its receives. So an event comes back soon after a crash.
  # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  visibility_timeout_s = coalesce(var.subscription.visibility_timeout_s, local.timeout_s + 30)
}

module "function" {
  source = "../function"

  name        = local.function
  package     = "deliver"
  description = "Delivers the events of the subscription ${var.name}"
  defaults    = var.function_defaults
  memory_mb   = local.http == null ? 256 : 512
  timeout_s   = local.timeout_s
  policies    = local.policies
  key_use     = local.key_use
  too_large   = "Leave out the subscription's `endpoints` if it takes all, or divide it over several subscriptions."

  environment = merge(
    {
      BREAKER            = jsonencode(var.subscription.breaker)
      DELIVERIES_TABLE   = var.deliveries_table.name
      DESTINATION        = local.destination
      DLQ_URL            = var.queues.dlq_url
      PROCESSED_TABLE    = var.processed_table.name
      PROCESSED_TTL_DAYS = tostring(var.processed_ttl_days)
      QUEUE_URL          = var.queues.url
      RETRY_FOR_S        = tostring(var.subscription.retry_for_s)
      SUBSCRIPTION       = var.name
    },
    local.rate == null ? {} : { RATE_PER_S = tostring(local.rate) },
    local.http == null ? {} : { SECRET_ID = local.secret_name },
  )
}

# The value is set afterwards, by an operator or by rotation: Terraform never sees it.
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:An operator rotates the signing key with the receiver's agreement; a rotation function cannot ask for it.
  count = local.http == null ? 0 : 1

  name                    = local.secret_name
  description             = "Signing keys and credentials of the subscription ${var.name}"
  kms_key_id              = var.function_defaults.key.arn
  recovery_window_in_days = var.recovery_window_days
}
