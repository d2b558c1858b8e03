# The stack's description for `coatcheck`, which needs the stack's name and no Terraform state. The item is in the
# endpoints table, under a name that no endpoint can have.

locals {
  stack = {
    stack  = var.stack
    region = local.region

    api = {
      id    = aws_api_gateway_rest_api.this.id
      stage = aws_api_gateway_stage.v1.stage_name
      url   = aws_api_gateway_stage.v1.invoke_url
    }

    # The host name of your own; null if providers deliver to the default endpoint.
    front_door = one([for door in module.front_door : {
      domain           = door.domain
      default_endpoint = local.default_endpoint
      mtls             = local.has_mtls
      certificate_arn  = door.certificate_arn
      zone_id          = var.front_door.zone_id
      target           = door.target.name
      web_acl_arn      = door.web_acl_arn
    }])

    bucket = aws_s3_bucket.payloads.bucket

    tables = {
      deliveries = one(aws_dynamodb_table.deliveries[*].name)
      endpoints  = aws_dynamodb_table.endpoints.name
      events     = aws_dynamodb_table.events.name
      processed  = aws_dynamodb_table.processed.name
    }

    keys_prefix = local.keys_prefix
    topic_arn   = aws_sns_topic.events.arn

    router = {
      pipe        = aws_pipes_pipe.router.name
      letters_url = module.router_letters.url
      dlq_url     = module.router_dlq.url
      dlq_arn     = local.router_dlq_arn
    }

    # Feeds the ordered subscriptions; null if there are none.
    fan = one([for fan in module.fan : {
      pipe        = fan.pipe_name
      function    = fan.function_name
      letters_url = fan.dead_letters.url
      dlq_url     = fan.dlq.url
      dlq_arn     = fan.dlq.arn
    }])

    admit = {
      queue_url = module.admit_queue.url
      queue_arn = local.admit_queue_arn
      dlq_url   = module.admit_dlq.url
      dlq_arn   = local.admit_dlq_arn
    }

    attributes = local.attributes
    compared   = local.compared

    # What each endpoint declares of its events. An index finds them by those that say so.
    declared = {
      for name, endpoint in var.endpoints : name => {
        for attribute, rule in endpoint.attributes : attribute => { as = rule.as, index = rule.index }
      } if length(endpoint.attributes) > 0
    }

    subscriptions = {
      for name, subscription in module.subscription : name => {
        # Either a pipe reads it, or a function through a mapping.
        pipe = subscription.pipe_name
        deliver = one([for one, destination in module.destination : {
          function    = destination.function.name
          mapping     = destination.mapping
          secret      = destination.secret_name
          url         = try(var.subscriptions[name].target.http.url, null)
          rate_per_s  = var.subscriptions[name].rate_per_s
          concurrency = destination.concurrency
        } if one == name])
        ordered   = var.subscriptions[name].ordered
        enabled   = var.subscriptions[name].enabled
        types     = var.subscriptions[name].types
        endpoints = var.subscriptions[name].endpoints
        filter    = var.subscriptions[name].filter == null ? null : try(jsonencode(jsondecode(var.subscriptions[name].filter)), null)
        # It gets quarantined events, and no others.
        quarantined = var.subscriptions[name].quarantined
        queue_url   = subscription.queue_url
        queue_arn   = subscription.arns.queue
        dlq_url     = subscription.dlq_url
        dlq_arn     = subscription.arns.dlq
        testable    = subscription.testable

        target = {
          kind      = local.targets[name].kind
          arn       = local.targets[name].arn != null ? local.targets[name].arn : try(var.subscriptions[name].target.http.url, null)
          processor = var.subscriptions[name].target.processor
        }
      }
    }

    processors = {
      for name, processor in module.processor : name => {
        kind          = var.processors[name].kind
        function      = processor.function_name
        idempotency   = var.processors[name].idempotency
        inbox_url     = processor.inbox_url
        inbox_arn     = one(processor.inbox_arns[*].inbox)
        inbox_dlq_url = processor.inbox_dlq_url
        inbox_dlq_arn = one(processor.inbox_arns[*].dlq)
      }
    }

    functions = merge(
      {
        admit      = { name = module.admit.name, log_group = module.admit.log_group }
        authorizer = { name = module.authorizer.name, log_group = module.authorizer.log_group }
        ingest     = { name = module.ingest.name, log_group = module.ingest.log_group }
        rehydrate  = { name = module.rehydrate.name, log_group = module.rehydrate.log_group }
        sweep      = { name = module.sweep.name, log_group = module.sweep.log_group }
        watch      = { name = module.watch.name, log_group = module.watch.log_group }
      },
      { for fan in module.fan : "fan" => { name = fan.function_name, log_group = fan.log_group } },
      { for redact in module.redact : "redact" => { name = redact.name, log_group = redact.log_group } },
      { for name, destination in module.destination : "deliver-${name}" => { name = destination.function.name, log_group = destination.function.log_group } },
      { for name, processor in module.processor : name => { name = processor.function_name, log_group = processor.log_group } },
    )

    # The alarms that exist. The output `alarms` has all of them, even if alarms are turned off.
    alarms = keys(local.alarm_descriptions)

    days = {
      payloads  = var.payload_retention_days
      pointers  = var.pointer_ttl_days
      processed = var.processed_ttl_days
      queues    = var.queue_retention_days
    }

    # The endpoints that keep payloads for fewer days.
    retention = local.retention_days

    # Path before an endpoint, by lane.
    lanes = local.lanes
  }
}

resource "aws_dynamodb_table_item" "stack" {
  table_name = aws_dynamodb_table.endpoints.name
  hash_key   = "name"

  item = jsonencode({
    name  = { S = "-" }
    stack = { S = jsonencode(local.stack) }
  })
}
