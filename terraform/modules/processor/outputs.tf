output "target" {
  description = "What a subscription's pipe calls: kind is lambda, express or queue."
  value = {
    kind = local.workflow ? "express" : local.inbox ? "queue" : "lambda"
    arn  = local.workflow ? aws_sfn_state_machine.this[0].arn : local.inbox ? module.inbox[0].arn : module.function.arn
  }
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

output "policies" {
  description = "Policies of its roles, by name, as JSON."
  value = merge(
    module.function.policies,
    local.workflow ? { for name, json in module.workflow_role[0].policies : "workflow-${name}" => json } : {},
  )
}

output "alarms" {
  description = "Names of the alarms, beside the function's."
  value       = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name]
}
