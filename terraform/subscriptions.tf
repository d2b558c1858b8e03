locals {
  # What `coatcheck endpoints test` sends.
  test_type = "coatcheck.test"

  # What a target in this stack redeems, and one elsewhere. By prefix if that covers all: a policy has no room for many
  # names.
  redeemed = {
    for name, subscription in var.subscriptions : name => (
      subscription.endpoints == null ? null : length(setsubtract(keys(var.endpoints), subscription.endpoints)) == 0 ? null : subscription.endpoints
    )
  }

  # AWS advises six times the target's timeout; a pipe's call lasts at most 5 minutes. It calls an enrichment first.
  visibility_timeouts = {
    for name, subscription in var.subscriptions : name => contains(keys(local.delivered), name) ? local.paces[name].visibility_timeout_s : coalesce(
      subscription.visibility_timeout_s,
      try(6 * var.processors[subscription.target.processor].timeout_s, 360) + (
        subscription.enrich == null ? 0 : try(6 * var.processors[subscription.enrich.processor].timeout_s, 360)
      ),
    )
  }
}

locals {
  made_target_arns = {
    for name, subscription in var.subscriptions : name => subscription.target.processor == null ? local.targets[name].arn : module.processor[subscription.target.processor].made_target_arn
  }
}

module "subscription" {
  source   = "./modules/subscription"
  for_each = var.subscriptions

  name                 = each.key
  stack                = var.stack
  account              = local.account
  subscription         = each.value
  filter               = { patterns = module.filter[each.key].patterns, topic_patterns = module.filter[each.key].topic_patterns, compared = module.filter[each.key].compared }
  target               = local.targets[each.key]
  enrichment           = local.enrichments[each.key]
  bucket_arn           = local.arns.bucket
  reader               = contains(keys(local.delivered), each.key) ? "deliver" : "pipe"
  made_target_arn      = local.made_target_arns[each.key]
  made_enrichment_arn  = try(module.processor[each.value.enrich.processor].made_target_arn, local.enrichments[each.key].arn, null)
  visibility_timeout_s = local.visibility_timeouts[each.key]
  queue_defaults       = local.queue_defaults
  roles                = local.roles
  log_retention_days   = var.log_retention_days
  topic_arn            = aws_sns_topic.events.arn
  key                  = local.key
  heartbeats_endpoint  = local.heartbeats_endpoint
  test_type            = local.test_type
  quarantines          = local.quarantines
  template             = module.cloudevent.from_queue
  arn_prefixes         = local.arn_prefixes
  alarms               = local.alarms
}

# What a subscription's target may redeem: what it subscribes to. For targets outside this stack.
module "redeem" {
  source   = "./modules/redeem"
  for_each = var.subscriptions

  endpoints  = local.redeemed[each.key]
  bucket_arn = local.arns.bucket
  key        = local.key
}
