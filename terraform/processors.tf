locals {
  # Names of the subscriptions that target each processor.
  subscribed = {
    for processor in keys(var.processors) : processor => [
      for name, subscription in var.subscriptions : name if subscription.target.processor == processor
    ]
  }

  # With those whose events it enriches.
  redeeming = {
    for processor, names in local.subscribed : processor => distinct(concat(names, [
      for name, subscription in var.subscriptions : name if try(subscription.enrich.processor, null) == processor
    ]))
  }

  # The endpoints of all of them together.
  subscribed_endpoints = {
    for processor, names in local.redeeming : processor => distinct(flatten([
      for name in names : coalesce(var.subscriptions[name].endpoints, keys(var.endpoints))
    ]))
  }
}

# What each processor may redeem, in one policy: what the subscriptions that target it, or that it enriches, subscribe to.
module "processor_redeem" {
  source   = "./modules/redeem"
  for_each = { for processor, names in local.redeeming : processor => names if length(names) > 0 }

  endpoints = (
    length(setsubtract(keys(var.endpoints), local.subscribed_endpoints[each.key])) == 0 ? null : local.subscribed_endpoints[each.key]
  )
  bucket_arn = local.arns.bucket
  key        = local.key
}

module "processor" {
  source   = "./modules/processor"
  for_each = var.processors

  name               = each.key
  account            = local.account
  processor          = each.value
  processed_ttl_days = var.processed_ttl_days
  queue_defaults     = local.queue_defaults
  function_defaults  = local.function_defaults
  arn_prefixes       = local.arn_prefixes

  processed_table = {
    arn  = local.arns.processed
    name = aws_dynamodb_table.processed.name
  }

  # After a failure it then holds back the later events of the same key.
  ordered = anytrue([for subscription in values(local.ordered) : subscription.target.processor == each.key])

  subscribed = local.subscribed[each.key]
  policies   = { for redeem in try([module.processor_redeem[each.key]], []) : "redeem" => redeem.policy_json }
}
