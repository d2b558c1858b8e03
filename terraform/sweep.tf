# ingest can die between storing a payload and its pointer, and not every provider delivers again. `sweep` compares
# the bucket with the index by-time and writes the missing pointers; it notifies admit again of deliveries of the
# direct lane that have none.

data "aws_iam_policy_document" "sweep" {
  # An object is at most a day old when it is swept, so none expires between the listing and the read, when this
  # condition would make S3 answer 403 instead of 404.
  statement {
    sid       = "ListPayloads"
    actions   = ["s3:ListBucket"]
    resources = [local.arns.bucket]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["incoming/*", "payloads/*"]
    }
  }

  # A payload whose event was erased, in all its versions: a delivery that came late, or a copy that a retry left. The
  # bucket keeps no versions, unless someone has turned them on.
  statement {
    sid       = "DeletePayloadsOfErasedEvents"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    resources = ["${local.arns.bucket}/payloads/*"]
  }

  statement {
    sid       = "FindVersions"
    actions   = ["s3:ListBucketVersions"]
    resources = [local.arns.bucket]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["payloads/*"]
    }
  }

  # A pointer is rebuilt from the object's metadata; where that has too little room for its attributes, from the payload.
  statement {
    sid       = "ReadMetadata"
    actions   = ["s3:GetObject"]
    resources = ["${local.arns.bucket}/payloads/*"]
  }

  statement {
    sid       = "FindKnownPayloads"
    actions   = ["dynamodb:Query"]
    resources = [local.arns.by_time]
  }

  # Read for pointers of the direct lane whose payload is gone: the index may be behind. And for notes about objects
  # that admit was notified of.
  statement {
    sid       = "ReadAndWritePointers"
    actions   = ["dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem"]
    resources = [local.arns.events]
  }

  # What an endpoint keeps of its events, for the pointer.
  statement {
    sid       = "ReadEndpoint"
    actions   = ["dynamodb:GetItem"]
    resources = [local.arns.endpoints]
  }

  # Only admit judges what was not verified before it was stored. sweep does not notify it while its queue may hold the
  # message.
  statement {
    sid       = "TellAdmit"
    actions   = ["sqs:GetQueueAttributes", "sqs:SendMessage"]
    resources = [local.admit_queue_arn]
  }
}

module "sweep" {
  source = "./modules/function"

  name        = "sweep"
  description = "Writes missing pointers of payloads, or announces the payloads to admit"
  defaults    = local.function_defaults
  memory_mb   = 512
  timeout_s   = 900
  policies    = { sweep = data.aws_iam_policy_document.sweep.json }

  key_use = {
    sweep = {
      DecryptPayloadsThroughS3 = { use = "decrypt", through = ["s3"], bucket_arn = local.arns.bucket }
      UseTheTablesKey          = { use = "write_table", through = ["dynamodb"] }
      EncryptForAdmit          = { use = "encrypt", through = ["sqs"] }
    }
  }

  environment = {
    ADMIT_QUEUE_URL  = module.admit_queue.url
    ENDPOINTS_TABLE  = aws_dynamodb_table.endpoints.name
    EVENTS_TABLE     = aws_dynamodb_table.events.name
    LOOK_BACK_HOURS  = tostring(var.sweep.look_back_hours)
    PAYLOADS_BUCKET  = aws_s3_bucket.payloads.bucket
    POINTER_TTL_DAYS = tostring(var.pointer_ttl_days)
  }
}

resource "aws_cloudwatch_event_rule" "sweep" {
  name                = "${var.stack}-sweep"
  description         = "Runs sweep"
  schedule_expression = "rate(${var.sweep.every_minutes} ${var.sweep.every_minutes == 1 ? "minute" : "minutes"})"
  tags                = local.tags
}

resource "aws_cloudwatch_event_target" "sweep" {
  rule      = aws_cloudwatch_event_rule.sweep.name
  target_id = "sweep"
  arn       = module.sweep.arn

  depends_on = [aws_lambda_permission.sweep]
}

resource "aws_lambda_permission" "sweep" {
  statement_id  = "EveryFewMinutes"
  action        = "lambda:InvokeFunction"
  function_name = module.sweep.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.sweep.arn
}
