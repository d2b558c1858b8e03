output "endpoint_urls" {
  description = "The URL that you give to each endpoint's provider."
  value       = local.endpoint_urls
}

output "endpoint_secrets" {
  description = "Name of the secret for each endpoint's signing keys."
  value       = { for name, endpoint in module.endpoint : name => endpoint.secret_name }
}

output "api" {
  description = "The REST API and its stage."
  value = {
    id    = aws_api_gateway_rest_api.this.id
    stage = aws_api_gateway_stage.v1.stage_name
    url   = aws_api_gateway_stage.v1.invoke_url
  }
}

output "front_door" {
  description = "The host name before the API and what it must lead to in DNS; null without one. The stack makes the record itself if you set zone_id."
  value = one([for door in module.front_door : {
    domain          = door.domain
    target          = door.target
    certificate_arn = door.certificate_arn
    web_acl_arn     = door.web_acl_arn
  }])
}

output "bucket" {
  description = "Bucket of the payloads."
  value       = aws_s3_bucket.payloads.bucket
}

output "tables" {
  description = "Names of the tables."
  value = {
    deliveries = one(aws_dynamodb_table.deliveries[*].name)
    endpoints  = aws_dynamodb_table.endpoints.name
    events     = aws_dynamodb_table.events.name
    processed  = aws_dynamodb_table.processed.name
  }
}

output "topic" {
  description = "ARN of the topic that buffered subscriptions listen to."
  value       = aws_sns_topic.events.arn
}

output "kms_key" {
  description = "ARN of the stack's key."
  value       = local.key_arn
}

output "kms_key_policy_json" {
  description = "The statements that the policy of a key of your own (kms_key_arn) needs so that SNS, EventBridge and CloudWatch Logs can use it for the stack."
  value       = module.key_policy.json
}

output "vpc_endpoints" {
  description = "Names of the AWS services that the stack's functions call, as VPC endpoints have them. In a VPC without a way to the internet each needs an endpoint: s3 and dynamodb a gateway, the others an interface."
  value       = local.called_services
}

output "router" {
  description = "The pipe that routes new events, its DLQ, and the queue of the dead letters that rehydrate turns into events again."
  value = {
    pipe        = aws_pipes_pipe.router.name
    dlq_url     = module.router_dlq.url
    letters_url = module.router_letters.url
  }
}

output "fan" {
  description = "What feeds the ordered subscriptions: its pipe, its DLQ, and the queue of the dead letters that rehydrate turns into events again; null if there are none."
  value       = local.stack.fan
}

output "admit" {
  description = "The queue of deliveries of the direct lane that wait for admit, and its DLQ."
  value = {
    queue_url = module.admit_queue.url
    dlq_url   = module.admit_dlq.url
  }
}

output "subscriptions" {
  description = "By subscription: its pipe or, if `deliver` reads it, its function and its secret, its queue, its DLQ, and the policy that lets a target redeem its payloads."
  value = {
    for name, subscription in module.subscription : name => {
      pipe               = subscription.pipe_name
      function           = try(module.destination[name].function.name, null)
      secret             = try(module.destination[name].secret_name, null)
      queue_url          = subscription.queue_url
      dlq_url            = subscription.dlq_url
      redeem_policy_json = replace(module.redeem[name].policy_json, local.arns.key, local.key_arn)
    }
  }
}

output "functions" {
  description = "By function: its name and log group."
  value       = local.stack.functions
}

output "processors" {
  description = "By processor: its kind, function and role, and its state machine or inbox, if its kind has one."
  value = {
    for name, processor in module.processor : name => {
      kind              = var.processors[name].kind
      function          = processor.function_name
      role              = processor.role_name
      state_machine_arn = processor.state_machine_arn
      inbox_url         = processor.inbox_url
      inbox_dlq_url     = processor.inbox_dlq_url
    }
  }
}

output "stack" {
  description = "The parts of the stack, as `coatcheck` reads them from the endpoints table."
  value       = local.stack
}

output "operator_policies" {
  description = "IAM policies for people who use `coatcheck`, as JSON: `read` for commands that only read; with `verify`, commands that need signing secrets; with both and `operate`, commands that change something. `reveal`, which exists while an endpoint has `redact`, takes the place of `read` for people who may see what is redacted."
  value = merge({ for name, json in local.read_policies : name => replace(json, local.arns.key, local.key_arn) }, {
    verify  = replace(data.aws_iam_policy_document.verify.json, local.arns.key, local.key_arn)
    operate = replace(data.aws_iam_policy_document.operate.json, local.arns.key, local.key_arn)
  })
}

output "heartbeats_url" {
  description = "URL of the queue from which watch receives its heartbeats."
  value       = module.heartbeats.url
}

output "alarms" {
  description = "What each alarm watches and where its page is, by name, even with alarms_enabled = false."
  value       = local.all_alarms
}

output "dashboard" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}
