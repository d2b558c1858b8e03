output "arns" {
  description = "ARNs of the pipe and of its DLQ. They are built from names, so that a plan knows them."
  value       = { pipe = local.pipe_arn, dlq = local.dlq_arn }
}

output "pipe_name" {
  description = "Name of the pipe."
  value       = aws_pipes_pipe.this.name
}

output "pipe_parameters" {
  description = "How the pipe reads its source and calls its target."
  value = {
    source = aws_pipes_pipe.this.source_parameters
    target = aws_pipes_pipe.this.target_parameters
  }
}

output "function_name" {
  description = "Name of the function."
  value       = module.function.name
}

output "size" {
  description = "Its memory, and the seconds after which Lambda ends an invocation."
  value       = module.function.size
}

output "log_group" {
  description = "Log group of the function."
  value       = module.function.log_group
}

output "dead_letters" {
  description = "Queue of the pipe's dead letters."
  value       = { name = module.letters.name, url = module.letters.url, arn = module.letters.arn }
}

output "dlq" {
  description = "DLQ of the events that could not be sent to a queue. The ARN is built from names, so that a plan knows it."
  value       = { name = module.dlq.name, url = module.dlq.url, arn = local.dlq_arn }
}

output "policies" {
  description = "Policies of the pipe's role, the function's role and the queues, as JSON, by name."
  value = {
    pipe     = module.role.policies
    function = module.function.policies
    dlq      = module.dlq.policy
    letters  = module.letters.policy
  }
}

output "alarms" {
  description = "What each of its alarms watches, by name."
  value       = merge(module.alarms.alarms, module.function.alarms)
}

output "alarm_descriptions" {
  description = "Descriptions of the alarms that exist, by name."
  value       = merge(module.alarms.descriptions, module.function.alarm_descriptions)
}
