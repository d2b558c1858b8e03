# Deliveries of the direct lane are verified after they are stored: S3 sends an event to EventBridge for every object
# under incoming/, and `admit` verifies the object and writes its pointer, or deletes it (decisions 0022, 0027).
#
# Each endpoint of the lane has its own rule, which names the endpoint as the message's group: that makes admit's queue
# a fair queue, and one endpoint's backlog does not delay the others (decision 0032). If a delivery arrives while its
# endpoint's rule is created or deleted, there is no message: sweep announces the delivery.

locals {
  admit_timeout_s  = 60
  direct_endpoints = sort([for name, endpoint in var.endpoints : name if endpoint.lane == "direct"])
  # By prefix: a queue's policy has no room for the names of many rules.
  admit_rules_arn = "${local.arn_prefixes.events}:rule/${var.stack}-admit-*"

  # EventBridge allows 64 characters for a rule's name.
  admit_rules = {
    for name in local.direct_endpoints : name => (
      length("${var.stack}-admit-${name}") <= 64 ? "${var.stack}-admit-${name}" : "${var.stack}-admit-${substr(sha256(name), 0, 16)}"
    )
  }

  admit_queue_arn = "${local.arn_prefixes.sqs}:${var.stack}-admit"
  admit_dlq_arn   = "${local.admit_queue_arn}-dlq"
}

# Another tool that sets this bucket's notifications would remove these: S3 has one configuration for all.
resource "aws_s3_bucket_notification" "payloads" {
  bucket      = aws_s3_bucket.payloads.id
  eventbridge = true
}

resource "aws_cloudwatch_event_rule" "admit" {
  for_each = toset(local.direct_endpoints)

  name        = local.admit_rules[each.key]
  description = "Announces deliveries of ${each.key} in the direct lane to admit"

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [aws_s3_bucket.payloads.bucket] }
      # Shard and hour come before the endpoint. Neither a name nor what follows it contains a slash.
      object = { key = [{ wildcard = "incoming/*/*/${each.key}/*" }] }
    }
  })
  tags = local.tags
}

resource "aws_cloudwatch_event_target" "admit" {
  for_each = aws_cloudwatch_event_rule.admit

  rule      = each.value.name
  target_id = "admit"
  arn       = module.admit_queue.arn

  # https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html
  sqs_target {
    message_group_id = each.key
  }

  # What EventBridge cannot deliver for a day.
  dead_letter_config {
    arn = module.admit_dlq.arn
  }
}

module "admit_queue" {
  source = "./modules/queue"

  arn       = local.admit_queue_arn
  defaults  = local.queue_defaults
  rules_arn = local.admit_rules_arn
  # AWS advises six times the function's timeout. It matters only if an invocation dies: one that fails sets the time at
  # which its message comes again.
  visibility_timeout_s = 6 * local.admit_timeout_s

  # 5, 15, 45, 135, 405 s and two quarters of an hour: 40 minutes.
  dead_letter = {
    arn          = module.admit_dlq.arn
    max_receives = 8
  }
}

module "admit_dlq" {
  source = "./modules/queue"

  arn          = local.admit_dlq_arn
  defaults     = local.queue_defaults
  rules_arn    = local.admit_rules_arn
  redrive_from = [local.admit_queue_arn]
}

data "aws_iam_policy_document" "admit" {
  # Duplicates and deliveries that cannot be verified are deleted.
  statement {
    sid       = "ReadAndRefuseDeliveries"
    actions   = ["s3:DeleteObject", "s3:GetObject"]
    resources = ["${local.arns.bucket}/incoming/*"]
  }

  # admit deletes a duplicate only if the payload that its event's pointer names exists, in either lane.
  statement {
    sid       = "SeeThatPayloadsAreThere"
    actions   = ["s3:GetObject"]
    resources = ["${local.arns.bucket}/payloads/*"]
  }

  # Events come twice, and the second may find its object deleted. Without ListBucket S3 then answers 403, not 404. A
  # condition on the prefix would undo that: only a listing has one.
  statement {
    sid       = "TellDeletedFromForbidden"
    actions   = ["s3:ListBucket"]
    resources = [local.arns.bucket]
  }

  statement {
    sid       = "LookUpEndpoints"
    actions   = ["dynamodb:GetItem"]
    resources = [local.arns.endpoints]
  }

  # admit reads the pointers before it deletes anything. It queries them for bytes that were received before.
  statement {
    sid       = "ReadAndWritePointers"
    actions   = ["dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
    resources = [local.arns.events]
  }

  # By prefix, so that the policy does not grow with the endpoints.
  statement {
    sid       = "ReadSigningKeys"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["${local.arn_prefixes.secretsmanager}:secret:${local.keys_prefix}*"]
  }

  statement {
    sid       = "ReceiveWhatCameIn"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [local.admit_queue_arn]
  }

  # A message that no retry can help goes to the DLQ at once, with the reason.
  statement {
    sid       = "GiveUp"
    actions   = ["sqs:SendMessage"]
    resources = [local.admit_dlq_arn]
  }
}

module "admit" {
  source = "./modules/function"

  name        = "admit"
  package     = local.has_direct_schemas ? "admit-schema" : null
  description = "Verifies a delivery of the direct lane and writes its pointer"
  defaults    = local.function_defaults
  memory_mb   = var.functions.admit.memory_mb
  timeout_s   = local.admit_timeout_s
  policies    = { admit = data.aws_iam_policy_document.admit.json }

  key_use = {
    admit = {
      DecryptDeliveriesThroughS3 = { use = "decrypt", through = ["s3"], bucket_arn = local.arns.bucket }
      UseTheTablesKey            = { use = "write_table", through = ["dynamodb"] }
      DecryptSigningKeys         = { use = "decrypt", through = ["secretsmanager"] }
      DecryptAndEncryptMessages  = { use = "encrypt", through = ["sqs"] }
    }
  }

  environment = {
    ADMIT_DLQ_URL    = module.admit_dlq.url
    ADMIT_QUEUE_URL  = module.admit_queue.url
    ENDPOINTS_TABLE  = aws_dynamodb_table.endpoints.name
    EVENTS_TABLE     = aws_dynamodb_table.events.name
    KEYS_PREFIX      = local.keys_prefix
    PAYLOADS_BUCKET  = aws_s3_bucket.payloads.bucket
    POINTER_TTL_DAYS = tostring(var.pointer_ttl_days)
  }
}

resource "aws_lambda_event_source_mapping" "admit" {
  event_source_arn = module.admit_queue.arn
  function_name    = module.admit.arn
  # A body that kills its invocation affects no other.
  batch_size                         = 1
  maximum_batching_window_in_seconds = 0
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = local.tags

  scaling_config {
    maximum_concurrency = var.functions.admit.max_concurrency
  }
}
