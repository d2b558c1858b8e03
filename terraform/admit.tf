# What came in by the direct lane is judged after it was stored: S3 sends an event to EventBridge for every object under
# incoming/, and `admit` verifies it and writes its pointer, or deletes it (decisions 0022, 0027).
#
# Each endpoint of the lane has its own rule, which names the endpoint as the message's group: that makes admit's queue
# a fair queue, and one endpoint's backlog does not delay the others (decision 0032). A delivery that comes while its
# endpoint's rule is created or deleted has no message: sweep announces it.

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
  description = "Tells admit what came in by the direct lane for ${each.key}"

  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail = {
      bucket = { name = [aws_s3_bucket.payloads.bucket] }
      # Shard and hour come before the endpoint. Neither a name nor what follows it contains a slash.
      object = { key = [{ wildcard = "incoming/*/*/${each.key}/*" }] }
    }
  })
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
  # AWS advises six times the function's timeout. It matters only if an invocation dies: one that fails sets itself when
  # its message comes again.
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

  # A duplicate is deleted only if the payload that its event's pointer names exists, whichever lane it came by.
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
    sid       = "DecryptDeliveriesThroughS3"
    actions   = ["kms:Decrypt"]
    resources = [local.arns.key]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.s3]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [local.arns.bucket]
    }
  }

  statement {
    sid       = "LookUpEndpoints"
    actions   = ["dynamodb:GetItem"]
    resources = [local.arns.endpoints]
  }

  # The pointers are read before anything is deleted. Queried for bytes that came before.
  statement {
    sid       = "ReadAndWritePointers"
    actions   = ["dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
    resources = [local.arns.events]
  }

  statement {
    sid       = "UseTheTablesKey"
    actions   = local.table_write_key_actions
    resources = [local.arns.key]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.dynamodb]
    }
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

  # A message that no retry helps goes there at once, with the reason.
  statement {
    sid       = "GiveUp"
    actions   = ["sqs:SendMessage"]
    resources = [local.admit_dlq_arn]
  }

  statement {
    sid       = "DecryptSigningKeys"
    actions   = ["kms:Decrypt"]
    resources = [local.arns.key]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.secretsmanager]
    }
  }

  statement {
    sid       = "DecryptAndEncryptMessages"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [local.arns.key]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.sqs]
    }
  }
}

module "admit" {
  source = "./modules/function"

  name        = "admit"
  description = "Verifies what came in by the direct lane and writes its pointer"
  defaults    = local.function_defaults
  memory_mb   = var.functions.admit.memory_mb
  timeout_s   = local.admit_timeout_s
  policies    = { admit = data.aws_iam_policy_document.admit.json }

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

  scaling_config {
    maximum_concurrency = var.functions.admit.max_concurrency
  }
}
