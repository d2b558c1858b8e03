# Every statement of every policy, compared with policies.expected.json: an action, a
# resource or a wildcard more in any of them turns this red. The provider is the real one, since a mocked one would
# make up the documents; it is given no credentials and plans without calling AWS.

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

override_resource {
  target          = aws_kms_key.stack
  override_during = plan
  values          = { arn = "arn:aws:kms:eu-west-1:123456789012:key/k" }
}

override_resource {
  target          = aws_s3_bucket.payloads
  override_during = plan
  values          = { arn = "arn:aws:s3:::payloads" }
}

override_resource {
  target          = aws_dynamodb_table.endpoints
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/endpoints" }
}

override_resource {
  target          = aws_dynamodb_table.events
  override_during = plan
  values = {
    arn        = "arn:aws:dynamodb:eu-west-1:123456789012:table/events"
    stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/events/stream/s"
  }
}

override_resource {
  target          = aws_dynamodb_table.processed
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/processed" }
}

override_resource {
  target          = aws_sns_topic.events
  override_during = plan
  values          = { arn = "arn:aws:sns:eu-west-1:123456789012:coatcheck-events" }
}

override_resource {
  target          = module.admit.aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/coatcheck-admit" }
}

override_resource {
  target          = module.authorizer.aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/coatcheck-authorizer" }
}

override_resource {
  target          = module.ingest.aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/coatcheck-ingest" }
}

override_resource {
  target          = module.rehydrate.aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/coatcheck-rehydrate" }
}

override_resource {
  target          = module.sweep.aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/coatcheck-sweep" }
}

override_resource {
  target          = module.watch.aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/coatcheck-watch" }
}

override_resource {
  target          = module.processor["one"].module.function.aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/coatcheck-one" }
}

override_resource {
  target          = module.processor["two"].module.function.aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/coatcheck-two" }
}

override_resource {
  target          = module.processor["three"].module.function.aws_cloudwatch_log_group.this
  override_during = plan
  values          = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/coatcheck-three" }
}

override_resource {
  target          = module.processor["one"].module.function.aws_lambda_function.this
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-one" }
}

override_resource {
  target          = module.processor["two"].module.function.aws_lambda_function.this
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-two" }
}

override_resource {
  target          = module.processor["two"].aws_sfn_state_machine.this
  override_during = plan
  values          = { arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:coatcheck-two" }
}

override_resource {
  target          = module.processor["three"].module.inbox[0].aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-west-1:123456789012:coatcheck-three-inbox" }
}

variables {
  packages_dir = "tests/packages"

  # The last two are verified by their headers alone, so the authorizer may read their keys.
  endpoints = {
    github = { preset = "github" }
    stripe = { preset = "stripe" }
    door   = { custom = jsonencode({ kind = "token", header = "x-token" }) }
    bank   = { custom = jsonencode({ kind = "http-message", algorithm = "hmac-sha256", components = ["content-digest"] }) }
  }

  processors = {
    one   = { kind = "lambda" }
    two   = { kind = "workflow" }
    three = { kind = "queue" }
  }

  subscriptions = {
    to-one      = { types = ["push"], endpoints = ["stripe", "github"], target = { processor = "one" } }
    to-two      = { types = ["*"], target = { processor = "two" } }
    to-three    = { types = ["*"], endpoints = ["github"], target = { processor = "three" } }
    in-order    = { types = ["*"], endpoints = ["github"], target = { processor = "one" }, ordered = true }
    to-standard = { types = ["*"], target = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m", state_machine_type = "STANDARD" } }
    to-queue = {
      types = ["*"]
      target = {
        queue_arn         = "arn:aws:sqs:eu-west-1:123456789012:theirs"
        queue_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/theirs"
      }
    }
  }
}

run "every_statement_is_the_expected_one" {
  command = plan

  assert {
    condition = jsonencode({
      for holder, policies in {
        key                      = { policy = data.aws_iam_policy_document.key.json }
        bucket                   = { policy = data.aws_iam_policy_document.bucket.json }
        topic                    = { policy = data.aws_iam_policy_document.topic.json }
        router_dlq               = { policy = module.router_dlq.policy }
        router_letters           = { policy = module.router_letters.policy }
        heartbeats               = { policy = module.heartbeats.policy }
        admit                    = module.admit.policies
        admit_queue              = { policy = module.admit_queue.policy }
        admit_dlq                = { policy = module.admit_dlq.policy }
        api_direct               = module.direct_role.policies
        authorizer               = module.authorizer.policies
        ingest                   = module.ingest.policies
        router                   = module.router_role.policies
        rehydrate                = module.rehydrate.policies
        sweep                    = module.sweep.policies
        watch                    = module.watch.policies
        operators                = output.operator_policies
        processor_one            = module.processor["one"].policies
        processor_two            = module.processor["two"].policies
        processor_three          = module.processor["three"].policies
        subscription_to_one      = module.subscription["to-one"].policies
        subscription_to_two      = module.subscription["to-two"].policies
        subscription_to_three    = module.subscription["to-three"].policies
        subscription_in_order    = module.subscription["in-order"].policies
        subscription_to_standard = module.subscription["to-standard"].policies
        subscription_to_queue    = module.subscription["to-queue"].policies
        redeem_all               = { policy = module.redeem["to-two"].policy_json }
        redeem_some              = { policy = module.redeem["to-one"].policy_json }
        } : holder => {
        for name, json in policies : name => [for s in jsondecode(json).Statement : join(" ", [s.Effect, s.Sid, join(",", sort(flatten([s.Action]))), "on", try(join(",", sort(flatten([s.Resource]))), "itself"), try("for ${jsonencode(s.Principal)}", "-"), try("if ${jsonencode(s.Condition)}", "-")])]
      }
    }) == jsonencode(jsondecode(file("tests/policies.expected.json")))

    error_message = "Policies differ from policies.expected.json. They are: ${jsonencode({
      for holder, policies in {
        key                      = { policy = data.aws_iam_policy_document.key.json }
        bucket                   = { policy = data.aws_iam_policy_document.bucket.json }
        topic                    = { policy = data.aws_iam_policy_document.topic.json }
        router_dlq               = { policy = module.router_dlq.policy }
        router_letters           = { policy = module.router_letters.policy }
        heartbeats               = { policy = module.heartbeats.policy }
        admit                    = module.admit.policies
        admit_queue              = { policy = module.admit_queue.policy }
        admit_dlq                = { policy = module.admit_dlq.policy }
        api_direct               = module.direct_role.policies
        authorizer               = module.authorizer.policies
        ingest                   = module.ingest.policies
        router                   = module.router_role.policies
        rehydrate                = module.rehydrate.policies
        sweep                    = module.sweep.policies
        watch                    = module.watch.policies
        operators                = output.operator_policies
        processor_one            = module.processor["one"].policies
        processor_two            = module.processor["two"].policies
        processor_three          = module.processor["three"].policies
        subscription_to_one      = module.subscription["to-one"].policies
        subscription_to_two      = module.subscription["to-two"].policies
        subscription_to_three    = module.subscription["to-three"].policies
        subscription_in_order    = module.subscription["in-order"].policies
        subscription_to_standard = module.subscription["to-standard"].policies
        subscription_to_queue    = module.subscription["to-queue"].policies
        redeem_all               = { policy = module.redeem["to-two"].policy_json }
        redeem_some              = { policy = module.redeem["to-one"].policy_json }
        } : holder => {
        for name, json in policies : name => [for s in jsondecode(json).Statement : join(" ", [s.Effect, s.Sid, join(",", sort(flatten([s.Action]))), "on", try(join(",", sort(flatten([s.Resource]))), "itself"), try("for ${jsonencode(s.Principal)}", "-"), try("if ${jsonencode(s.Condition)}", "-")])]
      }
    })}"
  }
}

run "tracing_adds_one_statement" {
  command = plan

  variables {
    xray_tracing = true
  }

  assert {
    condition = jsondecode(module.ingest.policies.tracing).Statement == [{
      Sid      = "SendTraces"
      Effect   = "Allow"
      Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      Resource = "*"
    }]
    error_message = "Tracing needs these two rights, for which AWS knows no narrower resource: ${module.ingest.policies.tracing}"
  }
}

run "without_a_header_only_scheme_the_authorizer_reads_no_key" {
  command = plan

  variables {
    endpoints = {
      github = { preset = "github" }
      stripe = { preset = "stripe" }
    }
  }

  assert {
    condition     = [for statement in jsondecode(module.authorizer.policies.authorizer).Statement : statement.Sid] == ["LookUpEndpoints", "UseTheTablesKey"]
    error_message = "A right that no endpoint needs: ${module.authorizer.policies.authorizer}"
  }
}

run "rights_on_any_stream_are_for_rehydrate_alone" {
  command = plan

  variables {
    stream_rights_on_any = true
  }

  assert {
    condition     = [for statement in jsondecode(module.rehydrate.policies.rehydrate).Statement : [statement.Sid, statement.Action] if contains(flatten([statement.Resource]), "*")] == [["ReadStream", ["dynamodb:GetShardIterator", "dynamodb:GetRecords", "dynamodb:DescribeStream"]]]
    error_message = "Any stream may be read, and nothing else on any: ${module.rehydrate.policies.rehydrate}"
  }

  assert {
    condition     = alltrue(flatten([for policies in [module.router_role.policies, module.watch.policies, module.subscription["in-order"].policies] : [for json in values(policies) : [for statement in jsondecode(json).Statement : !contains(flatten([try(statement.Resource, "itself")]), "*")]]]))
    error_message = "The pipes' own rights stay with the stack's stream: ${jsonencode(module.router_role.policies)}"
  }
}

run "people_hold_no_wildcard_where_aws_knows_a_resource" {
  command = plan

  assert {
    condition = flatten([for json in values(output.operator_policies) : [
      for statement in jsondecode(json).Statement : statement.Action
      if anytrue([for resource in flatten([statement.Resource]) : resource == "*"]) || anytrue([for action in flatten([statement.Action]) : strcontains(action, "*")])
    ]]) == ["cloudwatch:DescribeAlarms"]
    error_message = "Only alarms are looked at wherever they are: ${jsonencode(output.operator_policies)}"
  }

  assert {
    condition = toset([
      for action in flatten([for statement in jsondecode(output.operator_policies.read).Statement : statement.Action]) :
      action if !can(regex(":(Get|Describe|Query|Scan|List|Filter|Receive|ChangeMessageVisibility|Decrypt)", action))
    ]) == toset([])
    error_message = "Who may only read changes nothing: ${output.operator_policies.read}"
  }
}

run "without_a_subscription_only_admit_is_sent_to" {
  command = plan

  variables {
    processors    = {}
    subscriptions = {}
  }

  assert {
    condition     = alltrue(flatten([for json in values(output.operator_policies) : [for statement in jsondecode(json).Statement : length(flatten([try(statement.Resource, [])])) > 0]]))
    error_message = "IAM refuses a statement without a resource: ${output.operator_policies.operate}"
  }

  assert {
    condition     = flatten([for statement in jsondecode(output.operator_policies.operate).Statement : statement.Resource if contains(flatten([statement.Action]), "sqs:SendMessage")]) == ["arn:aws:sqs:eu-west-1:123456789012:coatcheck-admit"]
    error_message = "A sweep by hand tells admit, also where nobody subscribes: ${output.operator_policies.operate}"
  }
}

run "as_many_subscriptions_as_are_said_fit_into_a_managed_policy" {
  command = plan

  variables {
    subscriptions = { for i in range(7) : "subscription-${i}" => { types = ["push"], target = { processor = "one" } } }
  }

  # The README says so.
  assert {
    condition     = alltrue([for json in values(output.operator_policies) : length(jsonencode(jsondecode(json))) <= 6144])
    error_message = "IAM takes 6,144 characters of a managed policy: ${jsonencode({ for name, json in output.operator_policies : name => length(jsonencode(jsondecode(json))) })}"
  }
}

run "as_many_subscriptions_as_are_taken_fit_into_the_policy_of_watch" {
  command = plan

  variables {
    subscriptions = { for i in range(100, 200) : "subscription-no-${i}" => { types = ["push"], target = { processor = "one" } } }
  }

  # IAM counts no white space. A region or a partition with a longer name takes up to 11 characters more for each pipe.
  assert {
    condition     = 100 * 11 + sum([for name, json in module.watch.policies : length(jsonencode(jsondecode(json))) if name != "trust"]) <= 10240 && length(module.watch.environment.PIPES) > 3000
    error_message = "IAM takes 10,240 characters of inline policies: ${sum([for name, json in module.watch.policies : length(jsonencode(jsondecode(json))) if name != "trust"])}"
  }
}
