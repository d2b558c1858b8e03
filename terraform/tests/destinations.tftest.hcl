# Subscriptions that the function `deliver` reads: those to HTTP and those with a pace. The provider is the real one, without
# credentials, because a mocked one would invent the policies.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_data {
  target = module.key_policy.data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_resource {
  target          = aws_kms_key.stack[0]
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-west-1:123456789012:key/k" }
}

override_resource {
  target          = module.destination["crm"].module.function.aws_lambda_function.this
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-deliver-crm" }
}

override_resource {
  target          = module.destination["crm"].aws_lambda_event_source_mapping.this
  override_during = plan
  values          = { uuid = "11111111-2222-3333-4444-555555555555" }
}

override_resource {
  target          = module.subscription["crm"].module.queue.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-crm", url = "https://sqs/coatcheck-crm" }
}

override_resource {
  target          = module.subscription["crm"].module.dlq.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-crm-dlq", url = "https://sqs/coatcheck-crm-dlq" }
}

variables {
  packages   = { dir = "tests/packages" }
  endpoints  = { github = { preset = "github" }, stripe = { preset = "stripe" } }
  processors = { one = { kind = "lambda", timeout_s = 20 }, three = { kind = "queue" } }

  subscriptions = {
    crm = {
      types       = ["push"]
      endpoints   = ["github"]
      target      = { http = { url = "https://crm.example.com/hooks?a=b", headers = { x-team = "a" } } }
      rate_per_s  = 20
      concurrency = 4
    }
    signed = {
      types = ["push"]
      target = { http = {
        url  = "https://abc.execute-api.eu-west-1.amazonaws.com/v1"
        sign = "none"
        auth = { type = "sigv4", service = "execute-api", actions = ["execute-api:Invoke"], arns = ["arn:aws:execute-api:eu-west-1:123456789012:abc/v1/POST/"] }
      } }
    }
    slow   = { types = ["push"], target = { processor = "one" }, rate_per_s = 0.5, enabled = false }
    boxed  = { types = ["push"], target = { processor = "three" }, rate_per_s = 100 }
    theirs = { types = ["push"], target = { queue_arn = "arn:aws:sqs:eu-west-1:210987654321:theirs" }, rate_per_s = 1 }
    piped  = { types = ["push"], target = { processor = "one" } }
  }
}

run "each_is_read_by_a_function_with_its_own_rights_and_no_secret" {
  command = plan

  assert {
    condition     = toset(keys(module.destination)) == toset(["crm", "signed", "slow", "boxed", "theirs"]) && { for name, one in module.subscription : name => one.pipe_name } == { crm = null, signed = null, slow = null, boxed = null, theirs = null, piped = "coatcheck-piped" }
    error_message = "Only http and rate_per_s need deliver: ${jsonencode(keys(module.destination))}"
  }

  assert {
    condition = { for name, one in module.destination : name => [one.mapping_parameters.enabled, one.mapping_parameters.concurrency, one.mapping_parameters.batch_size, one.function.size.timeout_s] } == {
      crm    = [true, 4, 10, 62]
      signed = [true, 10, 10, 60]
      slow   = [false, 2, 2, 58]
      boxed  = [true, 20, 10, 42]
      theirs = [true, 2, 5, 50]
    }
    error_message = "A batch must fit into its invocation: ${jsonencode({ for name, one in module.destination : name => [one.mapping_parameters, one.function.size] })}"
  }

  assert {
    condition     = alltrue([for one in module.destination : one.mapping_parameters.response_types == tolist(["ReportBatchItemFailures"])])
    error_message = "Without it one failure would repeat a whole batch."
  }

  assert {
    condition     = toset(module.destination["crm"].mapping_parameters.filters) == toset(module.subscription["crm"].queue_filters) && contains([for filter in module.destination["crm"].mapping_parameters.filters : jsondecode(filter)], { body = { type = ["push"], source = ["/endpoints/github"] } })
    error_message = "The mapping must filter as a pipe does: ${jsonencode(module.destination["crm"].mapping_parameters.filters)}"
  }

  assert {
    condition     = module.subscription["crm"].redrive.to.maxReceiveCount == 1000
    error_message = "A hold is a receive, and must give up nothing."
  }

  assert {
    condition     = aws_dynamodb_table.deliveries[0].name == "coatcheck-deliveries" && aws_dynamodb_table.deliveries[0].hash_key == "pk"
    error_message = "The functions must have their table."
  }

  # The function knows its destination and no secret.
  assert {
    condition = { for name, value in module.destination["crm"].function.environment : name => value if name != "DESTINATION" } == {
      BREAKER            = jsonencode({ failure_rate = 0.5, failures_in_a_row = 5, longest_pause_s = 900, pause_s = 30 })
      DELIVERIES_TABLE   = "coatcheck-deliveries"
      DLQ_URL            = "https://sqs/coatcheck-crm-dlq"
      LOG_LEVEL          = "info"
      PROCESSED_TABLE    = "coatcheck-processed"
      PROCESSED_TTL_DAYS = "90"
      QUEUE_URL          = "https://sqs/coatcheck-crm"
      RATE_PER_S         = "20"
      RETRY_FOR_S        = "259200"
      SECRET_ID          = "coatcheck/subscriptions/crm"
      STACK              = "coatcheck"
      SUBSCRIPTION       = "crm"
    }
    error_message = "Environment: ${jsonencode(module.destination["crm"].function.environment)}"
  }

  assert {
    condition = jsondecode(module.destination["crm"].function.environment.DESTINATION) == {
      kind    = "http", url = "https://crm.example.com/hooks?a=b", method = "POST", auth = { type = "none" }, sign = "standard-webhooks", headers = { x-team = "a" }, body = "payload",
      success = ["2xx"], timeout_s = 30, allow_private = false, own_ca = false, client_certificate = false
    }
    error_message = "Destination: ${module.destination["crm"].function.environment.DESTINATION}"
  }

  assert {
    condition     = jsondecode(module.destination["theirs"].function.environment.DESTINATION) == { kind = "queue", url = "https://sqs.eu-west-1.amazonaws.com/210987654321/theirs", fair_by = null } && module.destination["theirs"].secret_name == null && !contains(keys(module.destination["theirs"].function.environment), "SECRET_ID")
    error_message = "Destination: ${module.destination["theirs"].function.environment.DESTINATION}"
  }

  # Each has the rights of its own subscription.
  assert {
    condition = [for statement in jsondecode(module.destination["crm"].function.policies.records).Statement : [statement.Sid, statement.Resource, try(statement.Condition["ForAllValues:StringLike"], null)] if statement.Sid == "KeepPaceBreakerAndTries"] == [[
      "KeepPaceBreakerAndTries", "arn:aws:dynamodb:eu-west-1:123456789012:table/coatcheck-deliveries", { "dynamodb:LeadingKeys" = ["breaker#crm", "pace#crm", "tries#crm#*"] },
    ]]
    error_message = "It must reach its own items only: ${module.destination["crm"].function.policies.records}"
  }

  assert {
    condition = [for statement in jsondecode(module.destination["crm"].function.policies.records).Statement : [statement.Resource, statement.Condition.ArnEquals] if statement.Sid == "StopItsOwnMapping"] == [[
      "arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:*", { "lambda:FunctionArn" = "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-deliver-crm" },
    ]]
    error_message = "It must be able to stop its own mapping only: ${module.destination["crm"].function.policies.records}"
  }

  assert {
    condition = { for statement in jsondecode(module.destination["signed"].function.policies.http).Statement : statement.Sid => statement.Resource if contains(["ReadItsOwnSecret", "CallWhatItSignsFor"], statement.Sid) } == {
      ReadItsOwnSecret   = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:coatcheck/subscriptions/signed-??????"
      CallWhatItSignsFor = "arn:aws:execute-api:eu-west-1:123456789012:abc/v1/POST/"
    }
    error_message = "Only its own secret, and what it signs for: ${module.destination["signed"].function.policies.http}"
  }

  assert {
    condition     = !contains(keys(module.destination["slow"].function.policies), "http") && jsondecode(module.destination["slow"].function.policies.target).Statement[0].Action == "lambda:InvokeFunction"
    error_message = "Without http it reads no secret and redeems nothing."
  }

  assert {
    condition     = length([for name, json in output.operator_policies : name if strcontains(json, "UpdateEventSourceMapping")]) == 1 && strcontains(output.operator_policies.operate, "CloseBreakers") && !strcontains(output.operator_policies.read, "subscriptions/*")
    error_message = "Who may only read switches no mapping and reads no secret."
  }

  # `coatcheck subscriptions key` and `rotate-key`.
  assert {
    condition = { for name, json in output.operator_policies : name => flatten([
      for statement in jsondecode(json).Statement : statement.Action if contains(flatten([try(statement.Resource, [])]), "arn:aws:secretsmanager:eu-west-1:123456789012:secret:coatcheck/subscriptions/*")
    ]) } == { read = [], verify = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], operate = ["secretsmanager:PutSecretValue"], erase = [] }
    error_message = "Only verify reads the destinations' secrets, and only operate writes them: ${jsonencode(output.operator_policies)}"
  }

  # Watch looks at those that are meant to be delivered.
  assert {
    condition = [for name in ["PIPES", "DELIVERED", "DELIVERIES_TABLE"] : module.watch.environment[name]] == [
      "coatcheck-router,coatcheck-piped", "boxed,crm,signed,theirs", "coatcheck-deliveries",
    ]
    error_message = "watch must know what should run: ${jsonencode(module.watch.environment)}"
  }

  assert {
    condition = { for statement in jsondecode(module.watch.policies.watch).Statement : statement.Sid => [statement.Action, statement.Resource, statement.Condition] if contains(["LookAtMappings", "ReadMappingsAndBreakers"], statement.Sid) } == {
      LookAtMappings = [
        "lambda:GetEventSourceMapping", "arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:*",
        { ArnLike = { "lambda:FunctionArn" = [for name in ["boxed", "crm", "signed", "theirs"] : "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-deliver-${name}"] } },
      ]
      ReadMappingsAndBreakers = [
        "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/coatcheck-deliveries",
        { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["breaker#*", "mapping#*"] } },
      ]
    }
    error_message = "watch must look at mappings of these functions only, and at no pace and no tries: ${module.watch.policies.watch}"
  }

  assert {
    condition = toset([for metric in one([for w in local.dashboard_body.widgets : w if w.properties.title == "Which pipes and mappings do not run? (1: down)"]).properties.metrics : metric[5]]) == toset([
      for name in ["router", "piped", "boxed", "crm", "signed", "theirs"] : "coatcheck-${name}"
    ])
    error_message = "The dashboard must show each mapping as it shows a pipe."
  }

  # The stack says who reads.
  assert {
    condition = output.stack.subscriptions.crm.pipe == null && output.stack.subscriptions.crm.deliver == {
      function = "coatcheck-deliver-crm", mapping = "11111111-2222-3333-4444-555555555555", secret = "coatcheck/subscriptions/crm", url = "https://crm.example.com/hooks?a=b", rate_per_s = 20, concurrency = 4
    } && output.stack.subscriptions.piped.deliver == null && output.stack.tables.deliveries == "coatcheck-deliveries"
    error_message = "Stack: ${jsonencode(output.stack.subscriptions)}"
  }

  assert {
    condition = toset([for name in keys(output.alarms) : name if strcontains(name, "-crm-") || strcontains(name, "-slow-")]) == toset(concat(
      [for kind in ["dlq-not-empty", "pipe-down", "queue-old", "subscription-open"] : "coatcheck-crm-${kind}"],
      [for kind in ["dlq-not-empty", "queue-old", "subscription-open"] : "coatcheck-slow-${kind}"],
      flatten([for name in ["crm", "slow"] : ["coatcheck-deliver-${name}-errors", "coatcheck-deliver-${name}-throttles"]]),
    ))
    error_message = "Alarms: ${jsonencode([for name in keys(output.alarms) : name if strcontains(name, "crm")])}"
  }
}

run "without_one_there_is_no_table_and_no_right" {
  command = plan

  variables {
    subscriptions = { piped = { types = ["push"], target = { processor = "one" } } }
  }

  assert {
    condition     = length(aws_dynamodb_table.deliveries) == 0 && !strcontains(jsonencode(output.operator_policies), "event-source-mapping") && !strcontains(output.operator_policies.verify, "subscriptions/") && output.stack.tables.deliveries == null && !strcontains(jsonencode(module.watch.policies), "event-source-mapping") && !contains(keys(module.watch.environment), "DELIVERED")
    error_message = "A stack without such subscriptions must stay as it was."
  }
}
