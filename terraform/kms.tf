# One key for all of the stack's data, the stack's or your own: what separates roles is the condition on the service that
# they use it through and the policies on the resources (decision 0010).

locals {
  key_arn = var.kms_key_arn != null ? var.kms_key_arn : aws_kms_key.stack[0].arn
}

# What services of AWS do with the key for the stack. A key of your own needs these statements too.
module "key_policy" {
  source = "./modules/key_policy"

  stack = var.stack
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:A key's policy names only its own key by "*"; it is the account's way back to the key.
  #checkov:skip=CKV_AWS_111:As above.
  #checkov:skip=CKV_AWS_356:As above.
  source_policy_documents = [module.key_policy.json]

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
