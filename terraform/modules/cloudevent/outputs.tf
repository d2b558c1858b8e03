output "from_stream" {
  description = "Input template that builds the event from a record of the events table's stream."
  value       = local.from_stream
}

output "from_queue" {
  description = "Input template that builds the event from a message that carries it."
  value       = local.from_queue
}
