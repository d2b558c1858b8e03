locals {
  stage = "v1"
}

resource "aws_api_gateway_stage" "v1" {
  #checkov:skip=CKV2_AWS_4:Execution logs hold headers, and so signatures; the access log says why a request failed.
  #checkov:skip=CKV_AWS_73:Tracing is a variable (decision 0014).
  #checkov:skip=CKV_AWS_120:Nothing may be cached: every delivery is checked by itself.
  #checkov:skip=CKV2_AWS_29:A web ACL is a variable, front_door.web_acl: it costs money, and the signature is what proves the sender.
  #checkov:skip=CKV2_AWS_77:Managed rules look into bodies, and webhooks quote logs and code. front_door.web_acl.managed names them by choice.
  #checkov:skip=CKV2_AWS_51:The check means certificates of API Gateway for HTTP back ends, and here are none. Those of clients are front_door.mtls.
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = local.stage
  xray_tracing_enabled = var.xray_tracing
  tags                 = local.tags

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(local.access_log)
  }
}

locals {
  # One JSON object per line, whatever a stranger sends. API Gateway puts each value between the quotes as it is
  # (https://github.com/DataBiosphere/azul/issues/4348), so only values that cannot hold a quote are here: numbers, ids,
  # addresses, words of a list, and resource paths of ours. Left out are
  #  - headers, query string and body: a signature may be in any of them;
  #  - $context.path, which a stranger chooses: the resource's path says the lane, a function's log the endpoint;
  #  - error texts: API Gateway quotes an Authorization header that it cannot read in them, functions anything.
  #    $context.error.messageString is quoted already, but where there is no error it is a bare "-", and that is not JSON;
  #  - what a line of CloudWatch Logs has anyway (the time), what metrics say (the authorizer's and the integration's
  #    latency), and ids of Lambda: CloudWatch charges for each byte, and there is a line for each request
  #    (docs/cost.md). Of a refusal or a failure the functions log the request_id, too.
  # `integration` is the status that the function or, in the direct lane, S3 answered.
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
  access_log = {
    stack            = var.stack
    request_id       = "$context.requestId"
    source_ip        = "$context.identity.sourceIp"
    resource         = "$context.resourcePath"
    status           = "$context.status"
    latency_ms       = "$context.responseLatency"
    integration      = "$context.integration.status"
    gateway_response = "$context.error.responseType"
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
    # Execution logs hold headers, and, with tracing, bodies. The access log says why a request failed.
    logging_level      = "OFF"
    data_trace_enabled = false
  }
}

# Anyone may send 10 MB to the direct lane, and API Gateway stores each body before admit verifies its signature, so the
# lane has its own rate (docs/lanes.md says what an attack costs). It replaces all settings of "*/*", so they are
# repeated here. API Gateway accepts and returns each slash of the resource's path as ~1, and the provider compares the
# two as they are (hashicorp/terraform-provider-aws #9738). depends_on keeps both from changing the stage at the same
# time.
resource "aws_api_gateway_method_settings" "direct" {
  #checkov:skip=CKV_AWS_225:Nothing may be cached.
  #checkov:skip=CKV_AWS_308:Nothing is cached.
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.v1.stage_name
  method_path = "~1direct~1{endpoint}/${aws_api_gateway_method.direct.http_method}"

  settings {
    metrics_enabled        = true
    throttling_rate_limit  = coalesce(var.throttle.direct.rate, var.throttle.rate / 5)
    throttling_burst_limit = coalesce(var.throttle.direct.burst, ceil(var.throttle.burst / 5))
    logging_level          = "OFF"
    data_trace_enabled     = false
  }

  depends_on = [aws_api_gateway_method_settings.all]
}

# API Gateway writes there with the role that is set for all APIs of the account and region. The role is not part of the
# stack: scripts/api-logs-role checks it (decision 0025).
resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.stack}-access"
  kms_key_id        = local.key_arn
  retention_in_days = var.log_retention_days
  tags              = local.tags
}

# An authorizer's real failures: it crashed, ran out of time, was throttled or misconfigured. Lambda's own metric Errors
# counts refusals too, since an authorizer answers 401 by failing with "Unauthorized"
# (awslabs/aws-apigateway-lambda-authorizer-blueprints #21). Refusals are DeliveriesRejected.
resource "aws_cloudwatch_log_metric_filter" "authorizer_failures" {
  name           = "${var.stack}-authorizer-failures"
  log_group_name = aws_cloudwatch_log_group.access.name
  pattern        = "{ ($.gateway_response = \"AUTHORIZER_FAILURE\") || ($.gateway_response = \"AUTHORIZER_CONFIGURATION_ERROR\") }"

  metric_transformation {
    namespace  = "Coatcheck"
    name       = "AuthorizerFailures"
    value      = "1"
    unit       = "Count"
    dimensions = { Stack = "$.stack" }
  }
}
