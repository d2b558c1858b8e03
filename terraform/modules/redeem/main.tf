# What a target needs in order to redeem the payloads of its subscriptions. A separate
# module, as a processor's role needs it before the subscription's pipe needs the
# processor.

locals {
  # Payloads of either lane; an endpoint that changed its lane has payloads in both. A key has five parts, so that an
  # endpoint's name can only match the fourth. One line per endpoint, as IAM counts characters.
  payload_arns = (
    var.endpoints == null
    ? [for start in ["payloads", "incoming"] : "${var.bucket_arn}/${start}/*"]
    : [for endpoint in sort(var.endpoints) : "${var.bucket_arn}/*/*/*/${endpoint}/*"]
  )
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "RedeemSubscribedPayloads"
    actions   = ["s3:GetObject"]
    resources = local.payload_arns
  }

  # Without it S3 answers 403 for an expired payload, not 404.
  statement {
    sid       = "TellExpiredFromForbidden"
    actions   = ["s3:ListBucket"]
    resources = [var.bucket_arn]
  }

  statement {
    sid       = "DecryptPayloadsThroughS3"
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [var.via_s3]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [var.bucket_arn]
    }
  }
}

