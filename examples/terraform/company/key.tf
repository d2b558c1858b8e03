# The company's own key, with what the stack's services do with it. The policy is there before the stack is.

module "key_policy" {
  source = "../../../terraform/modules/key_policy"

  stack = local.stack
}

data "aws_iam_policy_document" "key" {
  source_policy_documents = [module.key_policy.json]

  statement {
    sid       = "AccountGovernsThroughIam"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["${local.account}:root"]
    }
  }
}

resource "aws_kms_key" "data" {
  description         = "Data of the stack ${local.stack}"
  enable_key_rotation = true
  policy              = data.aws_iam_policy_document.key.json
}
