# One key for all of the stack's data, the stack's or your own: what separates roles is the condition on the service that
# they use it through and the policies on the resources (decision 0010).

locals {
  key_arn = var.kms_key_arn != null ? var.kms_key_arn : aws_kms_key.stack[0].arn
}

# What services of AWS do with the key for the stack. A key of your own needs these statements too.
data "aws_iam_policy_document" "key_services" {
  #checkov:skip=CKV_AWS_109:A key's policy names only its own key by "*".
  #checkov:skip=CKV_AWS_111:As above.
  #checkov:skip=CKV_AWS_356:As above.
  statement {
    sid       = "TopicDeliversToEncryptedQueues"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["${local.arn_prefixes.sns}:${var.stack}-events"]
    }
  }

  # Its use is limited by the queue that a message is encrypted for, and the queue's policy allows one rule. No document
  # says that a condition on the rule works here: for encrypted topics it does not.
  # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  statement {
    sid       = "EventBridgeDeliversToAdmitsEncryptedQueues"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:sqs:arn"
      values   = [local.admit_queue_arn, local.admit_dlq_arn]
    }
  }

  statement {
    sid       = "LogGroupsOfThisStack"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        for prefix in ["/aws/apigateway", "/aws/lambda", "/aws/vendedlogs/pipes", "/aws/vendedlogs/states"] :
        "${local.arn_prefixes.logs}:log-group:${prefix}/${var.stack}-*"
      ]
    }
  }
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:A key's policy names only its own key by "*"; it is the account's way back to the key.
  #checkov:skip=CKV_AWS_111:As above.
  #checkov:skip=CKV_AWS_356:As above.
  source_policy_documents = [data.aws_iam_policy_document.key_services.json]

  statement {
    sid       = "AccountGovernsThroughIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }
}

resource "aws_kms_key" "stack" {
  count = var.kms_key_arn == null ? 1 : 0

  description             = "Data of the ${var.stack} stack"
  deletion_window_in_days = var.force_destroy ? 7 : 30
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = local.tags
}

resource "aws_kms_alias" "stack" {
  count = var.kms_key_arn == null ? 1 : 0

  name          = "alias/${var.stack}"
  target_key_id = aws_kms_key.stack[0].key_id
}
