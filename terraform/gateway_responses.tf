# The responses of API Gateway itself, in the same shape as those of ingest. Decision 0012 says which status each case
# gets, and why providers then do the right thing.

locals {
  # Bytes of a body. API Gateway's own for the direct lane; for the standard lane, what fits into an event for Lambda,
  # in base64 and with the headers.
  lane_limits = {
    direct   = 10485760
    standard = 4500000
  }

  retry_later = { "gatewayresponse.header.Retry-After" = "'5'" }

  gateway_responses = merge(!local.has_web_acl ? {} : {
    # By a web ACL, which may count a provider's address among a flood: 429 makes providers try again, the default 403
    # makes some give up. https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
    WAF_FILTERED = {
      status  = "429"
      error   = "throttled"
      message = "too many requests: try again later"
      headers = { "gatewayresponse.header.Retry-After" = "'60'" }
    }
    }, {
    UNAUTHORIZED = {
      status  = "401"
      error   = "unauthorized"
      message = "the signature headers are missing, malformed, stale or in the future"
    }
    # The authorizer says which: "forbidden", one text for all, or the code of what the endpoint demands (decision 0052).
    ACCESS_DENIED = {
      status  = "403"
      error   = "$context.authorizer.denial_code"
      message = "$context.authorizer.denial_message"
    }
    MISSING_AUTHENTICATION_TOKEN = {
      status  = "404"
      error   = "not_found"
      message = "there is nothing here: deliver with POST to /${local.lanes.standard}/{endpoint} or /${local.lanes.direct}/{endpoint}"
    }
    # API Gateway itself refuses what no lane accepts; what is too large for Lambda ends here too.
    REQUEST_TOO_LARGE = {
      status  = "413"
      error   = "body_too_large"
      message = "the body is too large: the standard lane (/${local.lanes.standard}/{endpoint}) takes ${local.lane_limits.standard} bytes, the direct lane (/${local.lanes.direct}/{endpoint}) ${local.lane_limits.direct}"
    }
    # Only the direct method has a validator, and it requires only Content-Type.
    BAD_REQUEST_PARAMETERS = {
      status  = "415"
      error   = "content_type_missing"
      message = "the Content-Type header is missing or empty: send the body's media type, or application/octet-stream"
    }
    UNSUPPORTED_MEDIA_TYPE = {
      status  = "415"
      error   = "unsupported_encoding"
      message = "the body's content encoding cannot be read: send it as it was signed"
    }
    THROTTLED = {
      status  = "429"
      error   = "throttled"
      message = "too many requests: try again later"
      headers = { "gatewayresponse.header.Retry-After" = "'1'" }
    }
    # Lambda out of capacity ends here too.
    INTEGRATION_FAILURE = {
      status  = "503"
      error   = "unavailable"
      message = "try again later"
      headers = local.retry_later
    }
    INTEGRATION_TIMEOUT = {
      status  = "503"
      error   = "unavailable"
      message = "try again later"
      headers = local.retry_later
    }
    AUTHORIZER_FAILURE = {
      status  = "503"
      error   = "unavailable"
      message = "try again later"
      headers = local.retry_later
    }
    # You have to fix these.
    AUTHORIZER_CONFIGURATION_ERROR = {
      status  = "500"
      error   = "misconfigured"
      message = "the installation is misconfigured"
    }
    API_CONFIGURATION_ERROR = {
      status  = "500"
      error   = "misconfigured"
      message = "the installation is misconfigured"
    }
    # A status here would overwrite those of all other 4XX responses.
    DEFAULT_4XX = {
      status  = null
      error   = "bad_request"
      message = "the request cannot be read"
    }
    # Here that is intended: otherwise a crash of a function is a 502.
    DEFAULT_5XX = {
      status  = "503"
      error   = "unavailable"
      message = "try again later"
      headers = local.retry_later
    }
  })
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = local.gateway_responses

  rest_api_id         = aws_api_gateway_rest_api.this.id
  response_type       = each.key
  status_code         = each.value.status
  response_parameters = try(each.value.headers, {})

  response_templates = {
    "application/json" = jsonencode({ error = each.value.error, message = each.value.message })
  }
}
