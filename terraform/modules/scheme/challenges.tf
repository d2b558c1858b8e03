# Challenges, and the replies to them and to deliveries.

locals {
  challenge_problems = [
    for i, challenge in try(local.sound.challenges, []) :
    "challenges[${i}]: fits every delivery, so that no event would ever be stored; say under when or value what distinguishes it from a delivery"
    if try(challenge.method, "POST") == "POST" && length(try(challenge.when, [])) == 0 && !can(challenge.value)
  ]

  # Headers that API Gateway and ingest set by themselves.
  our_headers = ["connection", "content-length", "content-type", "transfer-encoding"]

  placeholder = "\\{(?:value|mac_hex|mac_base64)\\}"

  replies = concat(
    [
      for i, challenge in try(local.sound.challenges, []) :
      { path = "challenges[${i}].respond", reply = challenge.respond, has_value = can(challenge.value), may_hold_placeholders = true }
    ],
    [
      for reply in [try(local.sound.acknowledge, null)] :
      { path = "acknowledge", reply = reply, has_value = false, may_hold_placeholders = false } if reply != null
    ],
  )

  reply_problems = flatten([
    for reply in local.replies : [
      for rule in [
        {
          is_broken = can(reply.reply.text) && can(reply.reply.json)
          says      = "${reply.path}: has both text and json; leave one of them out"
        },
        {
          is_broken = length(setintersection(keys(try(reply.reply.headers, {})), local.our_headers)) > 0
          says      = "${reply.path}: sets one of the headers ${join(", ", local.our_headers)}, which Coatcheck sets itself; leave it out"
        },
        {
          is_broken = !reply.may_hold_placeholders && can(regex(local.placeholder, jsonencode(reply.reply)))
          says      = "${reply.path}: holds a placeholder, but a delivery has no value for it; write plain text"
        },
        {
          is_broken = reply.may_hold_placeholders && !reply.has_value && can(regex(local.placeholder, jsonencode(reply.reply)))
          says      = "${reply.path}: holds a placeholder, but the challenge names no value for it; add value"
        },
        {
          is_broken = try(local.sound.kind, "") != "hmac" && can(regex("\\{mac_(?:hex|base64)\\}", jsonencode(reply.reply)))
          says      = "${reply.path}: only the kind hmac has a key to make a MAC with; use {value} alone"
        },
      ] : rule.says if rule.is_broken
    ]
  ])
}
