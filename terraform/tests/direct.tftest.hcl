# The direct lane: what API Gateway hands to S3, what it answers, and what judges the stored delivery.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target          = aws_api_gateway_authorizer.this
  override_during = plan
  values          = { id = "authorizer" }
}

override_resource {
  target          = aws_api_gateway_request_validator.direct
  override_during = plan
  values          = { id = "validator" }
}

override_resource {
  target          = aws_s3_bucket.payloads
  override_during = plan
  values          = { id = "payloads" }
}

override_resource {
  target          = module.direct_role.aws_iam_role.this
  override_during = plan
  values          = { arn = "arn:aws:iam::123456789012:role/coatcheck-api-direct" }
}

override_resource {
  target          = module.admit_queue.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit" }
}

override_resource {
  target          = module.admit_dlq.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit-dlq" }
}

override_resource {
  target          = module.admit.aws_lambda_function.this
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-admit" }
}

variables {
  packages         = { dir = "tests/packages" }
  pointer_ttl_days = 60
}

run "hands_bodies_to_s3" {
  command = plan

  assert {
    condition = [for m in [aws_api_gateway_method.direct] : [m.http_method, m.authorization, m.authorizer_id, m.request_validator_id, jsonencode(m.request_parameters)]] == [
      ["POST", "CUSTOM", "authorizer", "validator", jsonencode({ "method.request.header.Content-Type" = true, "method.request.path.endpoint" = true })]
    ]
    error_message = "Every delivery must pass the authorizer and have a Content-Type: ${jsonencode(aws_api_gateway_method.direct.request_parameters)}"
  }

  assert {
    condition     = aws_api_gateway_request_validator.direct.validate_request_parameters && !aws_api_gateway_request_validator.direct.validate_request_body
    error_message = "The validator must require the header and must not check the body."
  }

  assert {
    condition     = [for r in [aws_api_gateway_gateway_response.this["BAD_REQUEST_PARAMETERS"]] : [r.status_code, jsondecode(r.response_templates["application/json"]).error]] == [["415", "content_type_missing"]]
    error_message = "The response to a delivery without a Content-Type must say so: ${jsonencode(aws_api_gateway_gateway_response.this["BAD_REQUEST_PARAMETERS"])}"
  }

  assert {
    condition     = aws_api_gateway_resource.direct.path_part == "direct" && aws_api_gateway_resource.direct_endpoint.path_part == "{endpoint}"
    error_message = "The lane is /direct/{endpoint}."
  }

  assert {
    condition = [for i in [aws_api_gateway_integration.direct] : [i.type, i.integration_http_method, i.uri, i.credentials, i.passthrough_behavior, tostring(i.timeout_milliseconds)]] == [
      ["AWS", "PUT", "arn:aws:apigateway:eu-west-1:s3:path/coatcheck-payloads-123456789012-eu-west-1/incoming/{shard}/{hour}/{name}/{request}", "arn:aws:iam::123456789012:role/coatcheck-api-direct", "WHEN_NO_MATCH", "29000"]
    ] && aws_api_gateway_integration.direct.request_templates == null && aws_api_gateway_integration.direct.content_handling == null
    error_message = "S3 must get the unchanged bytes, under the authorizer's name: ${aws_api_gateway_integration.direct.uri}"
  }

  assert {
    condition = aws_api_gateway_integration.direct.request_parameters == tomap({
      "integration.request.header.Content-Type"          = "method.request.header.Content-Type"
      "integration.request.header.x-amz-checksum-sha256" = "context.authorizer.sha256"
      "integration.request.header.x-amz-meta-delivery"   = "context.authorizer.delivery"
      "integration.request.path.hour"                    = "context.authorizer.hour"
      "integration.request.path.name"                    = "context.authorizer.name"
      "integration.request.path.request"                 = "context.requestId"
      "integration.request.path.shard"                   = "context.authorizer.shard"
    })
    error_message = "Only the authorizer's values may go to S3, and of the request only its type: ${jsonencode(aws_api_gateway_integration.direct.request_parameters)}"
  }

  # Answers by what s3 said.
  # The default has no pattern. A status must have its method response.
  assert {
    condition = { for status, r in aws_api_gateway_integration_response.direct : status => [r.status_code, r.selection_pattern == null ? "-" : r.selection_pattern, r.content_handling, jsonencode(r.response_parameters), aws_api_gateway_method_response.direct[status].status_code, jsonencode(aws_api_gateway_method_response.direct[status].response_parameters)] } == {
      "200" = ["200", "200", "CONVERT_TO_TEXT", "{}", "200", "{}"]
      "400" = ["400", "400", "CONVERT_TO_TEXT", jsonencode({ "method.response.header.Retry-After" = "'5'" }), "400", jsonencode({ "method.response.header.Retry-After" = true })]
      "500" = ["500", "40[1-9]|4[1-9][0-9]", "CONVERT_TO_TEXT", "{}", "500", "{}"]
      "503" = ["503", "-", "CONVERT_TO_TEXT", jsonencode({ "method.response.header.Retry-After" = "'5'" }), "503", jsonencode({ "method.response.header.Retry-After" = true })]
    }
    error_message = "The responses differ from those expected: ${jsonencode(aws_api_gateway_integration_response.direct)}"
  }

  # Each status that S3 may answer matches at most one pattern.
  assert {
    condition = { for status in [200, 204, 301, 307, 400, 403, 404, 405, 409, 411, 412, 429, 499, 500, 503] : status => [for answer in aws_api_gateway_integration_response.direct : answer.status_code if answer.selection_pattern != null && can(regex("^(?:${answer.selection_pattern})$", status))] } == {
      200 = ["200"], 204 = [], 301 = [], 307 = [], 400 = ["400"], 403 = ["500"], 404 = ["500"], 405 = ["500"], 409 = ["500"], 411 = ["500"], 412 = ["500"], 429 = ["500"], 499 = ["500"], 500 = [], 503 = []
    }
    error_message = "A status without a pattern must lead to a 503."
  }

  assert {
    condition     = alltrue([for r in aws_api_gateway_integration_response.direct : tolist(keys(r.response_templates)) == tolist(["application/json"])])
    error_message = "Every response must be JSON, whatever the provider says it accepts."
  }

  assert {
    condition = { for status in ["200", "500", "503"] : status => jsondecode(aws_api_gateway_integration_response.direct[status].response_templates["application/json"]) } == {
      "200" = { status = "accepted", request_id = "$context.requestId" }
      "500" = { error = "misconfigured", message = "the installation is misconfigured" }
      "503" = { error = "unavailable", message = "try again later" }
    }
    error_message = "No text of S3's may reach the provider: ${jsonencode(aws_api_gateway_integration_response.direct)}"
  }

  # What the template does: the digest first, then each code as text and in base64, then the two answers.
  assert {
    condition     = can(regex("^#if\\(\"\\$!context\\.authorizer\\.sha256\" == \"\"(?: \\|\\| \\$input\\.body\\.contains\\(\"[^\"#$]{8,}\"\\)){${4 * length(local.s3_faults)}}\\)\n#set\\(\\$context\\.responseOverride\\.status = 503\\)\n\\{\"error\":\"unavailable\",\"message\":\"try again later\"\\}\n#else\n\\{\"error\":\"digest_mismatch\",\"message\":\"[^\"#$]+\"\\}\n#end\n$", aws_api_gateway_integration_response.direct["400"].response_templates["application/json"]))
    error_message = "Only a wrong digest is the provider's fault: ${aws_api_gateway_integration_response.direct["400"].response_templates["application/json"]}"
  }

  # S3's answer, as text and in base64, after any number of other bytes: what is tried again, and what is not.
  assert {
    condition = alltrue(flatten([
      for code, again in { BadDigest = false, XAmzContentChecksumMismatch = false, IncompleteBody = true, RequestTimeout = true, ExpiredToken = true, InvalidToken = true, "KMS.DisabledException" = true, "KMS.NotFoundException" = true, InvalidRequest = true, InvalidDigest = true, MetadataTooLarge = true } : [
        for before in ["", "<", "<E", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>"] : [
          for body in [for xml in ["${before}<Code>${code}</Code><Message>m</Message></Error>"] : [xml, base64encode(xml)]][0] :
          anytrue([for sign in regexall("\\$input\\.body\\.contains\\(\"([^\"]+)\"\\)", aws_api_gateway_integration_response.direct["400"].response_templates["application/json"]) : strcontains(body, sign[0])]) == again
        ]
      ]
    ]))
    error_message = "The template must recognise S3's faults, as text and in base64, and must not take a wrong digest for one: ${aws_api_gateway_integration_response.direct["400"].response_templates["application/json"]}"
  }

  # Deploys what changes.
  override_resource {
    target          = aws_api_gateway_resource.hooks
    override_during = plan
    values          = { id = "hooks" }
  }

  override_resource {
    target          = aws_api_gateway_resource.hook
    override_during = plan
    values          = { id = "hook" }
  }

  override_resource {
    target          = aws_api_gateway_method.hook
    override_during = plan
    values          = { id = "hook-method" }
  }

  override_resource {
    target          = aws_api_gateway_integration.hook
    override_during = plan
    values          = { id = "hook-integration" }
  }

  override_resource {
    target          = aws_api_gateway_resource.direct
    override_during = plan
    values          = { id = "direct-resource" }
  }

  override_resource {
    target          = aws_api_gateway_resource.direct_endpoint
    override_during = plan
    values          = { id = "direct-endpoint-resource" }
  }

  override_resource {
    target          = aws_api_gateway_method.direct
    override_during = plan
    values          = { id = "direct-method" }
  }

  override_resource {
    target          = aws_api_gateway_integration.direct
    override_during = plan
    values          = { id = "direct-integration" }
  }

  override_resource {
    target          = aws_api_gateway_method_response.direct
    override_during = plan
    values          = { id = "direct-method-response" }
  }

  override_resource {
    target          = aws_api_gateway_integration_response.direct
    override_during = plan
    values          = { id = "direct-integration-response" }
  }

  override_resource {
    target          = aws_api_gateway_gateway_response.this
    override_during = plan
    values          = { id = "gateway-response" }
  }

  override_resource {
    target          = module.authorizer.aws_lambda_function.this
    override_during = plan
    values          = { invoke_arn = "authorizer-arn" }
  }

  override_resource {
    target          = module.ingest.aws_lambda_function.this
    override_during = plan
    values          = { invoke_arn = "ingest-arn" }
  }

  assert {
    condition     = aws_api_gateway_deployment.this.triggers.redeployment == sha256(jsonencode(local.deployed))
    error_message = "A change must lead to a new deployment."
  }

  assert {
    condition     = local.deployed[3] == [["authorizer", "REQUEST", "authorizer-arn", 0, "context.identity.sourceIp"]]
    error_message = "A change of the authorizer would not be deployed: ${jsonencode(local.deployed[3])}"
  }

  # Each part of the lane, by its id and by what is configured of it.
  assert {
    condition = [for part in [
      "direct-resource", "direct-endpoint-resource", "{endpoint}",
      "validator", "true,false", "direct-method", "POST", "CUSTOM", "authorizer", "method.request.header.Content-Type",
      "direct-integration", "PUT", aws_api_gateway_integration.direct.uri, "role/coatcheck-api-direct", "WHEN_NO_MATCH", "context.authorizer.delivery", "29000",
      "direct-method-response", "direct-integration-response", "CONVERT_TO_TEXT", "40[1-9]|4[1-9][0-9]", "digest_mismatch", "method.response.header.Retry-After",
      "$context.authorizer.denial_code",
    ] : part if !strcontains(jsonencode(slice(local.deployed, 6, 14)), part)] == []
    error_message = "A change of these would not be deployed: ${jsonencode(local.deployed)}"
  }
}

run "tells_admit_of_what_came_in" {
  command = plan

  variables {
    endpoints = {
      large                                               = { preset = "standard-webhooks", lane = "direct" }
      long-name-of-an-endpoint-that-is-of-the-direct-lane = { preset = "standard-webhooks", lane = "direct" }
      usual                                               = { preset = "standard-webhooks" }
    }
  }

  assert {
    condition     = aws_s3_bucket_notification.payloads.eventbridge && aws_s3_bucket_notification.payloads.bucket == "payloads"
    error_message = "The bucket's notifications to EventBridge must be turned on."
  }

  assert {
    condition = jsonencode({ for name, rule in aws_cloudwatch_event_rule.admit : name => [rule.name, rule.event_bus_name, jsondecode(rule.event_pattern)] }) == jsonencode({
      for name in ["large", "long-name-of-an-endpoint-that-is-of-the-direct-lane"] : name => [
        name == "large" ? "coatcheck-admit-large" : "coatcheck-admit-${substr(sha256(name), 0, 16)}",
        null,
        {
          detail      = { bucket = { name = ["coatcheck-payloads-123456789012-eu-west-1"] }, object = { key = [{ wildcard = "incoming/*/*/${name}/*" }] } }
          detail-type = ["Object Created"]
          source      = ["aws.s3"]
        },
      ]
    })
    error_message = "admit must be notified of this bucket's deliveries for each endpoint of the direct lane, and of nothing else: ${jsonencode(aws_cloudwatch_event_rule.admit)}"
  }

  # The policies name the rules before they exist, by their prefix.
  assert {
    condition     = local.admit_rules_arn == "arn:aws:events:eu-west-1:123456789012:rule/coatcheck-admit-*" && alltrue([for rule in aws_cloudwatch_event_rule.admit : startswith(rule.name, "coatcheck-admit-") && length(rule.name) <= 64])
    error_message = "The queues accept messages from rules with other names: ${local.admit_rules_arn}"
  }

  # The group is the endpoint: SQS then serves endpoints with a short backlog before one with a long one.
  assert {
    condition = jsonencode({ for name, t in aws_cloudwatch_event_target.admit : name => [t.rule, t.arn, t.sqs_target[0].message_group_id, t.dead_letter_config[0].arn] }) == jsonencode({
      for name, rule in aws_cloudwatch_event_rule.admit : name => [rule.name, "arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit", name, "arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit-dlq"]
    })
    error_message = "Each endpoint must be its own message group, and events that cannot be delivered must go to admit's DLQ: ${jsonencode(aws_cloudwatch_event_target.admit)}"
  }

  assert {
    condition     = module.admit_queue.redrive == { to = { deadLetterTargetArn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit-dlq", maxReceiveCount = 8 }, from = [] } && module.admit_dlq.redrive.from == ["arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit"]
    error_message = "A message must go to admit's DLQ after eight failures: ${jsonencode(module.admit_queue.redrive)}"
  }

  assert {
    condition     = module.admit_queue.visibility_timeout_s >= 6 * module.admit.size.timeout_s && module.admit.size == { memory_mb = 256, timeout_s = 60 }
    error_message = "A message must stay hidden for six times admit's timeout: ${module.admit_queue.visibility_timeout_s}"
  }

  assert {
    condition = [for m in [aws_lambda_event_source_mapping.admit] : [m.event_source_arn, m.function_name, tostring(m.batch_size), jsonencode(m.function_response_types), tostring(m.scaling_config[0].maximum_concurrency)]] == [
      ["arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit", "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-admit", "1", "[\"ReportBatchItemFailures\"]", "10"]
    ]
    error_message = "admit must get one object for each invocation, and ten at once: ${jsonencode(aws_lambda_event_source_mapping.admit)}"
  }

  assert {
    condition = module.admit.environment == {
      ADMIT_DLQ_URL    = module.admit_dlq.url
      ADMIT_QUEUE_URL  = module.admit_queue.url
      ENDPOINTS_TABLE  = "coatcheck-endpoints"
      EVENTS_TABLE     = "coatcheck-events"
      KEYS_PREFIX      = "coatcheck/endpoints/"
      LOG_LEVEL        = "info"
      PAYLOADS_BUCKET  = "coatcheck-payloads-123456789012-eu-west-1"
      POINTER_TTL_DAYS = "60"
      STACK            = "coatcheck"
    }
    error_message = "admit must know where bodies, endpoints, keys and pointers are: ${jsonencode(module.admit.environment)}"
  }
}

run "admit_is_as_large_as_is_said" {
  command = plan

  variables {
    functions = { admit = { memory_mb = 512, max_concurrency = 1000 } }
  }

  assert {
    condition     = module.admit.size.memory_mb == 512 && aws_lambda_event_source_mapping.admit.scaling_config[0].maximum_concurrency == 1000
    error_message = "The function's size must follow its variable."
  }
}

run "bodies_of_both_lanes_expire_and_pointers_tell_the_request" {
  command = plan

  variables {
    payload_retention_days = 25
  }

  assert {
    condition = { for rule in aws_s3_bucket_lifecycle_configuration.payloads.rule : rule.id => [rule.status, try(rule.filter[0].prefix, ""), try(tostring(rule.expiration[0].days), "-")] if length(rule.expiration) > 0 } == {
      payloads-expire = ["Enabled", "payloads/", "25"]
      incoming-expire = ["Enabled", "incoming/", "25"]
    }
    error_message = "The bodies of both lanes must expire: ${jsonencode(aws_s3_bucket_lifecycle_configuration.payloads.rule)}"
  }

  assert {
    condition     = one([for index in aws_dynamodb_table.events.global_secondary_index : sort(index.non_key_attributes) if index.name == "by-time"]) == tolist(["endpoint", "id", "ref", "request_id", "size", "subject", "type"])
    error_message = "The index must have request_id, by which the sweep finds the pointers of incoming/: ${jsonencode(aws_dynamodb_table.events.global_secondary_index)}"
  }
}

