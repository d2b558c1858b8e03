locals {
  full_name = "${var.stack}-${var.name}"
  queue_arn = "${var.arn_prefixes.sqs}:${local.full_name}"
  dlq_arn   = "${var.arn_prefixes.sqs}:${local.full_name}-dlq"
  pipe_arn  = "${var.arn_prefixes.pipes}:pipe/${local.full_name}"

  buffered = !var.subscription.ordered

  # null: any type, any endpoint.
  exact    = [for type in var.subscription.types : type if !endswith(type, "*")]
  prefixes = [for type in var.subscription.types : { prefix = trimsuffix(type, "*") } if endswith(type, "*")]
  any_type = contains(var.subscription.types, "*")
}

module "dlq" {
  source = "../queue"

  arn          = local.dlq_arn
  defaults     = var.queue_defaults
  redrive_from = local.buffered ? [local.queue_arn] : []
  topic_arn    = local.buffered ? var.topic_arn : null
}
