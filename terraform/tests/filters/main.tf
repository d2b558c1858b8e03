# Every case of shared/domain/fixtures/filters/cases.json through modules/filter. compiled.json has the patterns that come out: the other
# evaluators read them there.

locals {
  folder = "${path.module}/../../../shared/domain/fixtures/filters"
  cases  = jsondecode(file("${local.folder}/cases.json"))

  # Some cases have the same filter.
  filters = toset([for case in local.cases : jsonencode(case.filter)])

  kinds = { amount = "number", customer = "text", plan = "text" }

  refused = { for case in jsondecode(file("${local.folder}/refused.json")) : case.filter => case.says }
}

module "refused" {
  source   = "../../modules/filter"
  for_each = local.refused

  filter = each.key
  kinds  = local.kinds
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

output "refused_count" {
  description = "How many filters must be refused."
  value       = length(local.refused)
}

output "not_refused" {
  description = "Filters that must be refused, with what a problem must say, and what was said; or of which anything comes out."
  value = {
    for text, says in local.refused : text => { says = says, problems = module.refused[text].problems }
    if !anytrue([for problem in module.refused[text].problems : strcontains(problem, says)]) || module.refused[text].patterns != "{}" || length(module.refused[text].compared) > 0
  }
}

output "beside_the_point" {
  description = "Filters that are broken in one way, with more than one problem."
  value       = { for text, filter in module.refused : text => filter.problems if length(filter.problems) > 1 }
}

output "not_said_well" {
  description = "Problems that are not \"attribute: what is wrong; remedy\"."
  value       = [for problem in flatten([for filter in module.refused : filter.problems]) : problem if !can(regex("^[$a-z][a-z0-9]*: .+; .+$", problem))]
}
