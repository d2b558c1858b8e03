# What the role of a pipe may do for each kind of target and for an enrichment. The provider is the real one, because a
# mocked one would invent the documents; it has no credentials and plans without calling AWS.

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
  target          = aws_sns_topic.events
  override_during = plan
  values          = { arn = "arn:aws:sns:eu-west-1:123456789012:coatcheck-events" }
}

variables {
  packages_dir = "tests/packages"

  endpoints = {
    github = { preset = "github" }
  }

  processors = {
    one = { kind = "lambda" }
    two = { kind = "workflow" }
  }

  subscriptions = {
    bus      = { types = ["*"], target = { event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b" }, enrich = { processor = "one" } }
    firehose = { types = ["*"], target = { delivery_stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d" }, enrich = { processor = "two" } }
    kinesis  = { types = ["*"], target = { stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s", stream_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/theirs" } }
    plain    = { types = ["*"], target = { stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s" } }
    task = {
      types = ["*"]
      target = {
        ecs = {
          cluster         = "arn:aws:ecs:eu-west-1:123456789012:cluster/c"
          task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:1"
          container       = "job"
          cpu             = 256
          memory_mb       = 512
          subnets         = ["subnet-1"]
          task_roles      = ["arn:aws:iam::123456789012:role/task", "arn:aws:iam::123456789012:role/start"]
        }
      }
    }
    job = {
      types = ["*"]
      target = {
        batch = {
          job_queue      = "arn:aws:batch:eu-west-1:123456789012:job-queue/q"
          job_definition = "arn:aws:batch:eu-west-1:123456789012:job-definition/d:1"
        }
      }
    }
  }
}

run "a_pipe_may_call_its_target_and_its_enrichment_and_nothing_else" {
  command = plan

  assert {
    condition = jsonencode({
      for name, s in module.subscription : name => sort(flatten([for policy in ["target", "enrichment"] : [
        for statement in try(jsondecode(s.policies[policy]).Statement, []) :
        join(" ", [statement.Sid, join(",", sort(flatten([statement.Action]))), join(",", sort(flatten([statement.Resource]))), try(jsonencode(statement.Condition), "-")])
      ]]))
      }) == jsonencode({
      bus      = ["Enrich lambda:InvokeFunction arn:aws:lambda:eu-west-1:123456789012:function:coatcheck-one -", "PutOnTarget events:PutEvents arn:aws:events:eu-west-1:123456789012:event-bus/b -"]
      firehose = ["Enrich states:StartSyncExecution arn:aws:states:eu-west-1:123456789012:stateMachine:coatcheck-two -", "PutIntoTarget firehose:PutRecordBatch arn:aws:firehose:eu-west-1:123456789012:deliverystream/d -"]
      job      = ["SubmitJob batch:SubmitJob arn:aws:batch:eu-west-1:123456789012:job-definition/d:1,arn:aws:batch:eu-west-1:123456789012:job-queue/q -"]
      kinesis  = ["EncryptForTarget kms:GenerateDataKey arn:aws:kms:eu-west-1:123456789012:key/theirs ${jsonencode({ StringEquals = { "kms:ViaService" = "kinesis.eu-west-1.amazonaws.com" } })}", "PutIntoTarget kinesis:PutRecords arn:aws:kinesis:eu-west-1:123456789012:stream/s -"]
      plain    = ["PutIntoTarget kinesis:PutRecords arn:aws:kinesis:eu-west-1:123456789012:stream/s -"]
      task     = ["HandRolesToTasks iam:PassRole arn:aws:iam::123456789012:role/start,arn:aws:iam::123456789012:role/task ${jsonencode({ StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } })}", "RunTask ecs:RunTask arn:aws:ecs:eu-west-1:123456789012:task-definition/t:1 ${jsonencode({ ArnEquals = { "ecs:cluster" = "arn:aws:ecs:eu-west-1:123456789012:cluster/c" } })}"]
    })
    error_message = "Rights: ${jsonencode({ for name, s in module.subscription : name => { for policy, json in s.policies : policy => json if contains(["target", "enrichment"], policy) } })}"
  }

  assert {
    condition = { for name, p in module.processor : name => [for s in jsondecode(p.policies.redeem).Statement : s.Sid] } == {
      for name in ["one", "two"] : name => ["DecryptPayloadsThroughS3", "RedeemSubscribedPayloads", "TellExpiredFromForbidden"]
    }
    error_message = "An enrichment must be able to redeem what it enriches."
  }

  assert {
    condition     = alltrue([for p in module.processor : !contains(keys(p.policies), "reject")])
    error_message = "An enrichment gives nothing up: what it fails, the queue tries again. It needs no right to a DLQ."
  }
}
