output "pipe_name" {
  description = "Name of the pipe; null if `deliver` reads the queue."
  value       = one(aws_pipes_pipe.this[*].name)
}

output "arns" {
  description = "ARNs of its parts. They are built from names, so that a plan knows them. `pipe` is null if `deliver` reads the queue, `queue` if ordered, `dead_letters` if buffered."
  value = {
    pipe         = local.piped ? local.pipe_arn : null
    queue        = local.buffered ? local.queue_arn : null
    dead_letters = local.buffered ? null : local.dead_letters_arn
    dlq          = local.dlq_arn
  }
}

output "queue_name" {
  description = "Name of the queue; null if ordered."
  value       = one(module.queue[*].name)
}

output "queue_made_arn" {
  description = "The queue's ARN, which is known once the queue exists; null if ordered."
  value       = one(module.queue[*].arn)
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

output "dead_letters" {
  description = "Queue of the dead letters of an ordered pipe; null if buffered."
  value       = one([for queue in module.letters : { name = queue.name, url = queue.url, arn = queue.arn }])
}

output "retention_s" {
  description = "How many seconds each queue keeps a message."
  value = {
    queue        = one(module.queue[*].retention_s)
    dlq          = module.dlq.retention_s
    dead_letters = one(module.letters[*].retention_s)
  }
}

output "redrive" {
  description = "The queue or, if ordered, the queue of dead letters: where it sends messages that it could not deliver (`to`). And the queues from which the DLQ accepts messages (`from`)."
  value = {
    to   = one(concat(module.queue, module.letters)).redrive.to
    from = module.dlq.redrive.from
  }
}

output "policies" {
  description = "Policies of the pipe's role and of the queues, as JSON, by name."
  value = merge(
    local.piped ? module.role[0].policies : {},
    { dlq = module.dlq.policy },
    local.buffered ? { queue = module.queue[0].policy } : { letters = module.letters[0].policy },
  )
}

output "filters" {
  description = "The filters in force, as JSON: that of the topic if buffered, those of the pipe if ordered. An event that matches one of them passes."
  value       = local.buffered ? [aws_sns_topic_subscription.this[0].filter_policy] : local.stream_filters
}

output "queue_filters" {
  description = "The patterns by which a reader of the queue filters its messages, as JSON."
  value       = local.queue_filters
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
