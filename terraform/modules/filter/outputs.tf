output "problems" {
  description = "The filter's mistakes, each as \"attribute: what is wrong; remedy\". If there are any, the other outputs are those of no filter."
  value       = local.problems
}

output "patterns" {
  description = "By member of an event the list of patterns of which one must match, as the JSON text of an object: what the reader of the queue, and fan, decide by."
  value       = "{${join(",", [for name, list in local.patterns : "${jsonencode(name)}:[${join(",", list)}]"])}}"
}

output "topic_patterns" {
  description = "The same for the topic: as much of it as an SNS filter has room for. It lets through all that `patterns` does."
  value       = "{${join(",", [for name in sort(local.by_topic) : "${jsonencode(name)}:[${join(",", local.for_topic[name])}]"])}}"
}

output "compared" {
  description = "The attributes whose order the filter asks for."
  value       = length(local.problems) == 0 ? local.compared : []
}
