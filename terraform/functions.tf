module "packages" {
  source = "./modules/packages"

  packages     = var.packages
  architecture = var.architecture
}

data "aws_iam_policy_document" "authorizer" {
  statement {
    sid       = "LookUpEndpoints"
    actions   = ["dynamodb:GetItem"]
    resources = [local.arns.endpoints]
  }

  # By a tag, as IAM has no room for the name of each. The name limits them to the stack's: no other secret with that
  # tag counts. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
  dynamic "statement" {
    for_each = length(local.header_only) == 0 ? [] : [1]

    content {
      sid       = "ReadKeysOfHeaderOnlySchemes"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = ["${local.arn_prefixes.secretsmanager}:secret:${local.keys_prefix}*"]

      condition {
        test     = "StringEquals"
        variable = "aws:ResourceTag/VerifiedBy"
        values   = ["authorizer"]
      }
    }
  }
}

module "authorizer" {
  source = "./modules/function"

  name        = "authorizer"
  description = "Accepts or refuses a request by its headers and source address"
  defaults    = local.function_defaults
  memory_mb   = var.functions.authorizer.memory_mb
  # Its calls' worst case (shared/aws/call_budget.json).
  timeout_s            = 15
  reserved_concurrency = var.functions.authorizer.reserved_concurrency
  policies             = { authorizer = data.aws_iam_policy_document.authorizer.json }
  errors_alarm         = false

  key_use = {
    authorizer = merge(
      { UseTheTablesKey = { use = "read_table", through = ["dynamodb"] } },
      length(local.header_only) == 0 ? {} : { DecryptKeysOfHeaderOnlySchemes = { use = "decrypt", through = ["secretsmanager"] } },
    )
  }

  environment = {
    ENDPOINTS_TABLE = aws_dynamodb_table.endpoints.name
    KEYS_PREFIX     = local.keys_prefix
  }
}

data "aws_iam_policy_document" "ingest" {
  statement {
    sid       = "StorePayloads"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns.bucket}/payloads/*"]
  }

  # Granted whether or not an endpoint has retention_days: a change of it must not refuse deliveries. Without a rule of the
  # bucket the tag means nothing.
  statement {
    sid       = "TagWithRetentionDays"
    actions   = ["s3:PutObjectTagging"]
    resources = ["${local.arns.bucket}/payloads/*"]

    condition {
      test     = "Null"
      variable = "s3:RequestObjectTag/retention-days"
      values   = ["false"]
    }
  }

  statement {
    sid       = "WritePointersAndSeeRepeatedBytes"
    actions   = ["dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:Query"]
    resources = [local.arns.events]
  }

  # By prefix, so that the policy does not grow with the endpoints.
  statement {
    sid       = "ReadSigningKeys"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["${local.arn_prefixes.secretsmanager}:secret:${local.keys_prefix}*"]
  }
}

# What has a validator also reads schemas, and nothing else of the table.
data "aws_iam_policy_document" "ingest_schemas" {
  statement {
    sid       = "ReadSchemas"
    actions   = ["dynamodb:GetItem"]
    resources = [local.arns.endpoints]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["schema#*"]
    }
  }
}

module "ingest" {
  source = "./modules/function"

  name        = "ingest"
  package     = local.has_schemas ? "ingest-schema" : null
  description = "Verifies a delivery, stores its payload and writes its pointer"
  defaults    = local.function_defaults
  memory_mb   = var.functions.ingest.memory_mb
  # Below the 29 s after which API Gateway gives up, so that ingest answers first.
  timeout_s            = 25
  reserved_concurrency = var.functions.ingest.reserved_concurrency
  policies = merge(
    { ingest = data.aws_iam_policy_document.ingest.json },
    local.has_schemas ? { schemas = data.aws_iam_policy_document.ingest_schemas.json } : {},
  )

  key_use = {
    ingest = {
      EncryptPayloadsThroughS3 = { use = "encrypt", through = ["s3"], bucket_arn = local.arns.bucket }
      UseTheTablesKey          = { use = "write_table", through = ["dynamodb"] }
      DecryptSigningKeys       = { use = "decrypt", through = ["secretsmanager"] }
    }
  }

  environment = merge(
    {
      EVENTS_TABLE           = aws_dynamodb_table.events.name
      KEYS_PREFIX            = local.keys_prefix
      PAYLOAD_RETENTION_DAYS = tostring(var.payload_retention_days)
      PAYLOADS_BUCKET        = aws_s3_bucket.payloads.bucket
      POINTER_TTL_DAYS       = tostring(var.pointer_ttl_days)
    },
    local.has_schemas ? { ENDPOINTS_TABLE = aws_dynamodb_table.endpoints.name } : {},
  )
}
