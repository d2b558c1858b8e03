module "endpoint" {
  source   = "./modules/endpoint"
  for_each = var.endpoints

  name                 = each.key
  endpoint             = each.value
  url                  = module.scheme[each.key].needs_url ? local.endpoint_urls[each.key] : null
  table_name           = aws_dynamodb_table.endpoints.name
  keys_prefix          = local.keys_prefix
  kms_key_arn          = aws_kms_key.stack.arn
  recovery_window_days = var.force_destroy ? 0 : 30
}
