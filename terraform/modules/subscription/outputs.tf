output "pipe_name" {
  description = "Name of the pipe."
  value       = aws_pipes_pipe.this.name
}

output "arns" {
  description = "ARNs of its parts, by name, so that they are known in a plan; queue is null if ordered, letters is null if buffered."
  value = {
    pipe    = local.pipe_arn
    queue   = local.buffered ? local.queue_arn : null
    letters = local.buffered ? null : local.letters_arn
    dlq     = local.dlq_arn
  }
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

output "letters" {
  description = "Queue of what the ordered pipe gave up; null if buffered."
  value       = one([for letters in module.letters : { name = letters.name, url = letters.url, arn = letters.arn }])
}

output "retention_s" {
  description = "Seconds a message is kept in each queue."
  value = {
    queue   = one(module.queue[*].retention_s)
    dlq     = module.dlq.retention_s
    letters = one(module.letters[*].retention_s)
  }
}

output "redrive" {
  description = "Where messages go that the queue, or the letters queue, could not deliver; and from where the DLQ accepts them."
  value = {
    to   = one(concat(module.queue, module.letters)).redrive.to
    from = module.dlq.redrive.from
  }
}

output "policies" {
  description = "Policies of the pipe's role and of the queues, by name, as JSON."
  value = merge(
    module.role.policies,
    { dlq = module.dlq.policy },
    local.buffered ? { queue = module.queue[0].policy } : { letters = module.letters[0].policy },
  )
}

output "filters" {
  description = "The filters in force, as JSON: the one of the topic if buffered, those of the pipe if ordered, of which any lets an event through."
  value       = local.buffered ? [aws_sns_topic_subscription.this[0].filter_policy] : local.stream_filters
}

output "pipe_parameters" {
  description = "How the pipe reads its source and calls its target."
  value = {
    source = aws_pipes_pipe.this.source_parameters
    target = aws_pipes_pipe.this.target_parameters
  }
}

output "alarms" {
  description = "What its alarms watch, by their names."
  value       = module.alarms.alarms
}

output "alarm_descriptions" {
  description = "What those that are made say, by their names."
  value       = module.alarms.descriptions
}
