output "function" {
  description = "Its function: the name, the log group, the size, the role's policies and the environment."
  value = {
    name        = module.function.name
    log_group   = module.function.log_group
    size        = module.function.size
    policies    = module.function.policies
    environment = module.function.environment
  }
}

output "mapping" {
  description = "UUID of the event source mapping that feeds the function."
  value       = aws_lambda_event_source_mapping.this.uuid
}

output "mapping_parameters" {
  description = "How the mapping reads the queue."
  value = {
    enabled        = aws_lambda_event_source_mapping.this.enabled
    batch_size     = aws_lambda_event_source_mapping.this.batch_size
    concurrency    = aws_lambda_event_source_mapping.this.scaling_config[0].maximum_concurrency
    filters        = [for filter in one(aws_lambda_event_source_mapping.this.filter_criteria).filter : filter.pattern]
    response_types = tolist(aws_lambda_event_source_mapping.this.function_response_types)
  }
}

output "concurrency" {
  description = "How many instances of the function deliver at once, at most."
  value       = var.pace.concurrency
}

output "secret_name" {
  description = "Name of the secret of an HTTP destination; null for other kinds."
  value       = one(aws_secretsmanager_secret.this[*].name)
}

output "alarms" {
  description = "What each of its alarms watches, by name."
  value       = merge(module.alarms.alarms, module.function.alarms)
}

output "alarm_descriptions" {
  description = "Descriptions of the alarms that exist, by name."
  value       = merge(module.alarms.descriptions, module.function.alarm_descriptions)
}
