data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = var.defaults.require_tls ? [1] : []

    content {
      sid       = "OnlyOverTls"
      effect    = "Deny"
      actions   = ["sqs:*"]
      resources = [var.arn]

      principals {
        type        = "*"
        identifiers = ["*"]
      }

      condition {
        test     = "Bool"
        variable = "aws:SecureTransport"
        values   = ["false"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.topic_arn == null ? [] : [var.topic_arn]

    content {
      sid       = "TopicDelivers"
      actions   = ["sqs:SendMessage"]
      resources = [var.arn]

      principals {
        type        = "Service"
        identifiers = ["sns.amazonaws.com"]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [statement.value]
      }
    }
  }

  dynamic "statement" {
    for_each = var.rules_arn == null ? [] : [var.rules_arn]

    content {
      sid       = "RulesDeliver"
      actions   = ["sqs:SendMessage"]
      resources = [var.arn]

      principals {
        type        = "Service"
        identifiers = ["events.amazonaws.com"]
      }

      condition {
        test     = "ArnLike"
        variable = "aws:SourceArn"
        values   = [statement.value]
      }
    }
  }
}

locals {
  fifo = endswith(var.arn, ".fifo")
}

resource "aws_sqs_queue" "this" {
  name       = element(split(":", var.arn), 5)
  fifo_queue = local.fifo
  # High throughput: each message group has its own limit and its own deduplication.
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
  deduplication_scope               = local.fifo ? "messageGroup" : null
  fifo_throughput_limit             = local.fifo ? "perMessageGroupId" : null
  kms_master_key_id                 = var.defaults.kms_key_arn
  kms_data_key_reuse_period_seconds = 300
  message_retention_seconds         = coalesce(var.retention_s, var.defaults.retention_days * 86400)
  visibility_timeout_seconds        = var.visibility_timeout_s
  policy                            = var.defaults.require_tls || var.topic_arn != null || var.rules_arn != null ? data.aws_iam_policy_document.this.json : null

  redrive_policy = var.dead_letter == null ? null : jsonencode({
    deadLetterTargetArn = var.dead_letter.arn
    maxReceiveCount     = var.dead_letter.max_receives
  })

  redrive_allow_policy = length(var.redrive_from) == 0 ? null : jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = var.redrive_from
  })
  tags = var.defaults.tags
}
