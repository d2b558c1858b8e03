output "problems" {
  description = "The scheme's mistakes, each as \"field: what is wrong; remedy\". If there are any, the other outputs are false."
  value       = local.problems
}

output "needs_url" {
  description = "Whether the provider signs the endpoint's URL."
  value = (
    contains(["contentful", "twilio"], try(local.sound.kind, ""))
    || length(setintersection(local.parts, ["{\"url\":true}", "{\"path_query\":true}"])) > 0
    || length(setintersection(local.components, local.url_components)) > 0
  )
}

output "header_only" {
  description = "Whether the proof is in the headers alone, so that the authorizer can verify all of it."
  value       = contains(["basic", "http-message", "jwt", "plaid", "token"], try(local.sound.kind, ""))
}

output "has_operator_challenge" {
  description = "Whether a challenge is answered only while the endpoint has handshake = true."
  value       = anytrue([for challenge in try(local.sound.challenges, []) : try(challenge.proof == "operator", false)])
}

output "has_challenges" {
  description = "Whether the scheme answers requests other than deliveries."
  value       = length(try(local.sound.challenges, [])) > 0
}

output "has_acknowledge" {
  description = "Whether the scheme has its own reply to deliveries."
  value       = can(local.sound.acknowledge)
}

output "also_shows_secret" {
  description = "Whether the provider sends a password besides the signature."
  value       = try(local.sound.also_require, null) != null
}

output "has_clock" {
  description = "Whether the scheme reads the time at which a delivery was signed."
  value = (
    contains(["contentful", "http-message", "mailgun", "plaid"], try(local.sound.kind, ""))
    || can(local.sound.timestamp.from)
    || local.kind == "jwt" && can(local.sound.max_age_s)
  )
}

output "has_id" {
  description = "Whether the scheme says where an event's id is."
  value       = can(local.sound.event.id)
}

output "has_signed_id" {
  description = "Whether the signature covers the place of an event's id, so that the id names the event."
  value       = local.has_signed_id
}

output "signed_places" {
  description = "The JSON pointers that the signature covers; null if it covers the whole body."
  value       = length(local.problems) > 0 ? null : lookup(local.signed_inside, local.kind, null)
}

output "event_places" {
  description = "The JSON pointers and header names of the event's facts, by fact, as the endpoint or its scheme says."
  value       = local.event_places
}

output "is_repeating" {
  description = "Whether the provider sends the same bytes for different events, so that each delivery is an event of its own."
  value       = local.is_repeating
}

output "unfinished" {
  description = "What an endpoint must still say before a token could be accepted, each as a problem."
  value       = local.unfinished
}

output "has_tokens" {
  description = "Whether an endpoint may say what its tokens hold."
  value       = try(local.sound.kind == "jwt", false)
}

output "key_set_url" {
  description = "Where an issuer publishes the keys; null if they are put into the secret."
  value       = try(local.sound.jwks_url == "none" ? null : local.sound.jwks_url, null)
}

output "only_bytes_tell" {
  description = "Whether only the signed bytes distinguish events: there is no id, no type in a header and no signed time."
  value       = local.only_bytes_tell
}
