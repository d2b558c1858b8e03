# Feeds the ordered subscriptions. A stream serves two readers per shard: the router is one, and fan is the other, however
# many ordered subscriptions there are (decision 0046).

module "fan" {
  source = "./modules/fan"
  count  = length(local.ordered) > 0 ? 1 : 0

  stack                = var.stack
  account              = local.account
  arn_prefixes         = local.arn_prefixes
  key                  = local.key
  function_defaults    = local.function_defaults
  queue_defaults       = local.queue_defaults
  dead_letter_handling = local.dead_letter_handling
  stream_arn           = aws_dynamodb_table.events.stream_arn
  stream_pattern       = local.arns.stream
  template             = module.cloudevent.from_stream
  heartbeats_endpoint  = local.heartbeats_endpoint
  log_retention_days   = var.log_retention_days
  alarms               = local.alarms
  batch_rights_by_call = var.batch_rights_by_call

  # It reads in the stack's description which subscriptions are ordered, and what they want.
  description = { table_arn = local.arns.endpoints, table = aws_dynamodb_table.endpoints.name }

  # Many by a pattern: IAM has no room for the name of each.
  queue_arns = length(local.ordered) > 20 ? ["${local.arn_prefixes.sqs}:${var.stack}-*.fifo"] : [
    for name in keys(local.ordered) : "${local.arn_prefixes.sqs}:${var.stack}-${name}.fifo"
  ]
}
