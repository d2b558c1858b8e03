# The statements that a key needs so that SNS, EventBridge and CloudWatch Logs can use it for a stack. It creates nothing,
# so that a key of your own can have them before there is a stack.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  arns = {
    for service in ["logs", "sns", "sqs"] :
    service => "arn:${data.aws_partition.current.partition}:${service}:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"
  }
}

data "aws_iam_policy_document" "this" {
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
      values   = ["${local.arns.sns}:${var.stack}-events"]
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
      values   = ["${local.arns.sqs}:${var.stack}-admit", "${local.arns.sqs}:${var.stack}-admit-dlq"]
    }
  }

  statement {
    sid       = "LogGroupsOfThisStack"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${data.aws_region.current.id}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        for prefix in ["/aws/apigateway", "/aws/lambda", "/aws/vendedlogs/pipes", "/aws/vendedlogs/states"] :
        "${local.arns.logs}:log-group:${prefix}/${var.stack}-*"
      ]
    }
  }
}
