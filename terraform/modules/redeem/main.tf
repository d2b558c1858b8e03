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

module "key_use" {
  source = "../key_use"

  key  = var.key
  uses = { DecryptPayloadsThroughS3 = { use = "decrypt", through = ["s3"], bucket_arn = var.bucket_arn } }
}

data "aws_iam_policy_document" "this" {
  source_policy_documents = [module.key_use.json]

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
}

