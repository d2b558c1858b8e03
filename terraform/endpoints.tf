# The schemas that endpoints name (schemas.tf): no endpoint's name has a #.
resource "aws_dynamodb_table_item" "schema" {
  for_each = local.schema_texts

  table_name = aws_dynamodb_table.endpoints.name
  hash_key   = "name"

  item = jsonencode({
    name   = { S = "schema#${each.key}" }
    schema = { S = each.value[0] }
  })

  # An endpoint names its schema only after this has been written.
  lifecycle {
    create_before_destroy = true
  }
}

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
  schemas = [
    for schema in local.schemas[each.key] : { sha256 = sha256(schema.text), types = schema.types, on_fail = schema.on_fail }
  ]
  url                  = module.scheme[each.key].needs_url ? local.endpoint_urls[each.key] : null
  table_name           = aws_dynamodb_table.endpoints.name
  keys_prefix          = local.keys_prefix
  header_only          = contains(local.header_only, each.key)
  has_key_set          = contains(keys(local.key_sets), each.key)
  revoked              = local.revoked
  kms_key_arn          = local.key_arn
  recovery_window_days = var.force_destroy ? 0 : 30
  tags                 = local.tags

  depends_on = [aws_dynamodb_table_item.schema]
}
