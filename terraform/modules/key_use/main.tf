# The only place that writes how a policy may use a KMS key: through the services that it names, and through no other
# (decision 0010). `modules/role` adds these statements to its policies.

locals {
  actions = {
    decrypt = ["kms:Decrypt"]
    encrypt = ["kms:Decrypt", "kms:GenerateDataKey"]
    # https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
    produce = ["kms:GenerateDataKey"]
    # DynamoDB uses the key with the caller's rights. The shortest list documented for writers is what AWS's own
    # construct library grants.
    read_table  = ["kms:Decrypt", "kms:DescribeKey"]
    write_table = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
  }
}

data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = var.uses

    content {
      sid       = statement.key
      actions   = local.actions[statement.value.use]
      resources = [coalesce(statement.value.key_arn, var.key.placeholder)]

      # https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [for service in statement.value.through : var.key.via[service]]
      }

      dynamic "condition" {
        for_each = statement.value.bucket_arn == null ? [] : [statement.value.bucket_arn]

        content {
          test     = "StringEquals"
          variable = "kms:EncryptionContext:aws:s3:arn"
          values   = [condition.value]
        }
      }
    }
  }
}
