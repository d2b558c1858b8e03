module "processor" {
  source   = "./modules/processor"
  for_each = var.processors

  name                    = each.key
  account                 = local.account
  processor               = each.value
  processed_ttl_days      = var.processed_ttl_days
  queue_defaults          = local.queue_defaults
  table_write_key_actions = local.table_write_key_actions
  function_defaults       = local.function_defaults
  arn_prefixes            = local.arn_prefixes
  via                     = local.via

  processed_table = {
    arn  = aws_dynamodb_table.processed.arn
    name = aws_dynamodb_table.processed.name
  }

  # After a failure it then holds back the later events of the same key.
  ordered = anytrue([for subscription in values(local.ordered) : subscription.target.processor == each.key])

  # It may redeem what the subscriptions that target it subscribe to, and no more.
  policies = {
    for name, subscription in var.subscriptions :
    "redeem-${name}" => module.redeem[name].policy_json
    if subscription.target.processor == each.key
  }
}
