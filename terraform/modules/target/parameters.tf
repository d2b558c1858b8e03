# Parameters of the target. A parameter takes a path only as its whole value, and from the event before the target's
# template.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html

locals {
  enriched = var.enrichment != null

  # In the queue, an event is a message's body. After an enrichment, it is what the enrichment answered: its answer may
  # be longer or shorter than the batch, so no path can lead into the messages.
  event = local.enriched ? "$" : "$.body"

  # AWS takes 128 characters of ASCII for a group. A ref or an ordering key may be longer and hold any character: the
  # partition key is a digest.
  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html
  key = "${local.event}.partitionkey"

  # What a task or a job gets. As messages lack the subscription's name, it is a variable of its own: by the stack and
  # the subscription one finds the DLQ.
  environment = [
    { name = "EVENT", value = local.event },
    { name = "STACK", value = var.stack },
    { name = "SUBSCRIPTION", value = var.name },
  ]

  ecs = var.target.ecs

  parameters = {
    lambda  = var.target.kind == "lambda"
    machine = contains(["express", "standard"], var.target.kind) ? var.target.kind : null

    sqs = var.target.kind != "queue" ? null : endswith(var.target.arn, ".fifo") ? {
      message_group_id = local.key
      # A message that is delivered to the pipe again keeps its id, and so does an event that fan sends again.
      message_deduplication_id = local.enriched ? "$.deliveryid" : "$.messageId"
      } : var.fair_by == null ? null : {
      message_group_id         = var.fair_by == "endpoint" ? "${local.event}.source" : local.key
      message_deduplication_id = null
    }

    bus = var.target.kind != "bus" ? null : {
      detail_type = "${local.event}.type"
      source      = coalesce(var.target.event_source, "coatcheck.${var.stack}")
      # Pipes would take a path here, to the payload itself; the provider takes ARNs only. The event names the payload.
      resources = [var.bucket_arn]
      time      = "${local.event}.time"
    }

    kinesis = var.target.kind != "kinesis" ? null : { partition_key = local.key }

    ecs = local.ecs == null ? null : {
      task_definition   = local.ecs.task_definition
      launch_type       = local.ecs.capacity_provider == null ? local.ecs.launch_type : null
      capacity_provider = local.ecs.capacity_provider
      platform_version  = local.ecs.platform_version
      subnets           = local.ecs.subnets
      security_groups   = local.ecs.security_groups
      assign_public_ip  = local.ecs.launch_type != "FARGATE" ? null : local.ecs.assign_public_ip ? "ENABLED" : "DISABLED"
      container         = local.ecs.container
      cpu               = local.ecs.cpu
      memory            = local.ecs.memory_mb
      # ECS demands less than `memory`.
      memory_reservation = local.ecs.memory_mb - 1
      command            = local.ecs.event_in == "command" ? concat(local.ecs.command, [local.event]) : null
      environment        = [for variable in local.environment : variable if variable.name != "EVENT" || local.ecs.event_in == "environment"]
    }

    batch = var.target.batch == null ? null : {
      job_definition = var.target.batch.job_definition
      job_name       = "${var.stack}-${var.name}"
      attempts       = var.target.batch.attempts
      environment    = local.environment
    }
  }
}
