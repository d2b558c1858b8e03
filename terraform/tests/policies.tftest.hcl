# Every statement of every policy, compared with policies.expected.json: one more action, resource or wildcard in any of
# them makes this fail. The order of statements does not count, because IAM joins them by a logical OR:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html. The provider is the real one, because a mocked
# one would invent the documents; it has no credentials and plans without calling AWS.

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

# Queues' policies name it, and no role's does.
override_resource {
  target          = aws_sns_topic.events
  override_during = plan
  values          = { arn = "arn:aws:sns:eu-west-1:123456789012:coatcheck-events" }
}

variables {
  packages         = { dir = "tests/packages" }
  alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:oncall"]

  # The headers alone verify the last three, so the authorizer may read their keys. watch writes those of the last.
  endpoints = {
    github = { preset = "github" }
    stripe = { preset = "stripe" }
    door   = { custom = jsonencode({ kind = "token", header = "x-token" }), dedupe_window_s = 3600 }
    bank   = { custom = jsonencode({ kind = "http-message", algorithm = "hmac-sha256", components = ["content-digest"] }) }
    pubsub = { preset = "google-pubsub", jwt = { audience = ["hooks"], claims = { email = "push@example" } } }
  }

  processors = {
    one   = { kind = "lambda" }
    two   = { kind = "workflow" }
    three = { kind = "queue" }
  }

  subscriptions = {
    to-one        = { types = ["push"], endpoints = ["stripe", "github"], target = { processor = "one" } }
    to-two        = { types = ["*"], target = { processor = "two" } }
    to-three      = { types = ["*"], endpoints = ["github"], target = { processor = "three" } }
    in-order      = { types = ["*"], endpoints = ["github"], target = { processor = "one" }, ordered = true }
    to-standard   = { types = ["*"], target = { state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m", state_machine_type = "STANDARD" } }
    to-http       = { types = ["*"], endpoints = ["github"], target = { http = { url = "https://a.example/", auth = { type = "basic" } } } }
    http-in-order = { types = ["*"], target = { http = { url = "https://a.example/" } }, ordered = true, rate_per_s = 10 }
    paced = {
      types      = ["*"]
      rate_per_s = 10
      target = {
        queue_arn         = "arn:aws:sqs:eu-west-1:123456789012:theirs"
        queue_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/theirs"
      }
    }
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
        fan                      = module.fan[0].policies.function
        fan_pipe                 = module.fan[0].policies.pipe
        fan_dlq                  = { policy = module.fan[0].policies.dlq }
        fan_letters              = { policy = module.fan[0].policies.letters }
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
        subscription_to_http     = module.subscription["to-http"].policies
        subscription_http_order  = module.subscription["http-in-order"].policies
        subscription_paced       = module.subscription["paced"].policies
        deliver_to_http          = module.destination["to-http"].function.policies
        deliver_http_in_order    = module.destination["http-in-order"].function.policies
        deliver_paced            = module.destination["paced"].function.policies
        redeem_all               = { policy = output.subscriptions["to-two"].redeem_policy_json }
        redeem_some              = { policy = output.subscriptions["to-one"].redeem_policy_json }
        } : holder => {
        for name, json in policies : name => sort([for s in jsondecode(json).Statement : join(" ", [s.Effect, s.Sid, join(",", sort(flatten([s.Action]))), "on", try(join(",", sort(flatten([s.Resource]))), "itself"), try("for ${jsonencode(s.Principal)}", "-"), try("if ${jsonencode(s.Condition)}", "-")])])
      }
      }) == jsonencode({
      for holder, policies in jsondecode(file("tests/policies.expected.json")) : holder => { for name, statements in policies : name => sort(statements) }
    })

    error_message = "Policies differ from policies.expected.json. They are: ${jsonencode({
      for holder, policies in {
        key                      = { policy = data.aws_iam_policy_document.key.json }
        bucket                   = { policy = data.aws_iam_policy_document.bucket.json }
        topic                    = { policy = data.aws_iam_policy_document.topic.json }
        router_dlq               = { policy = module.router_dlq.policy }
        router_letters           = { policy = module.router_letters.policy }
        fan                      = module.fan[0].policies.function
        fan_pipe                 = module.fan[0].policies.pipe
        fan_dlq                  = { policy = module.fan[0].policies.dlq }
        fan_letters              = { policy = module.fan[0].policies.letters }
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
        subscription_to_http     = module.subscription["to-http"].policies
        subscription_http_order  = module.subscription["http-in-order"].policies
        subscription_paced       = module.subscription["paced"].policies
        deliver_to_http          = module.destination["to-http"].function.policies
        deliver_http_in_order    = module.destination["http-in-order"].function.policies
        deliver_paced            = module.destination["paced"].function.policies
        redeem_all               = { policy = output.subscriptions["to-two"].redeem_policy_json }
        redeem_some              = { policy = output.subscriptions["to-one"].redeem_policy_json }
        } : holder => {
        for name, json in policies : name => sort([for s in jsondecode(json).Statement : join(" ", [s.Effect, s.Sid, join(",", sort(flatten([s.Action]))), "on", try(join(",", sort(flatten([s.Resource]))), "itself"), try("for ${jsonencode(s.Principal)}", "-"), try("if ${jsonencode(s.Condition)}", "-")])])
      }
    })}"
  }

  # People hold no wildcard where aws knows a resource.
  assert {
    condition = flatten([for json in values(output.operator_policies) : [
      for statement in jsondecode(json).Statement : statement.Action
      if anytrue([for resource in flatten([statement.Resource]) : resource == "*"]) || anytrue([for action in flatten([statement.Action]) : strcontains(action, "*")])
    ]]) == ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"]
    error_message = "Only alarms and metrics may be read across the account: ${jsonencode(output.operator_policies)}"
  }

  assert {
    condition = toset([
      for action in flatten([for statement in jsondecode(output.operator_policies.read).Statement : statement.Action]) :
      action if !can(regex(":(BatchGet|Get|Describe|Query|Scan|List|Filter|Receive|ChangeMessageVisibility|Decrypt)", action))
    ]) == toset([])
    error_message = "The policy read must allow no change: ${output.operator_policies.read}"
  }

  assert {
    condition     = [for name, json in output.operator_policies : name if strcontains(json, "GetSecretValue")] == ["verify"]
    error_message = "Only the policy verify may read signing secrets: ${jsonencode(output.operator_policies)}"
  }

  assert {
    condition     = [for name, json in output.operator_policies : name if strcontains(json, "s3:DeleteObject") || strcontains(json, "s3:ListBucketVersions")] == ["erase"]
    error_message = "Only the policy erase may delete payloads, and only with it does `coatcheck erase` begin: ${jsonencode(output.operator_policies)}"
  }

  assert {
    condition     = !strcontains(output.operator_policies.read, "secretsmanager")
    error_message = "The policy read must not allow decrypting a signing secret: ${output.operator_policies.read}"
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
    error_message = "Tracing must add these two rights, for which AWS has no narrower resource: ${module.ingest.policies.tracing}"
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
    error_message = "The role has a right that no endpoint needs: ${module.authorizer.policies.authorizer}"
  }

  assert {
    condition     = !contains(keys(module.watch.policies), "key-sets") && !strcontains(jsonencode(module.watch.policies), "secretsmanager")
    error_message = "Without an issuer watch may touch no secret: ${jsonencode(module.watch.policies)}"
  }
}

run "rights_on_any_stream_are_for_rehydrate_alone" {
  command = plan

  variables {
    stream_rights_on_any = true
  }

  assert {
    condition     = [for statement in jsondecode(module.rehydrate.policies.rehydrate).Statement : [statement.Sid, statement.Action] if contains(flatten([statement.Resource]), "*")] == [["ReadStream", ["dynamodb:GetShardIterator", "dynamodb:GetRecords", "dynamodb:DescribeStream"]]]
    error_message = "The right on any stream must be the only one on any resource: ${module.rehydrate.policies.rehydrate}"
  }

  assert {
    condition     = alltrue(flatten([for policies in [module.router_role.policies, module.watch.policies, module.subscription["in-order"].policies] : [for json in values(policies) : [for statement in jsondecode(json).Statement : contains(["ListStreams", "ReadRefusals"], statement.Sid) || !contains(flatten([try(statement.Resource, "itself")]), "*")]]]))
    error_message = "The pipes' own rights must be limited to the stack's stream: ${jsonencode(module.router_role.policies)}"
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
    error_message = "A manual sweep must be able to notify admit even without subscriptions: ${output.operator_policies.operate}"
  }
}

run "as_many_subscriptions_as_are_said_fit_into_a_managed_policy" {
  command = plan

  variables {
    subscriptions = { for i in range(6) : "subscription-${i}" => { types = ["push"], target = { processor = "one" } } }
  }

  # The README says so.
  assert {
    condition     = alltrue([for json in values(output.operator_policies) : length(replace(jsonencode(jsondecode(json)), "key/k", "key/00000000-0000-0000-0000-000000000000")) <= 6144])
    error_message = "IAM takes 6,144 characters of a managed policy: ${jsonencode({ for name, json in output.operator_policies : name => length(jsonencode(jsondecode(json))) })}"
  }
}

run "as_many_subscriptions_as_are_taken_fit_into_the_policy_of_watch" {
  command = plan

  variables {
    subscriptions = { for i in range(100, 200) : "subscription-no-${i}" => { types = ["push"], target = { processor = "one" } } }
  }

  # IAM counts no white space. A longer name of a region or partition takes up to 11 characters more for each pipe.
  assert {
    condition     = 100 * 11 + sum([for name, json in module.watch.policies : length(jsonencode(jsondecode(json))) if name != "trust"]) <= 10240 && length(module.watch.environment.PIPES) > 3000
    error_message = "IAM takes 10,240 characters of inline policies: ${sum([for name, json in module.watch.policies : length(jsonencode(jsondecode(json))) if name != "trust"])}"
  }
}
