locals {
  full_name = "${var.stack}-${var.name}"
  # SQS wants this end of a FIFO queue's name, and a FIFO queue needs a FIFO DLQ.
  suffix     = var.subscription.ordered ? ".fifo" : ""
  queue_name = "${local.full_name}${local.suffix}"
  dlq_name   = "${local.full_name}-dlq${local.suffix}"
  queue_arn  = "${var.arn_prefixes.sqs}:${local.queue_name}"
  dlq_arn    = "${var.arn_prefixes.sqs}:${local.dlq_name}"
  pipe_arn   = "${var.arn_prefixes.pipes}:pipe/${local.full_name}"

  # Gets its events from the topic; an ordered one from fan.
  buffered = !var.subscription.ordered

  # Otherwise the function `deliver` reads its queue (modules/destination).
  piped = var.reader == "pipe"

  exact    = [for type in var.subscription.types : type if !endswith(type, "*")]
  prefixes = [for type in var.subscription.types : { prefix = trimsuffix(type, "*") } if endswith(type, ".*")]
  # Events of any type means of any except the one that tests are sent with.
  any_types = [for type in var.subscription.types : { anything-but = [var.test_type] } if type == "*"]
  types     = concat(local.exact, local.prefixes, local.any_types)

  # Events of any endpoint means of any except the one that heartbeats seem to come from.
  endpoints    = sort(coalesce(var.subscription.endpoints, []))
  no_endpoints = var.subscription.endpoints == null ? [var.heartbeats_endpoint] : []
}

# Always keeps messages as long as the stack allows: a message from the queue keeps its age.
module "dlq" {
  source = "../queue"

  arn          = local.dlq_arn
  defaults     = var.queue_defaults
  redrive_from = [local.queue_arn]
  topic_arn    = local.buffered ? var.topic_arn : null
}
