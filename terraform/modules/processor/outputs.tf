output "made_target_arn" {
  description = "ARN of what a subscription's pipe calls. It is known once that exists, so that the pipe waits for it."
  value       = local.workflow ? aws_sfn_state_machine.this[0].arn : local.inbox ? module.inbox[0].arn : module.function.arn
}

output "function_name" {
  description = "Name of the function."
  value       = module.function.name
}

output "function_arn" {
  description = "ARN of the function."
  value       = module.function.arn
}

output "role_name" {
  description = "Name of the function's role."
  value       = module.function.role_name
}

output "log_group" {
  description = "Name of the function's log group."
  value       = module.function.log_group
}

output "state_machine_arn" {
  description = "ARN of the workflow; null for other kinds."
  value       = one(aws_sfn_state_machine.this[*].arn)
}

output "inbox_url" {
  description = "URL of the inbox; null for other kinds."
  value       = one(module.inbox[*].url)
}

output "inbox_dlq_url" {
  description = "URL of the inbox's DLQ; null for other kinds."
  value       = one(module.inbox_dlq[*].url)
}

output "inbox_arns" {
  description = "ARNs of the inbox and its DLQ; null for other kinds. They are built from names, so that a plan knows them."
  value       = local.inbox ? { inbox = local.inbox_arn, dlq = local.inbox_dlq_arn } : null
}

output "policies" {
  description = "Policies of its roles as JSON, by name."
  value = merge(
    module.function.policies,
    local.workflow ? { for name, json in module.workflow_role[0].policies : "workflow-${name}" => json } : {},
  )
}

output "function" {
  description = "The function's runtime, handler and environment."
  value = {
    runtime     = module.function.runtime
    handler     = module.function.handler
    environment = module.function.environment
  }
}

output "inbox_concurrency" {
  description = "How many executions may empty the inbox at once; null for no limit."
  value       = one(flatten(aws_lambda_event_source_mapping.inbox[*].scaling_config[*].maximum_concurrency))
}

output "alarms" {
  description = "What each of its alarms and of its function's alarms watches, by name."
  value       = merge(module.function.alarms, module.alarms.alarms)
}

output "alarm_descriptions" {
  description = "Descriptions of the alarms that exist, by name."
  value       = merge(module.function.alarm_descriptions, module.alarms.descriptions)
}

output "policy_characters" {
  description = "How many characters of its function's policies IAM counts."
  value       = module.function.policy_characters
}
