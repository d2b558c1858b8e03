# What people may see of endpoints with `redact` (decision 0071). The policy `read` denies their payloads. The function
# `redact` may read these, and no others; it answers without the values that the endpoint names. Only the policy `reveal`,
# which takes the place of `read`, shows the exact bytes.

locals {
  redacted = [for name, endpoint in var.endpoints : name if length(endpoint.redact) > 0]

  # `{lane}/{shard}/{hour}/{endpoint}/...`. The hour is matched by its form, because a shard is one digit, and an endpoint may
  # be called the same.
  redacted_objects = [for name in local.redacted : "${local.arns.bucket}/*/????-??-??T??/${name}/*"]
}

data "aws_iam_policy_document" "redact" {
  count = length(local.redacted) > 0 ? 1 : 0

  statement {
    sid       = "ReadEndpointsAndPointers"
    actions   = ["dynamodb:GetItem"]
    resources = [local.arns.endpoints, local.arns.events]
  }

  statement {
    sid       = "ReadWhatIsRedacted"
    actions   = ["s3:GetObject"]
    resources = local.redacted_objects
  }

  # Without ListBucket S3 answers 403 for an expired payload, not 404.
  statement {
    sid       = "TellExpiredFromForbidden"
    actions   = ["s3:ListBucket"]
    resources = [local.arns.bucket]
  }
}

module "redact" {
  source = "./modules/function"
  count  = length(local.redacted) > 0 ? 1 : 0

  name        = "redact"
  description = "Shows people payloads without what their endpoints redact"
  defaults    = local.function_defaults
  memory_mb   = 512
  timeout_s   = 60
  policies    = { redact = data.aws_iam_policy_document.redact[0].json }

  key_use = {
    redact = {
      DecryptPayloadsThroughS3 = { use = "decrypt", through = ["s3"], bucket_arn = local.arns.bucket }
      DecryptTables            = { use = "read_table", through = ["dynamodb"] }
    }
  }

  environment = {
    ENDPOINTS_TABLE = aws_dynamodb_table.endpoints.name
    EVENTS_TABLE    = aws_dynamodb_table.events.name
    PAYLOADS_BUCKET = aws_s3_bucket.payloads.bucket
  }
}

# What the policy `read` has besides, while an endpoint has `redact`. A denial outweighs each other policy of the same
# person, so that a wider one elsewhere does not undo it.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
data "aws_iam_policy_document" "redacted" {
  count = length(local.redacted) > 0 ? 1 : 0

  statement {
    sid       = "LeaveOutWhatIsRedacted"
    effect    = "Deny"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = local.redacted_objects
  }

  statement {
    sid       = "ShowRedacted"
    actions   = ["lambda:InvokeFunction"]
    resources = ["${local.arn_prefixes.lambda}:function:${local.function_names.redact}"]
  }
}

locals {
  reads = {
    # Both show what is redacted through the function; only one may read it without.
    read   = flatten([for one in data.aws_iam_policy_document.redacted : jsondecode(one.json).Statement])
    reveal = flatten([for one in data.aws_iam_policy_document.redacted : [for statement in jsondecode(one.json).Statement : statement if statement.Effect == "Allow"]])
  }

  # By policy, as JSON. `reveal` exists only while there is something to reveal.
  read_policies = {
    for name, more in local.reads : name => length(more) == 0 ? local.read_policy : jsonencode(merge(jsondecode(local.read_policy), {
      Statement = concat(flatten([jsondecode(local.read_policy).Statement]), more)
    })) if name == "read" || length(local.redacted) > 0
  }
}
