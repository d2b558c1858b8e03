locals {
  # By name and not from the module: to Terraform, a module instance that no constant names means the whole module, and
  # a pipe's role would wait for every processor.
  processor_targets = {
    for name, processor in var.processors : name => {
      workflow = { kind = "express", arn = "${local.arn_prefixes.states}:stateMachine:${var.stack}-${name}" }
      queue    = { kind = "queue", arn = "${local.arn_prefixes.sqs}:${var.stack}-${name}-inbox" }
      lambda   = { kind = "lambda", arn = "${local.arn_prefixes.lambda}:function:${var.stack}-${name}" }
    }[processor.kind]
  }

  # The attributes of `target` of which a subscription has exactly one, with the kind of each. What is called is the
  # attribute itself, or part of it.
  target_kinds = {
    lambda_arn          = "lambda"
    queue_arn           = "queue"
    event_bus_arn       = "bus"
    stream_arn          = "kinesis"
    delivery_stream_arn = "firehose"
    ecs                 = "ecs"
    batch               = "batch"
    http                = "http"
  }

  # What each subscription calls: a processor of this stack, or the target that you named.
  targets = {
    for name, subscription in var.subscriptions : name => merge(
      {
        kind = try(
          local.processor_targets[subscription.target.processor].kind,
          subscription.target.state_machine_arn == null ? one([for key, kind in local.target_kinds : kind if subscription.target[key] != null]) : lower(subscription.target.state_machine_type),
        )
        arn = try(
          local.processor_targets[subscription.target.processor].arn,
          coalesce(
            subscription.target.lambda_arn,
            subscription.target.state_machine_arn,
            subscription.target.queue_arn,
            subscription.target.event_bus_arn,
            subscription.target.stream_arn,
            subscription.target.delivery_stream_arn,
            try(subscription.target.ecs.cluster, null),
            try(subscription.target.batch.job_queue, null),
          ),
          null,
        )
        encrypted   = subscription.target.processor != null || subscription.target.queue_kms_key_arn != null
        kms_key_arn = subscription.target.processor != null ? local.arns.key : try(coalesce(subscription.target.queue_kms_key_arn, subscription.target.stream_kms_key_arn), null)
      },
      { for key in ["event_source", "ecs", "batch"] : key => subscription.target[key] },
    )
  }

  # What each subscription's pipe calls before its target.
  enrichments = {
    for name, subscription in var.subscriptions : name => subscription.enrich == null ? null : {
      kind = (
        (subscription.enrich.processor == null) == (subscription.enrich.lambda_arn == null) ? null
        : subscription.enrich.lambda_arn != null ? "lambda" : try(local.processor_targets[subscription.enrich.processor].kind, null)
      )
      arn = subscription.enrich.lambda_arn != null ? subscription.enrich.lambda_arn : try(local.processor_targets[subscription.enrich.processor].arn, null)
    }
  }
}
