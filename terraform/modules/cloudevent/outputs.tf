output "from_stream" {
  description = "Input template that makes the event of a record of the events table's stream."
  value       = local.from_stream
}

output "from_queue" {
  description = "Input template that makes the event of a message that carries one."
  value       = local.from_queue
}
