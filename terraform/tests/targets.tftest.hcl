# The kinds of targets that Pipes calls by itself, and enrichments: what each plans.

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
    bus      = { types = ["*"], target = { event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b" } }
    named    = { types = ["*"], target = { event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b", event_source = "com.example/hooks" } }
    kinesis  = { types = ["*"], target = { stream_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s" }, batch_size = 500, batching_window_s = 1 }
    firehose = { types = ["*"], target = { delivery_stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d" } }
    fifo     = { types = ["*"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q.fifo" } }
    plain    = { types = ["*"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q" } }
    fair     = { types = ["*"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q" }, fair_by = "endpoint" }
    fairer   = { types = ["*"], target = { processor = "three" }, fair_by = "ordering_key" }
    task = {
      types = ["*"]
      target = {
        ecs = {
          cluster         = "arn:aws:ecs:eu-west-1:123456789012:cluster/c"
          task_definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3"
          container       = "job"
          cpu             = 256
          memory_mb       = 512
          subnets         = ["subnet-1a"]
          security_groups = ["sg-1a"]
          task_roles      = ["arn:aws:iam::123456789012:role/task"]
        }
      }
    }
    command = {
      types = ["*"]
      target = {
        ecs = {
          cluster           = "arn:aws:ecs:eu-west-1:123456789012:cluster/c"
          task_definition   = "arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3"
          container         = "job"
          cpu               = 256
          memory_mb         = 512
          subnets           = ["subnet-1a"]
          task_roles        = []
          launch_type       = "EC2"
          capacity_provider = "spot"
          event_in          = "command"
          command           = ["handle", "--event"]
        }
      }
    }
    job = {
      types = ["*"]
      target = {
        batch = {
          job_queue      = "arn:aws:batch:eu-west-1:123456789012:job-queue/q"
          job_definition = "arn:aws:batch:eu-west-1:123456789012:job-definition/d:3"
          attempts       = 3
        }
      }
    }
    enriched-bus      = { types = ["*"], target = { event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b" }, enrich = { processor = "two" } }
    enriched-fifo     = { types = ["*"], target = { queue_arn = "arn:aws:sqs:eu-west-1:123456789012:q.fifo" }, enrich = { processor = "one" } }
    enriched-firehose = { types = ["*"], target = { delivery_stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d" }, enrich = { lambda_arn = "arn:aws:lambda:eu-west-1:123456789012:function:f" } }
  }
}

run "each_kind_gets_what_it_needs" {
  command = plan

  assert {
    condition = { for name in ["bus", "named"] : name => [for p in module.subscription[name].pipe_parameters.target[0].eventbridge_event_bus_parameters : [p.detail_type, p.source, join(",", p.resources), p.time]] } == {
      bus   = [["$.body.type", "coatcheck.coatcheck", "arn:aws:s3:::coatcheck-payloads-123456789012-eu-west-1", "$.body.time"]]
      named = [["$.body.type", "com.example/hooks", "arn:aws:s3:::coatcheck-payloads-123456789012-eu-west-1", "$.body.time"]]
    }
    error_message = "An entry on a bus must name the event's type, its source, the bucket of its payload and its time: ${jsonencode(module.subscription["bus"].pipe_parameters.target)}"
  }

  assert {
    condition     = module.subscription["kinesis"].pipe_parameters.target[0].kinesis_stream_parameters[0].partition_key == "$.body.partitionkey" && module.subscription["kinesis"].pipe_parameters.source[0].sqs_queue_parameters[0].batch_size == 500
    error_message = "A record's partition key must be that of its event, so that events with one ordering key share a shard."
  }

  assert {
    condition     = alltrue([for name in ["bus", "kinesis", "firehose", "fifo"] : module.subscription[name].pipe_parameters.target[0].input_template == replace(module.cloudevent.from_queue, "\"deliveryid\"", "\"subscription\":\"${name}\",\"deliveryid\"")])
    error_message = "A bus, a stream and a FIFO queue must get the same event as any target."
  }

  assert {
    condition = jsonencode({ for name in ["fifo", "plain", "fair", "fairer"] : name => [for p in module.subscription[name].pipe_parameters.target[0].sqs_queue_parameters : [p.message_group_id, p.message_deduplication_id]] }) == jsonencode({
      fifo   = [["$.body.partitionkey", "$.messageId"]]
      plain  = []
      fair   = [["$.body.source", null]]
      fairer = [["$.body.partitionkey", null]]
    })
    error_message = "Groups: ${jsonencode({ for name in ["fifo", "plain", "fair", "fairer"] : name => module.subscription[name].pipe_parameters.target[0].sqs_queue_parameters })}"
  }

  assert {
    condition     = { for name in ["task", "command", "job", "bus"] : name => module.subscription[name].pipe_parameters.source[0].sqs_queue_parameters[0].batch_size } == { task = 1, command = 1, job = 1, bus = 10 }
    error_message = "A task or a job must get one event: Pipes has no batches for them."
  }

  # A task gets its event and where to reject it.
  assert {
    condition = [for p in module.subscription["task"].pipe_parameters.target[0].ecs_task_parameters : [
      p.task_definition_arn, tostring(p.task_count), p.launch_type, p.network_configuration[0].aws_vpc_configuration[0].assign_public_ip,
      p.overrides[0].container_override[0].name, join(",", [for c in p.overrides[0].container_override : "${c.cpu}/${c.memory}/${c.memory_reservation}"]), join(",", [for v in p.overrides[0].container_override[0].environment : "${v.name}=${v.value}"]),
    ]] == [["arn:aws:ecs:eu-west-1:123456789012:task-definition/t:3", "1", "FARGATE", "DISABLED", "job", "256/512/511", "EVENT=$.body,STACK=coatcheck,SUBSCRIPTION=task"]]
    error_message = "The task: ${jsonencode(module.subscription["task"].pipe_parameters.target[0].ecs_task_parameters)}"
  }

  assert {
    condition = [for p in module.subscription["command"].pipe_parameters.target[0].ecs_task_parameters : [
      p.launch_type == null, p.capacity_provider_strategy[0].capacity_provider == "spot", p.network_configuration[0].aws_vpc_configuration[0].assign_public_ip == null,
      p.overrides[0].container_override[0].command == tolist(["handle", "--event", "$.body"]),
      [for v in p.overrides[0].container_override[0].environment : v.name] == ["STACK", "SUBSCRIPTION"],
    ]] == [[true, true, true, true, true]]
    error_message = "The command: ${jsonencode(module.subscription["command"].pipe_parameters.target[0].ecs_task_parameters)}"
  }

  assert {
    condition = [for p in module.subscription["job"].pipe_parameters.target[0].batch_job_parameters : [
      p.job_definition, p.job_name, tostring(p.retry_strategy[0].attempts), join(",", [for v in p.container_overrides[0].environment : "${v.name}=${v.value}"]),
    ]] == [["arn:aws:batch:eu-west-1:123456789012:job-definition/d:3", "coatcheck-job", "3", "EVENT=$.body,STACK=coatcheck,SUBSCRIPTION=job"]]
    error_message = "The job: ${jsonencode(module.subscription["job"].pipe_parameters.target[0].batch_job_parameters)}"
  }

  # What `coatcheck subscriptions` shows.
  assert {
    condition = jsonencode({ for name in ["bus", "kinesis", "firehose", "task", "job"] : name => local.stack.subscriptions[name].target }) == jsonencode({
      bus      = { kind = "bus", arn = "arn:aws:events:eu-west-1:123456789012:event-bus/b", processor = null }
      kinesis  = { kind = "kinesis", arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s", processor = null }
      firehose = { kind = "firehose", arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d", processor = null }
      task     = { kind = "ecs", arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/c", processor = null }
      job      = { kind = "batch", arn = "arn:aws:batch:eu-west-1:123456789012:job-queue/q", processor = null }
    })
    error_message = "The stack's description must name each kind."
  }

  # An enrichment gets the event and the target its answer.
  assert {
    condition = jsonencode({ for name in ["enriched-bus", "enriched-fifo", "enriched-firehose", "bus"] : name => [
      module.subscription[name].pipe_parameters.enrichment.parameters[*].input_template, try(module.subscription[name].pipe_parameters.target[0].input_template, null) == null,
      ] }) == jsonencode({
      enriched-bus      = [[replace(module.cloudevent.from_queue, "\"deliveryid\"", "\"subscription\":\"enriched-bus\",\"deliveryid\"")], true]
      enriched-fifo     = [[replace(module.cloudevent.from_queue, "\"deliveryid\"", "\"subscription\":\"enriched-fifo\",\"deliveryid\"")], true]
      enriched-firehose = [[replace(module.cloudevent.from_queue, "\"deliveryid\"", "\"subscription\":\"enriched-firehose\",\"deliveryid\"")], true]
      bus               = [[], false]
    })
    error_message = "Enrichments: ${jsonencode({ for name, s in module.subscription : name => s.pipe_parameters.enrichment })}"
  }

  assert {
    condition     = module.subscription["enriched-firehose"].pipe_parameters.enrichment.arn == "arn:aws:lambda:eu-west-1:123456789012:function:f"
    error_message = "The pipe must call the function that the subscription names."
  }

  assert {
    condition = [
      [for p in module.subscription["enriched-bus"].pipe_parameters.target[0].eventbridge_event_bus_parameters : [p.detail_type, join(",", p.resources), p.time]],
      [for p in module.subscription["enriched-fifo"].pipe_parameters.target[0].sqs_queue_parameters : [p.message_group_id, p.message_deduplication_id]],
    ] == [[["$.type", "arn:aws:s3:::coatcheck-payloads-123456789012-eu-west-1", "$.time"]], [["$.partitionkey", "$.deliveryid"]]]
    error_message = "After an enrichment, paths must lead into its answer."
  }

  # It may redeem what it enriches.
  assert {
    condition     = toset(keys(module.processor_redeem)) == toset(["one", "two", "three"]) && jsonencode(local.redeeming) == jsonencode({ one = ["enriched-fifo"], two = ["enriched-bus"], three = ["fairer"] })
    error_message = "An enrichment must be able to redeem the payloads of what it enriches: ${jsonencode(local.redeeming)}"
  }
}

