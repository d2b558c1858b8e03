# Whether every member is known, is present if required, and has its type.

locals {
  content    = try(concat(local.scheme.content), [])
  challenges = try(concat(local.scheme.challenges), [])

  # A public key is never text, and has no minimum length; for HTTP messages the algorithm says which it is.
  key_shape = contains(["ed25519", "ecdsa-p256"], local.kind) || try(local.scheme.algorithm == "ed25519", false) ? "public_key" : "key"

  # Which parts of a challenge can be read.
  ways = [
    for challenge in local.challenges :
    try(contains(["GET", "HEAD"], challenge.method), false) ? "bodiless" :
    can(challenge.proof.token) || try(contains(["none", "operator"], challenge.proof), false) ? "unsigned" : "signed"
  ]

  # Every object of the scheme: where it is, the member of the scheme that holds it, its shape.
  candidates = concat(
    [
      { path = "", member = "kind", shape = local.kind, value = local.scheme },
      { path = "signature.", member = "signature", shape = "signature", value = try(local.scheme.signature, null) },
      { path = "key.", member = "key", shape = local.key_shape, value = try(local.scheme.key, null) },
      { path = "timestamp.", member = "timestamp", shape = "timestamp", value = try(local.scheme.timestamp, null) },
      { path = "event.", member = "event", shape = "event", value = try(local.scheme.event, null) },
      { path = "acknowledge.", member = "acknowledge", shape = "reply", value = try(local.scheme.acknowledge, null) },
    ],
    [
      for i, challenge in local.challenges : {
        path   = "challenges[${i}]."
        member = "challenges"
        shape  = "${local.ways[i]}_challenge"
        value  = challenge
      }
    ],
    [
      for i, challenge in local.challenges :
      { path = "challenges[${i}].respond.", member = "challenges", shape = "reply", value = try(challenge.respond, null) }
    ],
  )

  # Of these, the actual objects that have a place in a scheme of this kind. A member that is not an object,
  # or has no place, is a mistake of the object that holds it.
  objects = [
    for object in local.candidates : {
      path    = object.path
      shape   = object.shape
      members = { for name, value in object.value : name => jsonencode(value) }
    }
    if local.is_known && can(keys(object.value)) && can(local.kinds[local.kind][object.member])
  ]

  known_members = merge(local.kinds, local.shapes)

  unknown = flatten([
    for object in local.objects : [
      for name in keys(object.members) :
      "${object.path}${name}: unknown here; leave it out or use one of ${join(", ", keys(local.known_members[object.shape]))}"
      if !can(local.known_members[object.shape][name])
    ]
  ])

  missing = flatten([
    for object in local.objects : [
      for name in lookup(local.required, object.shape, []) :
      "${object.path}${name}: missing; write ${local.types[local.known_members[object.shape][name]].is}"
      if !can(object.members[name])
    ]
  ])

  typed = concat(
    flatten([
      for object in local.objects : [
        for name, text in object.members :
        { field = "${object.path}${name}", text = text, type = local.known_members[object.shape][name] }
        if can(local.known_members[object.shape][name])
      ]
    ]),
    [for i, part in local.content : { field = "content[${i}]", text = jsonencode(part), type = "part" } if can(local.kinds[local.kind].content)],
    [for i, challenge in local.challenges : { field = "challenges[${i}]", text = jsonencode(challenge), type = "object" }],
  )

  # A long value is not repeated: it may be a secret in the wrong place.
  ill_shaped = [
    for value in local.typed :
    "${value.field}: ${length(value.text) <= 32 ? value.text : "the value"} does not fit; write ${local.types[value.type].is}"
    if !can(regex("^(?:${local.types[value.type].pattern})$", value.text))
  ]
}
