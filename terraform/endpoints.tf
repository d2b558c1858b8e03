module "endpoint" {
  source   = "./modules/endpoint"
  for_each = var.endpoints

  name = each.key
  # A limit is always stored: the endpoint's own, or else its lane's.
  endpoint = merge(each.value, {
    allowed_cidrs  = local.allowed_cidrs[each.key]
    max_body_bytes = coalesce(each.value.max_body_bytes, local.lane_limits[each.value.lane])
    attributes     = { for name, rule in each.value.attributes : name => merge(rule, { order = contains(local.compared_at[each.key], name) }) }
  })
  url                  = module.scheme[each.key].needs_url ? local.endpoint_urls[each.key] : null
  table_name           = aws_dynamodb_table.endpoints.name
  keys_prefix          = local.keys_prefix
  header_only          = contains(local.header_only, each.key)
  has_key_set          = contains(keys(local.key_sets), each.key)
  revoked              = local.revoked
  kms_key_arn          = local.key_arn
  recovery_window_days = var.force_destroy ? 0 : 30
  tags                 = local.tags
}
