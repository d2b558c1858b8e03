output "pipe_name" {
  description = "Name of the pipe; null if `deliver` reads the queue."
  value       = one(aws_pipes_pipe.this[*].name)
}

output "arns" {
  description = "ARNs of its parts. They are built from names, so that a plan knows them. `pipe` is null if `deliver` reads the queue."
  value = {
    pipe  = local.piped ? local.pipe_arn : null
    queue = local.queue_arn
    dlq   = local.dlq_arn
  }
}

output "queue_name" {
  description = "Name of the queue."
  value       = module.queue.name
}

output "queue_made_arn" {
  description = "The queue's ARN, which is known once the queue exists."
  value       = module.queue.arn
}

output "queue_url" {
  description = "URL of the queue."
  value       = module.queue.url
}

output "dlq_name" {
  description = "Name of the DLQ."
  value       = module.dlq.name
}

output "dlq_url" {
  description = "URL of the DLQ."
  value       = module.dlq.url
}

output "retention_s" {
  description = "How many seconds each queue keeps a message."
  value = {
    queue = module.queue.retention_s
    dlq   = module.dlq.retention_s
  }
}

output "redrive" {
  description = "Where the queue sends messages that could not be delivered (`to`), and the queues from which the DLQ accepts messages (`from`)."
  value = {
    to   = module.queue.redrive.to
    from = module.dlq.redrive.from
  }
}

output "policies" {
  description = "Policies of the pipe's role and of the queues, as JSON, by name."
  value = merge(
    local.piped ? module.role[0].policies : {},
    { dlq = module.dlq.policy, queue = module.queue.policy },
  )
}

output "filters" {
  description = "The filters in force, as JSON: that of the topic if buffered, of which the queue's reader decides the rest; fan decides all if ordered."
  value       = [jsonencode(local.topic_filter)]
}

output "testable" {
  description = "Whether the filter of the queue's reader has room for the event of a test."
  value       = local.testable
}

output "queue_filters" {
  description = "The patterns by which a reader of the queue filters its messages, as JSON."
  value       = local.queue_filters
}

output "longest_pattern" {
  description = "How many characters the longest of them has. A character that is no ASCII counts as its bytes."
  value       = max(local.lengths_of_filters...)
}

output "pattern_limit" {
  description = "How many a reader takes."
  value       = local.pattern_limit
}

output "pipe_parameters" {
  description = "How the pipe reads its source, enriches what it read, and calls its target."
  value = {
    enrichment = {
      arn        = one(aws_pipes_pipe.this[*].enrichment)
      parameters = one(aws_pipes_pipe.this[*].enrichment_parameters)
    }

    source = one(aws_pipes_pipe.this[*].source_parameters)
    target = one(aws_pipes_pipe.this[*].target_parameters)
  }
}

output "alarms" {
  description = "What each of its alarms watches, by name."
  value       = module.alarms.alarms
}

output "alarm_descriptions" {
  description = "Descriptions of the alarms that exist, by name."
  value       = module.alarms.descriptions
}
