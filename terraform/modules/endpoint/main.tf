locals {
  # Absent members are left out, so that the functions' defaults apply.
  event = var.endpoint.event == null ? null : {
    for fact, place in var.endpoint.event : fact => { for kind, value in place : kind => value if value != null }
    if place != null
  }

  jwt = var.endpoint.jwt == null ? null : {
    for member, value in var.endpoint.jwt : member => value if value != null && try(length(value) > 0, true)
  }

  mtls = var.endpoint.mtls == null ? null : {
    for member, values in var.endpoint.mtls : member => values if length(values) > 0
  }

  # What is not set is left out here, too.
  attributes = {
    for name, rule in var.endpoint.attributes : name => {
      for member, value in { json = rule.json, header = rule.header, as = rule.as == "text" ? null : rule.as, index = rule.index ? true : null, order = rule.order ? true : null } :
      member => value if value != null
    }
  }

  schemas = [
    for schema in var.schemas : { for member, value in schema : member => value if member != "types" || length(schema.types) > 0 }
  ]

  # Text that is not JSON is refused with the other mistakes of schemes, before an item is written.
  custom = var.endpoint.custom == null ? null : try(jsondecode(var.endpoint.custom), null)

  json = jsonencode({
    for member in [
      ["name", var.name],
      ["enabled", var.endpoint.enabled],
      ["lane", var.endpoint.lane],
      ["scheme", var.endpoint.preset],
      ["scheme", local.custom],
      ["url", var.url],
      ["max_age_s", var.endpoint.max_age_s],
      ["jwt", local.jwt],
      ["handshake", var.endpoint.handshake ? true : null],
      ["allowed_cidrs", var.endpoint.allowed_cidrs],
      ["mtls", local.mtls],
      ["max_body_bytes", var.endpoint.max_body_bytes],
      ["min_bytes", var.endpoint.min_bytes],
      ["inline_max_bytes", var.endpoint.inline_max_bytes > 0 ? var.endpoint.inline_max_bytes : null],
      ["content_types", length(var.endpoint.content_types) == 0 ? null : var.endpoint.content_types],
      ["required_headers", length(var.endpoint.required_headers) == 0 ? null : var.endpoint.required_headers],
      ["dedupe", var.endpoint.dedupe],
      ["dedupe_by", length(var.endpoint.dedupe_by) == 0 ? null : var.endpoint.dedupe_by],
      ["dedupe_window_s", var.endpoint.dedupe_window_s],
      ["retention_days", var.endpoint.retention_days],
      ["redact", length(var.endpoint.redact) == 0 ? null : var.endpoint.redact],
      ["keep_headers", length(var.endpoint.keep_headers) == 0 ? null : var.endpoint.keep_headers],
      ["event", local.event],
      ["attributes", length(local.attributes) == 0 ? null : local.attributes],
      ["schemas", length(local.schemas) == 0 ? null : local.schemas],
      ["revoked", length(var.revoked) == 0 ? null : var.revoked],
    ] : member[0] => member[1] if member[1] != null
  })
}

resource "aws_dynamodb_table_item" "this" {
  table_name = var.table_name
  hash_key   = "name"

  item = jsonencode({
    name   = { S = var.name }
    config = { S = local.json }
  })
}

# The value is set afterwards, by an operator or by rotation: Terraform never sees it.
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:The provider of the webhooks decides when its signing secret changes; a rotation function cannot.
  name                    = "${var.keys_prefix}${var.name}"
  description             = "Signing keys of the endpoint ${var.name}"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_window_days

  # The authorizer's role reads the secrets that say so, and no others. watch's role writes those of issuers.
  tags = merge(
    var.tags,
    var.header_only ? { VerifiedBy = "authorizer" } : {},
    var.has_key_set ? { KeysFrom = "issuer" } : {},
  )
}
