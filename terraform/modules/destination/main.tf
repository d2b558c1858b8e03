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
      { for name, value in local.http : name => value if value != null && name != "auth" },
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

module "function" {
  source = "../function"

  name        = local.function
  package     = "deliver"
  description = "Delivers the events of the subscription ${var.name}"
  defaults    = var.function_defaults
  memory_mb   = local.http == null ? 256 : 512
  timeout_s   = var.pace.timeout_s
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
    var.subscription.rate_per_s == null ? {} : { RATE_PER_S = tostring(var.subscription.rate_per_s) },
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
  tags                    = var.function_defaults.tags
}
