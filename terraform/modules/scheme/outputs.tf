output "problems" {
  description = "What is wrong, each as \"field: what is wrong; remedy\". With any, the other outputs say false."
  value       = local.problems
}

output "needs_url" {
  description = "Whether the endpoint's URL is signed."
  value = (
    contains(["contentful", "twilio"], try(local.sound.kind, ""))
    || length(setintersection(local.parts, ["{\"url\":true}", "{\"path_query\":true}"])) > 0
    || length(setintersection(local.components, local.url_components)) > 0
  )
}

output "header_only" {
  description = "Whether the proof is in the headers alone, so that the authorizer can verify all of it."
  value       = contains(["basic", "http-message", "plaid", "token"], try(local.sound.kind, ""))
}

output "has_operator_challenge" {
  description = "Whether a challenge is answered only while the endpoint has handshake = true."
  value       = anytrue([for challenge in try(local.sound.challenges, []) : try(challenge.proof == "operator", false)])
}

output "has_challenges" {
  description = "Whether anything but deliveries is answered."
  value       = length(try(local.sound.challenges, [])) > 0
}

output "has_acknowledge" {
  description = "Whether deliveries are answered with a reply of the scheme's own."
  value       = can(local.sound.acknowledge)
}

output "also_shows_secret" {
  description = "Whether a password is sent besides the signature."
  value       = try(local.sound.also_require, null) != null
}

output "has_clock" {
  description = "Whether a time is read that a delivery was signed at."
  value = (
    contains(["contentful", "http-message", "mailgun", "plaid"], try(local.sound.kind, ""))
    || can(local.sound.timestamp.from)
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

output "is_repeating" {
  description = "Whether the provider sends the same bytes for different events, so that each delivery is one."
  value       = local.is_repeating
}

output "only_bytes_tell" {
  description = "Whether nothing but the signed bytes tells events apart: no id, no type in a header, no signed time."
  value       = local.only_bytes_tell
}
