output "arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "invoke_arn" {
  description = "ARN by which API Gateway invokes the function."
  value       = aws_lambda_function.this.invoke_arn
}

output "log_group" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "role_name" {
  description = "Name of the execution role."
  value       = module.role.name
}

output "runtime" {
  description = "Lambda runtime."
  value       = aws_lambda_function.this.runtime
}

output "handler" {
  description = "Entry point."
  value       = aws_lambda_function.this.handler
}

output "size" {
  description = "Memory, and seconds after which an invocation is ended."
  value       = { memory_mb = aws_lambda_function.this.memory_size, timeout_s = aws_lambda_function.this.timeout }
}

output "environment" {
  description = "What the stack sets in the function's environment."
  value       = local.environment
}

output "policies" {
  description = "The role's policies by name, as JSON."
  value       = module.role.policies
}

output "alarms" {
  description = "What its alarms watch, by their names."
  value       = module.alarms.alarms
}

output "alarm_descriptions" {
  description = "What those that are made say, by their names."
  value       = module.alarms.descriptions
}

output "policy_characters" {
  description = "What IAM counts of the role's inline policies."
  value       = module.role.characters
}

output "application_log_level" {
  description = "Below this Lambda drops what the function logs."
  value       = aws_lambda_function.this.logging_config[0].application_log_level
}
