locals {
  stage = "v1"
}

resource "aws_api_gateway_stage" "v1" {
  #checkov:skip=CKV2_AWS_4:Execution logs hold headers, and so signatures; the access log says why a request failed.
  #checkov:skip=CKV_AWS_73:Tracing is a variable (decision 0014).
  #checkov:skip=CKV_AWS_120:Nothing may be cached: every delivery is checked by itself.
  #checkov:skip=CKV2_AWS_29:A web ACL is not part of this stack yet.
  #checkov:skip=CKV2_AWS_51:Providers have no client certificates; the signature is what proves the sender.
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = local.stage
  xray_tracing_enabled = var.xray_tracing

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(local.access_log)
  }
}

locals {
  # No header, no query string, no body: a signature may stand in any of them.
  access_log = {
    at                    = "$context.requestTime"
    request_id            = "$context.requestId"
    source_ip             = "$context.identity.sourceIp"
    method                = "$context.httpMethod"
    path                  = "$context.path"
    status                = "$context.status"
    response_bytes        = "$context.responseLength"
    latency_ms            = "$context.responseLatency"
    authorizer_status     = "$context.authorizer.status"
    authorizer_latency_ms = "$context.authorizer.latency"
    authorizer_error      = "$context.authorizer.error"
    integration_status    = "$context.integration.status"
    integration_ms        = "$context.integration.latency"
    integration_error     = "$context.integration.error"
    gateway_response      = "$context.error.responseType"
    error                 = "$context.error.message"
  }
}

resource "aws_api_gateway_method_settings" "all" {
  #checkov:skip=CKV_AWS_225:Nothing may be cached.
  #checkov:skip=CKV_AWS_308:Nothing is cached.
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.v1.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    throttling_rate_limit  = var.throttle.rate
    throttling_burst_limit = var.throttle.burst
    # Execution logs hold headers, and with tracing bodies. The access log says why a request failed.
    logging_level      = "OFF"
    data_trace_enabled = false
  }
}

# API Gateway writes there with the role that the account and region have set for all their APIs. Neither is part of the
# stack: scripts/api-logs-role looks at it (decision 0025).
resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.stack}-access"
  kms_key_id        = aws_kms_key.stack.arn
  retention_in_days = var.log_retention_days
}
