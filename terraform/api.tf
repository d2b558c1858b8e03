# Declared resource by resource, not from an OpenAPI body (decision 0011).

resource "aws_api_gateway_rest_api" "this" {
  name        = var.stack
  description = "Inbound webhooks of the ${var.stack} stack"

  # Every body reaches ingest as the bytes that were sent. Without it API Gateway
  # replaces bytes that are not UTF-8, and no signature over them can be verified.
  binary_media_types           = ["*/*"]
  disable_execute_api_endpoint = !local.default_endpoint
  tags                         = local.tags

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_resource" "hooks" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "hooks"
}

resource "aws_api_gateway_resource" "hook" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.hooks.id
  path_part   = "{endpoint}"
}

resource "aws_api_gateway_authorizer" "this" {
  name           = "headers"
  rest_api_id    = aws_api_gateway_rest_api.this.id
  type           = "REQUEST"
  authorizer_uri = module.authorizer.invoke_arn
  # Nothing is cached: a cached answer would let a replay of the same headers in.
  authorizer_result_ttl_in_seconds = 0
  # API Gateway answers 401 by itself where an identity source is missing or empty, whatever the TTL
  # (https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html). Left out, the provider sends the header
  # Authorization, which few providers set (terraform-provider-aws #12069, #39689). Every request has an address.
  identity_source = "context.identity.sourceIp"
}

# Deliveries are POSTs. Some providers check an endpoint with a GET or a HEAD before they send any; the
# authorizer and ingest decide which of those are answered.
locals {
  hook_methods = toset(["GET", "HEAD", "POST"])
}

resource "aws_api_gateway_method" "hook" {
  for_each = local.hook_methods

  #checkov:skip=CKV2_AWS_53:Which headers a request needs differs with the endpoint: the authorizer decides.
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = aws_api_gateway_resource.hook.id
  http_method   = each.key
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.this.id

  request_parameters = {
    "method.request.path.endpoint" = true
  }
}

resource "aws_api_gateway_integration" "hook" {
  for_each = local.hook_methods

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.hook.id
  http_method             = aws_api_gateway_method.hook[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = module.ingest.invoke_arn
  timeout_milliseconds    = 29000
}

# No source_account: the API's ARN names the account, and no AWS page says that API Gateway sends aws:SourceAccount.
resource "aws_lambda_permission" "authorizer" {
  statement_id  = "ThisApisAuthorizer"
  action        = "lambda:InvokeFunction"
  function_name = module.authorizer.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/authorizers/${aws_api_gateway_authorizer.this.id}"
}

resource "aws_lambda_permission" "ingest" {
  for_each = local.hook_methods

  statement_id  = "ThisApisHooks${title(lower(each.key))}"
  action        = "lambda:InvokeFunction"
  function_name = module.ingest.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/${local.stage}/${each.key}/hooks/*"
}

# A deployment is a copy of everything above and in direct.tf: when any of it changes, a new one is made. The deployment
# also waits for what is listed here. The hash covers what is configured, not whole resources, which also hold what the
# API computes.
locals {
  deployed = concat([
    aws_api_gateway_rest_api.this.binary_media_types,
    [aws_api_gateway_resource.hooks.id, aws_api_gateway_resource.hooks.path_part],
    [aws_api_gateway_resource.hook.id, aws_api_gateway_resource.hook.path_part],
    [for a in [aws_api_gateway_authorizer.this] : [a.id, a.type, a.authorizer_uri, a.authorizer_result_ttl_in_seconds, a.identity_source]],
    [for m in aws_api_gateway_method.hook : [m.id, m.http_method, m.authorization, m.authorizer_id]],
    [for i in aws_api_gateway_integration.hook : [i.id, i.http_method, i.type, i.uri, i.timeout_milliseconds]],
    [aws_api_gateway_resource.direct.id, aws_api_gateway_resource.direct.path_part],
    [aws_api_gateway_resource.direct_endpoint.id, aws_api_gateway_resource.direct_endpoint.path_part],
    [for v in [aws_api_gateway_request_validator.direct] : [v.id, v.validate_request_parameters, v.validate_request_body]],
    [for m in [aws_api_gateway_method.direct] : [m.id, m.http_method, m.authorization, m.authorizer_id, m.request_validator_id, m.request_parameters]],
    [for i in [aws_api_gateway_integration.direct] : [i.id, i.type, i.integration_http_method, i.uri, i.credentials, i.passthrough_behavior, i.request_parameters, i.timeout_milliseconds]],
    [for status, response in aws_api_gateway_method_response.direct : [response.id, status]],
    [for status, response in aws_api_gateway_integration_response.direct : [response.id, response.content_handling, local.direct_answers[status]]],
    [for type, response in aws_api_gateway_gateway_response.this : [response.id, local.gateway_responses[type]]],
    # It takes effect with the next deployment: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
  ], local.default_endpoint ? [] : [{ disable_execute_api_endpoint = true }])
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  triggers = {
    redeployment = sha256(jsonencode(local.deployed))
  }

  lifecycle {
    create_before_destroy = true
  }
}
