# Every case of fixtures/filters/cases.json through modules/filter. compiled.json has the patterns that come out: the other
# evaluators read them there.

locals {
  folder = "${path.module}/../../../fixtures/filters"
  cases  = jsondecode(file("${local.folder}/cases.json"))

  # Some cases have the same filter.
  filters = toset([for case in local.cases : jsonencode(case.filter)])

  kinds = { amount = "number", customer = "text", plan = "text" }
}

module "filter" {
  source   = "../../modules/filter"
  for_each = local.filters

  filter = each.value
  kinds  = local.kinds
}

output "problems" {
  description = "Filters of the table that were refused."
  value       = { for text, filter in module.filter : text => filter.problems if length(filter.problems) > 0 }
}

output "compiled" {
  description = "The patterns of each filter of the table."
  value = { for text, filter in module.filter : text => {
    patterns       = jsondecode(filter.patterns)
    topic_patterns = jsondecode(filter.topic_patterns)
    compared       = filter.compared
  } }
}

output "expected" {
  description = "The same, as the file has it."
  value       = try(jsondecode(file("${local.folder}/compiled.json")), null)
}

output "count" {
  description = "How many cases there are."
  value       = length(local.cases)
}
