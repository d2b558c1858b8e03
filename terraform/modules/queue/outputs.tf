output "arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.this.arn
}

output "name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this.name
}

output "url" {
  description = "URL of the queue."
  value       = aws_sqs_queue.this.url
}

output "policy" {
  description = "The queue's policy, as JSON."
  value       = data.aws_iam_policy_document.this.json
}

output "retention_s" {
  description = "How many seconds the queue keeps a message."
  value       = aws_sqs_queue.this.message_retention_seconds
}

output "visibility_timeout_s" {
  description = "How many seconds a received message is hidden from other receivers."
  value       = aws_sqs_queue.this.visibility_timeout_seconds
}

output "redrive" {
  description = "The queue's own DLQ and its number of receives (null if it has none), and the queues that may use this one as their DLQ."
  value = {
    to   = try(jsondecode(aws_sqs_queue.this.redrive_policy), null)
    from = try(jsondecode(aws_sqs_queue.this.redrive_allow_policy).sourceQueueArns, [])
  }
}
