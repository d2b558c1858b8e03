# One key for all of the stack's data: what separates roles is the condition on
# the service that they use it through and the policies on the resources (decision
# 0010).

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:A key's policy names only its own key by "*"; it is the account's way back to the key.
  #checkov:skip=CKV_AWS_111:As above.
  #checkov:skip=CKV_AWS_356:As above.
  statement {
    sid       = "AccountGovernsThroughIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

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

resource "aws_kms_key" "stack" {
  description             = "Data of the ${var.stack} stack"
  deletion_window_in_days = var.force_destroy ? 7 : 30
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = local.tags
}

resource "aws_kms_alias" "stack" {
  name          = "alias/${var.stack}"
  target_key_id = aws_kms_key.stack.key_id
}
