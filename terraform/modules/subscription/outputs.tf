output "pipe_name" {
  description = "Name of the pipe."
  value       = aws_pipes_pipe.this.name
}

output "pipe_arn" {
  description = "ARN of the pipe."
  value       = aws_pipes_pipe.this.arn
}

output "queue_name" {
  description = "Name of the queue; null if ordered."
  value       = one(module.queue[*].name)
}

output "queue_url" {
  description = "URL of the queue; null if ordered."
  value       = one(module.queue[*].url)
}

output "dlq_name" {
  description = "Name of the DLQ."
  value       = module.dlq.name
}

output "dlq_url" {
  description = "URL of the DLQ."
  value       = module.dlq.url
}

output "policies" {
  description = "Policies of the pipe's role and of the queues, by name, as JSON."
  value = merge(
    module.role.policies,
    { dlq = module.dlq.policy },
    local.buffered ? { queue = module.queue[0].policy } : {},
  )
}

output "filter" {
  description = "The filter in force, as JSON: of the topic if buffered (null for everything), of the pipe if ordered."
  value       = local.buffered ? aws_sns_topic_subscription.this[0].filter_policy : local.stream_filter
}

output "pipe_parameters" {
  description = "How the pipe reads its source and calls its target."
  value = {
    source = aws_pipes_pipe.this.source_parameters
    target = aws_pipes_pipe.this.target_parameters
  }
}

output "alarms" {
  description = "Names of the alarms."
  value       = [for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name]
}
