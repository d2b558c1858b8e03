# Every scheme that must be refused or accepted, through modules/scheme. The Rust tests read the same files.

locals {
  signature = "${path.module}/../../../shared/signature"

  refused  = { for case in jsondecode(file("${local.signature}/fixtures/refused-schemes.json")) : case.name => case }
  accepted = { for case in jsondecode(file("${local.signature}/fixtures/accepted-schemes.json")) : case.name => case }
  presets  = { for file in fileset("${local.signature}/presets", "*.json") : file => jsondecode(file("${local.signature}/presets/${file}")) }

  sound = { for name, case in merge(local.accepted, local.presets) : name => jsonencode(case.scheme) }

  # The same facts, read off a sound scheme's text.
  signs_of = {
    needs_url              = "\"kind\":\"(?:contentful|twilio)\"|\"(?:url|path_query)\":true|\"@(?:authority|path|query|request-target|scheme|target-uri)\""
    header_only            = "\"kind\":\"(?:basic|http-message|jwt|plaid|token)\""
    has_challenges         = "\"challenges\":\\[\\{"
    has_acknowledge        = "\"acknowledge\":"
    has_operator_challenge = "\"proof\":\"operator\""
  }
}

module "refused" {
  source   = "../../modules/scheme"
  for_each = local.refused

  scheme = jsonencode(each.value.scheme)
}

module "accepted" {
  source   = "../../modules/scheme"
  for_each = local.sound

  scheme = each.value
}

# Text that is not JSON cannot be in a JSON file.
module "unreadable" {
  source   = "../../modules/scheme"
  for_each = toset(["", "null", "{", "{\"kind\": \"basic\"", "hmac", "[]{}", "\"github\""])

  scheme = each.key
}

output "not_refused" {
  description = "Refused schemes of which no problem names the field that is wrong."
  value = {
    for name, case in local.refused : name => { field = case.field, problems = module.refused[name].problems }
    if !anytrue([
      for problem in module.refused[name].problems :
      anytrue([for end in [": ", ".", "["] : startswith(problem, "${case.field}${end}")])
    ])
  }
}

output "not_said_well" {
  description = "Problems that are not \"field: what is wrong; remedy\"."
  value       = [for problem in flatten([for case in module.refused : case.problems]) : problem if !can(regex("^[a-z][A-Za-z0-9_.\\[\\]]*: .+; .+$", problem))]
}

output "beside_the_point" {
  description = "Refused schemes with a problem of another field than the one that is wrong."
  value = {
    for name, case in local.refused : name => module.refused[name].problems
    if !alltrue([
      for problem in module.refused[name].problems :
      anytrue([for end in [": ", ".", "["] : startswith(problem, "${case.field}${end}")])
    ])
  }
}

output "not_accepted" {
  description = "Sound schemes and presets with problems."
  value       = { for name, case in module.accepted : name => case.problems if length(case.problems) > 0 }
}

output "not_unreadable" {
  description = "Texts that are no JSON object and were taken for one."
  value       = [for text, case in module.unreadable : text if !alltrue([for problem in case.problems : startswith(problem, "scheme: ")]) || length(case.problems) != 1]
}

output "counts" {
  description = "How many schemes of each sort there are."
  value       = { refused = length(local.refused), accepted = length(local.accepted), presets = length(local.presets) }
}

output "facts" {
  description = "By fact that the stack has to know of schemes, the sound schemes that it holds for."
  value       = { for fact in keys(local.signs_of) : fact => [for name in keys(local.sound) : name if module.accepted[name][fact]] }
}

output "expected_facts" {
  description = "The same, read off the schemes' text."
  value       = { for fact, sign in local.signs_of : fact => [for name, text in local.sound : name if can(regex(sign, text))] }
}

output "only_bytes_tell" {
  description = "The sound schemes where only the bytes distinguish events; the command line says the same of them."
  value       = [for name in keys(local.sound) : name if module.accepted[name].only_bytes_tell]
}

output "expected_only_bytes_tell" {
  description = "The same, as shared/signature/fixtures has it."
  value       = jsondecode(file("${local.signature}/fixtures/only-bytes-tell.json"))
}
