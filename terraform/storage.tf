locals {
  # The endpoints that keep payloads for fewer days than others.
  retention_days = { for name, endpoint in var.endpoints : name => endpoint.retention_days if endpoint.retention_days != null }
}

resource "aws_s3_bucket" "payloads" {
  #checkov:skip=CKV_AWS_18:Server access logs would repeat every key; CloudTrail data events are the account's own choice.
  #checkov:skip=CKV_AWS_21:A key is written once: it names its content (If-None-Match) or its request. A version can only keep what retention should delete.
  #checkov:skip=CKV_AWS_144:Payloads live for weeks and providers redeliver; a second region is a decision of its own.
  bucket        = local.bucket_name
  force_destroy = var.force_destroy
  tags          = local.tags
}

resource "aws_s3_bucket_ownership_controls" "payloads" {
  bucket = aws_s3_bucket.payloads.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "payloads" {
  bucket                  = aws_s3_bucket.payloads.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "payloads" {
  bucket = aws_s3_bucket.payloads.id

  rule {
    # One KMS call serves many objects instead of one each.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      kms_master_key_id = local.key_arn
      sse_algorithm     = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "payloads" {
  bucket = aws_s3_bucket.payloads.id

  rule {
    id     = "payloads-expire"
    status = "Enabled"

    filter {
      prefix = "payloads/"
    }

    expiration {
      days = var.payload_retention_days
    }
  }

  # What the direct lane stored; kept for as many days, since its pointers are like any others.
  rule {
    id     = "incoming-expire"
    status = "Enabled"

    filter {
      prefix = "incoming/"
    }

    expiration {
      days = var.payload_retention_days
    }
  }

  # Endpoints with days of their own: their objects have a tag (decision 0073). S3 applies the rule with the fewest days.
  dynamic "rule" {
    for_each = toset([for days in distinct(values(local.retention_days)) : tostring(days)])

    content {
      id     = "retention-days-${rule.value}"
      status = "Enabled"

      filter {
        tag {
          key   = "retention-days"
          value = rule.value
        }
      }

      expiration {
        days = tonumber(rule.value)
      }
    }
  }

  rule {
    id     = "abandoned-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arns.bucket, "${local.arns.bucket}/*"]

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

  statement {
    sid       = "OnlyTls12AndLater"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arns.bucket, "${local.arns.bucket}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }
}

resource "aws_s3_bucket_policy" "payloads" {
  count = var.require_tls ? 1 : 0

  bucket = aws_s3_bucket.payloads.id
  policy = data.aws_iam_policy_document.bucket.json

  # Both change the bucket's access settings; S3 refuses two such changes at once.
  depends_on = [aws_s3_bucket_public_access_block.payloads]
}
