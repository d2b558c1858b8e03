# What the module gives.

output "endpoint_urls" {
  description = "The URL that you give to each endpoint's provider."
  value       = module.coatcheck.endpoint_urls
}

output "endpoint_secrets" {
  description = "Name of the secret for each endpoint's signing keys."
  value       = module.coatcheck.endpoint_secrets
}

output "api" {
  description = "The REST API and its stage."
  value       = module.coatcheck.api
}

output "front_door" {
  description = "The host name before the API and what it must lead to in DNS; null without one."
  value       = module.coatcheck.front_door
}

output "bucket" {
  description = "Bucket of the payloads."
  value       = module.coatcheck.bucket
}

output "tables" {
  description = "Names of the tables."
  value       = module.coatcheck.tables
}

output "topic" {
  description = "ARN of the topic that buffered subscriptions listen to."
  value       = module.coatcheck.topic
}

output "kms_key" {
  description = "ARN of the stack's key."
  value       = module.coatcheck.kms_key
}

output "kms_key_policy_json" {
  description = "The statements that the policy of a key of your own (kms_key_arn) needs so that SNS, EventBridge and CloudWatch Logs can use it for the stack."
  value       = module.coatcheck.kms_key_policy_json
}

output "vpc_endpoints" {
  description = "Names of the AWS services that the stack's functions call, as VPC endpoints have them. In a VPC without a way to the internet each needs an endpoint: s3 and dynamodb a gateway, the others an interface."
  value       = module.coatcheck.vpc_endpoints
}

output "router" {
  description = "The pipe that routes new events, its DLQ, and the queue of the dead letters that rehydrate turns into events again."
  value       = module.coatcheck.router
}

output "fan" {
  description = "What feeds the ordered subscriptions: its pipe, its DLQ, and the queue of the dead letters that rehydrate turns into events again; null if there are none."
  value       = module.coatcheck.fan
}

output "admit" {
  description = "The queue of deliveries of the direct lane that wait for admit, and its DLQ."
  value       = module.coatcheck.admit
}

output "subscriptions" {
  description = "By subscription: its pipe or, if `deliver` reads it, its function and its secret, its queue, its DLQ, and the policy that lets a target redeem its payloads."
  value       = module.coatcheck.subscriptions
}

output "functions" {
  description = "By function: its name and log group."
  value       = module.coatcheck.functions
}

output "processors" {
  description = "By processor: its kind, function and role, and its state machine or inbox, if its kind has one."
  value       = module.coatcheck.processors
}

output "stack" {
  description = "The parts of the stack, as `coatcheck` reads them from the endpoints table."
  value       = module.coatcheck.stack
}

output "operator_policies" {
  description = "IAM policies for people who use `coatcheck`, as JSON: `read` for commands that only read; with `verify`, commands that need signing secrets; with both and `operate`, commands that change something; with `read` and `erase`, `coatcheck erase`."
  value       = module.coatcheck.operator_policies
}

output "heartbeats_url" {
  description = "URL of the queue from which watch receives its heartbeats."
  value       = module.coatcheck.heartbeats_url
}

output "alarms" {
  description = "What each alarm watches and where its page is, by name, even with alarms_enabled = false."
  value       = module.coatcheck.alarms
}

output "dashboard" {
  description = "Name of the dashboard."
  value       = module.coatcheck.dashboard
}
