# The direct lane: API Gateway writes the body to S3 by itself, so that no Lambda limit applies (decision 0022). The
# authorizer says under which name and with which metadata; admit.tf judges what arrived.

locals {
  direct_headers = merge(
    {
      "integration.request.header.Content-Type"          = "method.request.header.Content-Type"
      "integration.request.header.x-amz-checksum-sha256" = "context.authorizer.sha256"
      "integration.request.header.x-amz-meta-delivery"   = "context.authorizer.delivery"
    },
    # The authorizer names a tag for these only.
    anytrue([for name in keys(local.retention_days) : var.endpoints[name].lane == "direct"]) ? {
      "integration.request.header.x-amz-tagging" = "context.authorizer.tagging"
    } : {},
  )

  # Each part by itself: no document says what happens to a slash in a parameter.
  direct_key = {
    "integration.request.path.hour"    = "context.authorizer.hour"
    "integration.request.path.name"    = "context.authorizer.name"
    "integration.request.path.request" = "context.requestId"
    "integration.request.path.shard"   = "context.authorizer.shard"
  }

  # The codes of S3's 400s that do not mean a wrong digest. Another try may succeed, or you have to act; some providers
  # never try again after a 4xx.
  # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  s3_faults = [
    # The body was cut off on its way.
    "<Code>IncompleteBody<",
    "<Code>RequestTimeout<",
    # The session of API Gateway's role, or its signature.
    "<Code>AuthorizationHeaderMalformed<",
    "<Code>ExpiredToken<",
    "<Code>InvalidToken<",
    "<Code>TokenRefreshRequired<",
    # The bucket's key is disabled, gone or busy: KMS.DisabledException and the like.
    "<Code>KMS.",
    "<Code>ThrottlingException<",
    # What the authorizer or this file put into the request, including the form of the digest.
    "<Code>InvalidArgument<",
    "<Code>InvalidBucketName<",
    "<Code>InvalidDigest<",
    "<Code>InvalidRequest<",
    "<Code>InvalidURI<",
    "<Code>KeyTooLongError<",
    "<Code>MetadataTooLarge<",
    # S3's own faults, should one come with a 400.
    "<Code>InternalError<",
    "<Code>ServiceUnavailable<",
    "<Code>SlowDown<",
  ]

  # As text, and in base64 at each of its three alignments: to an API whose binary types are */* S3's XML is binary, and
  # binary turned into text is base64.
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
  s3_fault_signs = flatten([
    for fault in local.s3_faults : concat([fault], [
      for skip in range(3) : base64encode(substr(fault, skip, 3 * floor((length(fault) - skip) / 3)))
    ])
  ])

  # The provider should try again if no digest was sent, or if S3 names one of the faults above. So a body of S3's that
  # cannot be read here counts as a wrong digest if there is a digest, and as a reason to try again if there is none.
  # The quiet form $! is empty if the authorizer named no digest; the plain form may give the reference's own text.
  s3_retries = concat(
    ["\"$!context.authorizer.sha256\" == \"\""],
    [for sign in local.s3_fault_signs : "$input.body.contains(\"${sign}\")"],
  )

  digest_mismatch = jsonencode({ error = "digest_mismatch", message = "the body is not the one whose digest was signed" })

  direct_retry_later = { "method.response.header.Retry-After" = "'5'" }

  unavailable = jsonencode({ error = "unavailable", message = "try again later" })

  # By status of the response: the statuses of S3 that lead to it (null: all others), and its text. Only a wrong digest
  # is the provider's fault.
  direct_answers = {
    "200" = {
      pattern  = "200"
      template = jsonencode({ request_id = "$context.requestId", status = "accepted" })
      headers  = {}
    }
    # Its headers are those of both branches. Where no template is applied at all, it stays 400.
    "400" = {
      pattern  = "400"
      template = <<-EOT
        #if(${join(" || ", local.s3_retries)})
        #set($context.responseOverride.status = 503)
        ${local.unavailable}
        #else
        ${local.digest_mismatch}
        #end
      EOT
      headers  = local.direct_retry_later
    }
    # A right, the key or the bucket is missing: you have to fix that.
    "500" = {
      pattern  = "40[1-9]|4[1-9][0-9]"
      template = jsonencode({ error = "misconfigured", message = "the installation is misconfigured" })
      headers  = {}
    }
    "503" = {
      pattern  = null
      template = local.unavailable
      headers  = local.direct_retry_later
    }
  }
}

resource "aws_api_gateway_resource" "direct" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "direct"
}

resource "aws_api_gateway_resource" "direct_endpoint" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.direct.id
  path_part   = "{endpoint}"
}

# API Gateway may treat a body without a Content-Type as text and change its bytes on the way to S3. An authorizer
# cannot answer 415, so API Gateway refuses by itself, as BAD_REQUEST_PARAMETERS (decision 0023).
resource "aws_api_gateway_request_validator" "direct" {
  name                        = "direct"
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  validate_request_parameters = true
  validate_request_body       = false
}

# No GET and no HEAD: nothing here could answer a provider's check.
resource "aws_api_gateway_method" "direct" {
  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = aws_api_gateway_resource.direct_endpoint.id
  http_method          = "POST"
  authorization        = "CUSTOM"
  authorizer_id        = aws_api_gateway_authorizer.this.id
  request_validator_id = aws_api_gateway_request_validator.direct.id

  # Only what is named here can be passed on; if true, it must be present and not blank.
  request_parameters = {
    "method.request.header.Content-Type" = true
    "method.request.path.endpoint"       = true
  }
}

data "aws_iam_policy_document" "direct" {
  statement {
    sid       = "StoreIncomingBodies"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns.bucket}/incoming/*"]
  }

  # As for ingest (functions.tf).
  statement {
    sid       = "TagWithRetentionDays"
    actions   = ["s3:PutObjectTagging"]
    resources = ["${local.arns.bucket}/incoming/*"]

    condition {
      test     = "Null"
      variable = "s3:RequestObjectTag/retention-days"
      values   = ["false"]
    }
  }
}

# API Gateway names no source when it assumes a role: iam:PassRole governs which roles can be given to it.
module "direct_role" {
  source = "./modules/role"

  defaults       = local.roles
  name           = "${var.stack}-api-direct"
  description    = "Lets API Gateway store deliveries of the direct lane"
  service        = "apigateway.amazonaws.com"
  source_account = null
  policies       = { direct = data.aws_iam_policy_document.direct.json }
  key            = local.key

  key_use = {
    direct = { EncryptBodiesThroughS3 = { use = "encrypt", through = ["s3"], bucket_arn = local.arns.bucket } }
  }
}

resource "aws_api_gateway_integration" "direct" {
  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.direct_endpoint.id
  http_method             = aws_api_gateway_method.direct.http_method
  type                    = "AWS"
  integration_http_method = "PUT"
  uri                     = "arn:${local.partition}:apigateway:${local.region}:s3:path/${aws_s3_bucket.payloads.bucket}/incoming/{shard}/{hour}/{name}/{request}"
  credentials             = module.direct_role.arn
  # There is no template, so every body is passed on unchanged.
  passthrough_behavior = "WHEN_NO_MATCH"
  request_parameters   = merge(local.direct_headers, local.direct_key)
  timeout_milliseconds = 29000
}

resource "aws_api_gateway_method_response" "direct" {
  for_each = local.direct_answers

  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = aws_api_gateway_resource.direct_endpoint.id
  http_method         = aws_api_gateway_method.direct.http_method
  status_code         = each.key
  response_parameters = { for header in keys(each.value.headers) : header => true }
}

resource "aws_api_gateway_integration_response" "direct" {
  for_each = local.direct_answers

  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = aws_api_gateway_resource.direct_endpoint.id
  http_method         = aws_api_gateway_integration.direct.http_method
  status_code         = aws_api_gateway_method_response.direct[each.key].status_code
  selection_pattern   = each.value.pattern
  content_handling    = "CONVERT_TO_TEXT"
  response_parameters = each.value.headers
  response_templates  = { "application/json" = each.value.template }
}
