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
  description = "Its memory, and the seconds after which Lambda ends an invocation."
  value       = { memory_mb = aws_lambda_function.this.memory_size, timeout_s = aws_lambda_function.this.timeout }
}

output "package" {
  description = "Where its code comes from."
  value       = local.package
}

output "environment" {
  description = "The environment variables that the stack sets."
  value       = local.environment
}

output "policies" {
  description = "The role's policies by name, as JSON."
  value       = module.role.policies
}

output "alarms" {
  description = "What each of its alarms watches, by name."
  value       = module.alarms.alarms
}

output "alarm_descriptions" {
  description = "Descriptions of the alarms that exist, by name."
  value       = module.alarms.descriptions
}

output "policy_characters" {
  description = "How many characters of the role's inline policies IAM counts."
  value       = module.role.characters
}

output "system_log_level" {
  description = "Lambda drops its own lines about the function below this level."
  value       = aws_lambda_function.this.logging_config[0].system_log_level
}

output "application_log_level" {
  description = "Lambda drops the function's log lines below this level."
  value       = aws_lambda_function.this.logging_config[0].application_log_level
}
