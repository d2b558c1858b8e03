# Lists the mistakes of a signature scheme and the facts that the stack needs about it. It creates
# nothing. The functions check a scheme again when they load it; this module finds mistakes before
# they are applied. shared/signature/fixtures has the schemes that both must refuse and accept.

locals {
  # JSON text with the members of each object in order of name and no spaces: what patterns are
  # matched against. Empty if it is not JSON.
  json = try(jsonencode(jsondecode(var.scheme)), "")

  # Anything that is not an object is read as one without members, so that nothing here fails on it.
  scheme = try(merge(jsondecode(local.json)), {})

  # Only text can be a kind: a number would be converted to text.
  kind     = try(startswith(jsonencode(local.scheme.kind), "\"") ? tostring(local.scheme.kind) : "", "")
  is_known = contains(keys(local.kinds), local.kind)

  shape_problems = (
    !startswith(local.json, "{") ? ["scheme: is not the JSON text of an object; write {\"kind\": ...}"] :
    !local.is_known ? ["kind: missing or unknown; write one of ${join(", ", keys(local.kinds))}"] :
    concat(local.unknown, local.missing, local.ill_shaped)
  )

  # The rules in the other files read this: a scheme whose every member is of the right shape,
  # or an empty one, which violates no rule.
  sound = jsondecode(length(local.shape_problems) == 0 ? local.json : "{}")

  problems = concat(
    local.shape_problems,
    local.hash_problems,
    local.signature_problems,
    local.separator_problems,
    local.content_problems,
    local.name_problems,
    local.message_problems,
    local.jwt_problems,
    local.ordering_problems,
    local.challenge_problems,
    local.reply_problems,
  )
}
