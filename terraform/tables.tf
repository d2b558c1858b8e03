# One item per event: the claim check. Its insertion drives the routing.
resource "aws_dynamodb_table" "events" {
  name                        = "${var.stack}-events"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection
  stream_enabled              = true
  # Another view type, or the stream off and on, creates a new stream and so new pipes.
  stream_view_type = "NEW_IMAGE"
  tags             = local.tags

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  attribute {
    name = "time_bucket"
    type = "S"
  }

  attribute {
    name = "received_at"
    type = "S"
  }

  dynamic "attribute" {
    for_each = local.find_indexes

    content {
      name = attribute.value
      type = "S"
    }
  }

  # The hour is split over 16 buckets, so the index accepts as many writes as the table.
  global_secondary_index {
    name               = "by-time"
    hash_key           = "time_bucket"
    range_key          = "received_at"
    projection_type    = "INCLUDE"
    non_key_attributes = ["endpoint", "id", "ref", "request_id", "size", "subject", "type"]
  }

  # On a table that exists, the provider creates and deletes them one after the other, as DynamoDB demands, and waits for
  # each. by-time stays as it is.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html
  dynamic "global_secondary_index" {
    for_each = local.find_indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value
      range_key          = "received_at"
      projection_type    = "INCLUDE"
      non_key_attributes = ["endpoint", "id", "ref", "request_id", "size", "subject", "type"]
    }
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = local.key_arn
  }
}

# One item per endpoint, written by Terraform from var.endpoints.
resource "aws_dynamodb_table" "endpoints" {
  name                        = "${var.stack}-endpoints"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "name"
  deletion_protection_enabled = var.deletion_protection
  tags                        = local.tags

  attribute {
    name = "name"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = local.key_arn
  }

  # Here, since no endpoint can be written without this table.
  lifecycle {
    precondition {
      condition     = length(local.scheme_problems) == 0
      error_message = "These endpoints cannot be used:\n${join("\n", local.scheme_problems)}"
    }

    precondition {
      condition     = length(local.inline_problems) == 0
      error_message = "The events are too large for these subscriptions:\n${join("\n", local.inline_problems)}"
    }
  }
}

# One item per event and processor: the result.
resource "aws_dynamodb_table" "processed" {
  name                        = "${var.stack}-processed"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "ref"
  range_key                   = "processor"
  deletion_protection_enabled = var.deletion_protection
  tags                        = local.tags

  attribute {
    name = "ref"
    type = "S"
  }

  attribute {
    name = "processor"
    type = "S"
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = local.key_arn
  }
}

# What the instances of a subscription's function `deliver` must know of each other: when the next event may be sent,
# whether the destination's breaker is open, how often an event failed. Lost, it costs some early or extra attempts, so
# it has no backup.
resource "aws_dynamodb_table" "deliveries" {
  #checkov:skip=CKV_AWS_28:Nothing in it needs to be restored: see above.
  #checkov:skip=CKV2_AWS_16:On demand.
  count = length(local.delivered) == 0 ? 0 : 1

  name         = "${var.stack}-deliveries"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  tags         = local.tags

  attribute {
    name = "pk"
    type = "S"
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = local.key_arn
  }
}
