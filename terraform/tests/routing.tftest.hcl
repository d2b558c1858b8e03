# What each map entry creates, and how events are filtered and shaped.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  packages = { dir = "tests/packages" }

  endpoints = {
    github = { preset = "github" }
    stripe = { preset = "stripe" }
  }

  processors = {
    one   = { kind = "lambda" }
    two   = { kind = "workflow" }
    three = { kind = "queue" }
  }

  subscriptions = {
    some        = { types = ["invoice.*", "push"], endpoints = ["stripe", "github"], target = { processor = "one" }, batch_size = 7, max_retries = 3 }
    all         = { types = ["*"], target = { processor = "two" }, enabled = false }
    boxed       = { types = ["push"], target = { processor = "three" } }
    in-order    = { types = ["invoice.*", "push"], endpoints = ["github"], target = { processor = "one" }, ordered = true, max_retries = 3 }
    to-standard = { types = ["*"], target = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m", state_machine_type = "STANDARD" } }
    to-fifo     = { types = ["*"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q.fifo" } }
  }
}

run "routes_shapes_and_answers" {
  command = plan

  assert {
    condition     = toset(keys(module.endpoint)) == toset(["github", "stripe"]) && length(module.subscription) == 6 && length(module.processor) == 3
    error_message = "Each map entry must create one resource of its kind."
  }

  assert {
    condition     = local.stream_readers == 2
    error_message = "The router and fan are the stream's two readers."
  }

  assert {
    condition     = { for name, s in module.subscription : name => s.queue_name } == { some = "coatcheck-some", all = "coatcheck-all", boxed = "coatcheck-boxed", in-order = "coatcheck-in-order.fifo", to-standard = "coatcheck-to-standard", to-fifo = "coatcheck-to-fifo" }
    error_message = "Each subscription must have its own queue, and an ordered one a FIFO queue."
  }

  assert {
    condition     = { for name, s in module.subscription : name => s.dlq_name } == { for name, subscription in var.subscriptions : name => "coatcheck-${name}-dlq${subscription.ordered ? ".fifo" : ""}" }
    error_message = "Each subscription must have its own DLQ."
  }

  assert {
    condition = { for name, s in module.subscription : name => [for filter in s.filters : jsondecode(filter)] } == {
      all         = [{ type = [{ anything-but = ["coatcheck.test"] }], source = [{ anything-but = ["/endpoints/-"] }] }]
      to-standard = [{ type = [{ anything-but = ["coatcheck.test"] }], source = [{ anything-but = ["/endpoints/-"] }] }]
      to-fifo     = [{ type = [{ anything-but = ["coatcheck.test"] }], source = [{ anything-but = ["/endpoints/-"] }] }]
      boxed       = [{ type = ["push"], source = [{ anything-but = ["/endpoints/-"] }] }]
      some        = [{ type = ["push", { prefix = "invoice." }], source = ["/endpoints/github", "/endpoints/stripe"] }]
      in-order    = [{ type = ["push", { prefix = "invoice." }], source = ["/endpoints/github"] }]
    }
    error_message = "Filters: ${jsonencode({ for name, s in module.subscription : name => s.filters })}"
  }

  # A pipe deletes what it filters out, so it must pass everything that the topic passes; anything that is not one of
  # our events; and a test, which names itself in its replayid, whatever the subscription's types are.
  assert {
    condition = alltrue([
      for name, s in module.subscription : [for filter in s.pipe_parameters.source[0].filter_criteria[0].filter : jsondecode(filter.pattern)] == [
        { body = jsondecode(s.filters[0]) },
        { body = { specversion = [{ exists = false }] } },
        { body = { replayid = [{ prefix = "test-" }] } },
      ]
    ])
    error_message = "A pipe must filter exactly as its topic does, or fan: ${jsonencode({ for name, s in module.subscription : name => s.pipe_parameters.source[0].filter_criteria })}"
  }

  assert {
    condition = jsonencode({ for name, s in module.subscription : name => {
      lambda   = one(s.pipe_parameters.target[0].lambda_function_parameters[*].invocation_type)
      workflow = one(s.pipe_parameters.target[0].step_function_state_machine_parameters[*].invocation_type)
      } }) == jsonencode({
      some        = { lambda = "REQUEST_RESPONSE", workflow = null }
      in-order    = { lambda = "REQUEST_RESPONSE", workflow = null }
      all         = { lambda = null, workflow = "REQUEST_RESPONSE" }
      to-standard = { lambda = null, workflow = "FIRE_AND_FORGET" }
      boxed       = { lambda = null, workflow = null }
      to-fifo     = { lambda = null, workflow = null }
    })
    error_message = "A pipe must wait for its target, except for a STANDARD workflow, for which AWS lets no pipe wait."
  }

  assert {
    condition     = module.subscription["to-fifo"].pipe_parameters.target[0].sqs_queue_parameters[0].message_group_id == "$.body.partitionkey"
    error_message = "A FIFO queue needs a message group of at most 128 ASCII characters."
  }

  assert {
    condition     = module.subscription["some"].pipe_parameters.source[0].sqs_queue_parameters[0].batch_size == 7
    error_message = "The batch size of a buffered subscription must be its pipe's."
  }

  assert {
    condition = alltrue([
      for p in module.fan[0].pipe_parameters.source[0].dynamodb_stream_parameters :
      p.starting_position == "TRIM_HORIZON" && p.batch_size == 100 && p.maximum_retry_attempts == 10000 && p.maximum_record_age_in_seconds == 82800
      && p.on_partial_batch_item_failure == "AUTOMATIC_BISECT" && p.parallelization_factor == 1 && p.maximum_batching_window_in_seconds == 0
    ]) && module.fan[0].pipe_parameters.target[0].input_template == module.cloudevent.from_stream
    error_message = "fan's pipe must give up on a record before the stream deletes it."
  }

  assert {
    condition = [for filter in module.fan[0].pipe_parameters.source[0].filter_criteria[0].filter : jsondecode(filter.pattern)] == [
      for route in [{ replayid = { S = [""] } }, { replayto = { S = ["*", "-fan"] } }] :
      { eventName = ["INSERT"], dynamodb = { NewImage = merge({ endpoint = { S = [{ anything-but = ["-"] }] } }, route) } }
    ]
    error_message = "fan must get new pointers and what is replayed to all: ${jsonencode(module.fan[0].pipe_parameters.source[0].filter_criteria)}"
  }

  # SQS counts a receive for each message of a batch: more than one would use up the tries of the events behind a failing one.
  assert {
    condition     = { for name in ["in-order", "some", "all"] : name => module.subscription[name].pipe_parameters.source[0].sqs_queue_parameters[0].batch_size } == { in-order = 1, some = 7, all = 10 }
    error_message = "An ordered subscription must get its events one by one."
  }

  assert {
    condition = alltrue([
      for p in aws_pipes_pipe.router.source_parameters[0].dynamodb_stream_parameters :
      p.starting_position == "TRIM_HORIZON" && p.batch_size == 10 && p.maximum_retry_attempts == 10000
      && p.maximum_record_age_in_seconds == 82800 && p.on_partial_batch_item_failure == "AUTOMATIC_BISECT"
    ])
    error_message = "The router must publish at most 10 events at once, bisect, and outlast an outage."
  }

  assert {
    condition = [for filter in aws_pipes_pipe.router.source_parameters[0].filter_criteria[0].filter : jsondecode(filter.pattern)] == [
      { eventName = ["INSERT"], dynamodb = { NewImage = { replayid = { S = [""] } } } },
      { eventName = ["INSERT"], dynamodb = { NewImage = { replayto = { S = ["*", "-router"] } } } },
    ]
    error_message = "The router must pass only insertions (an expiry is a REMOVE): deliveries, and replays to all subscriptions or to the buffered ones."
  }

  assert {
    condition     = aws_pipes_pipe.router.log_configuration[0].level == "ERROR" && aws_pipes_pipe.router.log_configuration[0].include_execution_data == null
    error_message = "The router must log errors, and never events."
  }

  # The two templates, with each <$.path> put in quotes, must be the same JSON object.

  assert {
    condition = jsondecode(replace(replace(module.cloudevent.from_stream, "/\":(<[^>]+>)/", "\":\"$1\""), "$.dynamodb.NewImage.", "")) == {
      specversion     = "1.0"
      id              = "<id.S>"
      source          = "/endpoints/<endpoint.S>"
      type            = "<type.S>"
      subject         = "<subject.S>"
      time            = "<occurred_at.S>"
      datacontenttype = "<content_type.S>"
      dataref         = "<dataref.S>"
      datasha256      = "<sha256.S>"
      datasize        = "<size.N>"
      ref             = "<ref.S>"
      receivedat      = "<received_at.S>"
      traceparent     = "<traceparent.S>"
      replayid        = "<replayid.S>"
      replayforce     = "<replayforce.S>"
      partitionkey    = "<group.S>"
      deliveryid      = "<$.eventID>"
    }
    error_message = "The template for the stream differs: ${module.cloudevent.from_stream}"
  }

  assert {
    condition = jsondecode(replace(module.cloudevent.from_queue, "/:(<[^>]+>)/", ":\"$1\"")) == merge(
      { for name in ["id", "source", "type", "subject", "time", "datacontenttype", "dataref", "datasha256", "datasize", "ref", "receivedat", "traceparent", "replayid", "replayforce", "partitionkey"] : name => "<$.body.${name}>" },
      { specversion = "1.0", deliveryid = "<$.messageId>" },
    )
    error_message = "The template for queues differs: ${module.cloudevent.from_queue}"
  }

  assert {
    condition = length(module.cloudevent.from_stream) <= 8000 && { for name in ["in-order", "some"] : name => module.subscription[name].pipe_parameters.target[0].input_template } == {
      in-order = replace(module.cloudevent.from_queue, "\"deliveryid\"", "\"subscription\":\"in-order\",\"deliveryid\"")
      some     = replace(module.cloudevent.from_queue, "\"deliveryid\"", "\"subscription\":\"some\",\"deliveryid\"")
    }
    error_message = "A pipe must build events from messages, and name its subscription: ${module.subscription["some"].pipe_parameters.target[0].input_template}"
  }

  # Answers in one shape.
  override_resource {
    target          = aws_api_gateway_rest_api.this
    override_during = plan
    values          = { execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:api" }
  }

  assert {
    condition = alltrue([
      for response in aws_api_gateway_gateway_response.this :
      toset(keys(jsondecode(response.response_templates["application/json"]))) == toset(["error", "message"])
    ])
    error_message = "Every answer of the gateway itself is {\"error\", \"message\"}."
  }

  assert {
    condition = { for type, response in aws_api_gateway_gateway_response.this : type => response.status_code if response.status_code != null } == {
      UNAUTHORIZED                   = "401"
      ACCESS_DENIED                  = "403"
      MISSING_AUTHENTICATION_TOKEN   = "404"
      REQUEST_TOO_LARGE              = "413"
      BAD_REQUEST_PARAMETERS         = "415"
      UNSUPPORTED_MEDIA_TYPE         = "415"
      THROTTLED                      = "429"
      INTEGRATION_FAILURE            = "503"
      INTEGRATION_TIMEOUT            = "503"
      AUTHORIZER_FAILURE             = "503"
      DEFAULT_5XX                    = "503"
      AUTHORIZER_CONFIGURATION_ERROR = "500"
      API_CONFIGURATION_ERROR        = "500"
    }
    error_message = "Transient failures must be 503, which providers retry. DEFAULT_4XX must set no status, or all 4XX would get it."
  }

  assert {
    condition     = alltrue([for response in aws_api_gateway_gateway_response.this : contains(keys(response.response_parameters), "gatewayresponse.header.Retry-After") if contains(["429", "503"], coalesce(response.status_code, "-"))])
    error_message = "429 and 503 must have a Retry-After."
  }

  assert {
    condition = { for type in ["MISSING_AUTHENTICATION_TOKEN", "REQUEST_TOO_LARGE"] : type => jsondecode(aws_api_gateway_gateway_response.this[type].response_templates["application/json"]).message } == {
      MISSING_AUTHENTICATION_TOKEN = "there is nothing here: deliver with POST to /hooks/{endpoint} or /direct/{endpoint}"
      REQUEST_TOO_LARGE            = "the body is too large: the standard lane (/hooks/{endpoint}) takes 4500000 bytes, the direct lane (/direct/{endpoint}) 10485760"
    }
    error_message = "The response to a wrong path must name both lanes: ${jsonencode(aws_api_gateway_gateway_response.this["MISSING_AUTHENTICATION_TOKEN"].response_templates)}"
  }

  # Both are plain text between quotes: the authorizer writes no quote and no backslash.
  assert {
    condition     = aws_api_gateway_gateway_response.this["ACCESS_DENIED"].response_templates["application/json"] == "{\"error\":\"$context.authorizer.denial_code\",\"message\":\"$context.authorizer.denial_message\"}"
    error_message = "A denial must say what the authorizer says: ${jsonencode(aws_api_gateway_gateway_response.this["ACCESS_DENIED"].response_templates)}"
  }

  assert {
    condition     = aws_api_gateway_authorizer.this.authorizer_result_ttl_in_seconds == 0
    error_message = "The authorizer's results must not be cached: a replay would pass."
  }

  # Null would be the provider's default, the header Authorization: API Gateway would answer 401 to most deliveries by
  # itself. A mocked provider has no defaults, so only the exact value proves anything.
  assert {
    condition     = aws_api_gateway_authorizer.this.identity_source == "context.identity.sourceIp"
    error_message = "The authorizer's identity source must be one that every request has: ${coalesce(aws_api_gateway_authorizer.this.identity_source, "null")}"
  }

  assert {
    condition     = alltrue([for permission in concat([aws_lambda_permission.authorizer], values(aws_lambda_permission.ingest)) : permission.source_account == null && startswith(permission.source_arn, "arn:aws:execute-api:eu-west-1:123456789012:api/")])
    error_message = "No AWS page says that API Gateway sends aws:SourceAccount, so the API's ARN, which names the account, must be the whole condition."
  }

  # Only the direct method demands a header; another method's demand would get this answer.
  assert {
    condition     = alltrue([for m in aws_api_gateway_method.hook : m.request_validator_id == null && m.request_parameters == tomap({ "method.request.path.endpoint" = true })])
    error_message = "The standard lane must not require a Content-Type: ${jsonencode(aws_api_gateway_method.hook)}"
  }

  assert {
    condition = {
      for method, m in aws_api_gateway_method.hook :
      method => [m.http_method, m.authorization, aws_api_gateway_integration.hook[method].http_method, aws_api_gateway_integration.hook[method].integration_http_method, aws_api_gateway_integration.hook[method].type]
    } == { for method in ["GET", "HEAD", "POST"] : method => [method, "CUSTOM", method, "POST", "AWS_PROXY"] }
    error_message = "A GET or a HEAD, with which some providers check an endpoint, must pass the authorizer and reach ingest as a delivery does; Lambda itself is always called with POST."
  }

  assert {
    condition = { for method, permission in aws_lambda_permission.ingest : permission.statement_id => permission.source_arn } == {
      ThisApisHooksGet  = "arn:aws:execute-api:eu-west-1:123456789012:api/v1/GET/hooks/*"
      ThisApisHooksHead = "arn:aws:execute-api:eu-west-1:123456789012:api/v1/HEAD/hooks/*"
      ThisApisHooksPost = "arn:aws:execute-api:eu-west-1:123456789012:api/v1/POST/hooks/*"
    }
    error_message = "API Gateway must be allowed to call ingest for each method of a hook and for nothing else."
  }

  assert {
    condition     = aws_api_gateway_method_settings.all.method_path == "*/*"
    error_message = "The throttle must limit every method."
  }

  assert {
    condition     = aws_api_gateway_method_settings.direct.method_path == "~1direct~1{endpoint}/POST"
    error_message = "API Gateway names the method by its path, with ~1 for each slash."
  }

  assert {
    condition     = [for settings in aws_api_gateway_method_settings.direct.settings : [settings.throttling_rate_limit, settings.throttling_burst_limit, settings.logging_level, settings.data_trace_enabled]] == [[100, 200, "OFF", false]]
    error_message = "The direct lane must have its own rate, and no log of headers: ${jsonencode(aws_api_gateway_method_settings.direct.settings)}"
  }

  assert {
    condition     = tolist(aws_api_gateway_rest_api.this.binary_media_types) == tolist(["*/*"])
    error_message = "The binary media types must be */*, or API Gateway changes bytes that are not UTF-8."
  }

  # Besides the stack's name only values that can hold no quote and that no stranger writes: no header, path,
  # query string, body or error text. Each in its own quotes, as an absent one is a bare "-".
  assert {
    condition = aws_api_gateway_stage.v1.access_log_settings[0].format == jsonencode({
      gateway_response = "$context.error.responseType"
      integration      = "$context.integration.status"
      latency_ms       = "$context.responseLatency"
      request_id       = "$context.requestId"
      resource         = "$context.resourcePath"
      source_ip        = "$context.identity.sourceIp"
      stack            = "coatcheck"
      status           = "$context.status"
    })
    error_message = "The access log: ${aws_api_gateway_stage.v1.access_log_settings[0].format}"
  }
}

run "tests_reach_who_names_their_type_alone" {
  command = plan

  variables {
    subscriptions = {
      all        = { types = ["*"], target = { processor = "one" } }
      named      = { types = ["coatcheck.test"], target = { processor = "one" } }
      covered    = { types = ["coatcheck.*"], target = { processor = "one" } }
      in-order   = { types = ["*"], target = { processor = "one" }, ordered = true }
      of-another = { types = ["*"], endpoints = ["github"], target = { processor = "one" } }
    }
  }

  assert {
    condition = jsonencode({ for name, s in module.subscription : name => [for filter in s.filters : jsondecode(filter).type] }) == jsonencode({
      all        = [[{ anything-but = ["coatcheck.test"] }]]
      named      = [["coatcheck.test"]]
      covered    = [[{ prefix = "coatcheck." }]]
      in-order   = [[{ anything-but = ["coatcheck.test"] }]]
      of-another = [[{ anything-but = ["coatcheck.test"] }]]
    })
    error_message = "All types must mean all except the type of test events: ${jsonencode({ for name, s in module.subscription : name => s.filters })}"
  }
}

run "a_fifo_queue_gets_a_group_that_sqs_takes" {
  command = plan

  variables {
    subscriptions = {
      buffered = { types = ["*"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q.fifo" } }
    }
  }

  # A digest: refs and partition keys may have 1,600 characters of any alphabet.
  assert {
    condition     = module.subscription["buffered"].pipe_parameters.target[0].sqs_queue_parameters[0].message_group_id == "$.body.partitionkey"
    error_message = "A message group can have at most 128 ASCII characters: ${jsonencode({ for name, s in module.subscription : name => s.pipe_parameters.target[0].sqs_queue_parameters })}"
  }
}

run "a_long_list_of_types_is_divided_over_four_patterns" {
  command = plan

  variables {
    subscriptions = {
      many = {
        types  = concat([for i in range(100) : "a.rather.long.name.of.an.event.that.only.a.machine.would.give.it.number-${i}"], [for i in range(50) : "a.rather.long.name.of.a.family.of.events.that.only.a.machine.would.give.it-${i}.*"])
        target = { processor = "one" }
      }
      longest = {
        types  = [for i in range(4) : format("%d%04007d.*", i, 0)]
        target = { processor = "one" }
      }
    }
  }

  assert {
    condition     = alltrue(flatten([for s in module.subscription : [for filter in s.pipe_parameters.source[0].filter_criteria[0].filter : length(filter.pattern) <= 4096]])) && length(module.subscription["many"].pipe_parameters.source[0].filter_criteria[0].filter) == 5
    error_message = "A pipe accepts five patterns of 4096 characters: ${jsonencode({ for name, s in module.subscription : name => [for filter in s.pipe_parameters.source[0].filter_criteria[0].filter : length(filter.pattern)] })}"
  }

  assert {
    condition = (
      toset(flatten([for filter in module.subscription["many"].pipe_parameters.source[0].filter_criteria[0].filter : [for type in try(jsondecode(filter.pattern).body.type, []) : jsonencode(type)]]))
      == toset([for type in jsondecode(module.subscription["many"].filters[0]).type : jsonencode(type)])
    )
    error_message = "The divided patterns must cover every type that the topic passes."
  }

  assert {
    condition     = !module.subscription["many"].testable && length([for filter in module.subscription["many"].queue_filters : filter if can(jsondecode(filter).body.replayid)]) == 0
    error_message = "Only a filter with room for the pattern of tests may say so: ${jsonencode({ for name, s in module.subscription : name => s.testable })}"
  }
}

