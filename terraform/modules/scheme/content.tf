# What the provider signs: the body, once, and nothing that could move into or out of it.

locals {
  parts = [for part in try(local.sound.content, []) : jsonencode(part)]

  # Without a constant between them, only a part of fixed form keeps the boundary of two parts.
  clock = try(jsonencode(local.sound.timestamp.from), "")
  is_fixed = [
    for part in local.parts : part == local.clock || can(regex("^\\{\"(?:lit|body_sha256_hex|url|method|path_query)\":", part))
  ]

  content_problems = concat(
    !can(local.sound.content) || length([for part in local.parts : part if contains(["{\"body\":true}", "{\"body_sha256_hex\":true}"], part)]) == 1 ? [] : [
      "content: the body must be signed exactly once; write one of {\"body\": true} and {\"body_sha256_hex\": true}"
    ],
    [
      for i in range(1, max(1, length(local.parts))) :
      "content[${i}]: this part and the one before it may be of any length, so bytes could move from one to the other under the same signature; put the provider's literal between them or, if one of them is the timestamp, name it under timestamp.from"
      if !local.is_fixed[i - 1] && !local.is_fixed[i]
    ],
  )
}
