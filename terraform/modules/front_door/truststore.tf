# The CAs whose certificates clients must show. API Gateway reads the bundle when the domain name is made or changed, with
# the rights of the person who applies, and never again: so each change of the file is a new version of the object.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html

locals {
  stored = [for mtls in local.door.mtls[*] : mtls if !startswith(mtls.truststore, "s3://")]

  bucket_name = "${var.stack}-truststore-${var.account.id}-${var.account.region}"
  bucket_arn  = "arn:${var.account.partition}:s3:::${local.bucket_name}"

  truststore = local.door.mtls == null ? null : {
    uri     = length(local.stored) == 0 ? local.door.mtls.truststore : "s3://${aws_s3_bucket.truststore[0].bucket}/${aws_s3_object.truststore[0].key}"
    version = length(local.stored) == 0 ? local.door.mtls.truststore_version : aws_s3_object.truststore[0].version_id
  }
}

resource "aws_s3_bucket" "truststore" {
  count = length(local.stored)

  #checkov:skip=CKV_AWS_18:It holds what CAs publish, and API Gateway alone reads it.
  #checkov:skip=CKV_AWS_144:The file is where you keep your configuration.
  #checkov:skip=CKV_AWS_145:What CAs publish is no secret. No AWS document says that API Gateway reads a bundle under a key of one's own.
  #checkov:skip=CKV2_AWS_61:Few small versions, and the domain name may need an earlier one.
  #checkov:skip=CKV2_AWS_62:Nothing waits for a new bundle.
  bucket        = local.bucket_name
  force_destroy = var.force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_ownership_controls" "truststore" {
  count = length(local.stored)

  bucket = aws_s3_bucket.truststore[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "truststore" {
  count = length(local.stored)

  bucket                  = aws_s3_bucket.truststore[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "truststore" {
  count = length(local.stored)

  bucket = aws_s3_bucket.truststore[0].id

  rule {
    bucket_key_enabled = false

    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "truststore" {
  count = length(local.stored)

  bucket = aws_s3_bucket.truststore[0].id

  versioning_configuration {
    status = "Enabled"
  }
}

data "aws_iam_policy_document" "truststore" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

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

resource "aws_s3_bucket_policy" "truststore" {
  count = var.require_tls ? length(local.stored) : 0

  bucket = aws_s3_bucket.truststore[0].id
  policy = data.aws_iam_policy_document.truststore.json

  # Both change the bucket's access settings; S3 refuses two such changes at once.
  depends_on = [aws_s3_bucket_public_access_block.truststore]
}

resource "aws_s3_object" "truststore" {
  count = length(local.stored)

  bucket       = aws_s3_bucket.truststore[0].bucket
  key          = "truststore.pem"
  content      = file(local.stored[0].truststore)
  content_type = "application/x-pem-file"

  # S3 takes ten tags of an object, and the bucket has all of yours.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  # Without versions it would get none. S3 takes the object in any case, so the order must be said.
  depends_on = [aws_s3_bucket_versioning.truststore, aws_s3_bucket_server_side_encryption_configuration.truststore]
}
