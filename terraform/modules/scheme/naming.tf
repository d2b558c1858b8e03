# What names an event: the same rules as in `naming` of shared/signature, on the same facts. ordering.tf says whether a
# signature covers a place in the headers or the body.

locals {
  facts = {
    for fact in ["id", "type", "occurred_at"] :
    fact => try(coalesce(lookup(var.event, fact, null)), jsonencode(local.sound.event[fact]), "null")
  }

  # A fact's places; the first one present counts.
  alternatives = {
    for fact, text in local.facts :
    fact => text == "null" ? [] : [for place in try(jsondecode(text).first, [jsondecode(text)]) : jsonencode(place)]
  }

  # For each alternative, whether the signature covers it under at least one of the names of its headers.
  signed = {
    for fact, texts in local.alternatives : fact => [
      for text in texts : alltrue(concat(
        [
          for name in flatten(regexall("\"header\":\"([^\"]*)\"", text)) :
          local.is_shown || anytrue([for names in local.signed_headers : contains(names, name)])
        ],
        [
          for pointer in flatten(regexall("\"json\":\"([^\"]*)\"", text)) :
          contains(lookup(local.signed_inside, local.kind, [pointer]), pointer)
        ],
        [for field in flatten(regexall("\"form\":\"([^\"]*)\"", text)) : !contains(keys(local.signed_inside), local.kind)],
      ))
    ]
  }

  has_signed_id = anytrue(local.signed.id)
  is_repeating  = try(local.sound.repeats, false)

  # Unsigned headers distinguish events with the same bytes if a signature covers the body.
  is_split = !contains(keys(local.signed_inside), local.kind) && anytrue(flatten([
    for fact in ["id", "type"] : [
      for text in local.alternatives[fact] : [
        for name in flatten(regexall("\"header\":\"([^\"]*)\"", text)) :
        !local.is_shown && !anytrue([for names in local.signed_headers : contains(names, name)])
      ]
    ]
  ]))

  # Then two events with the same bytes have the same time.
  is_timed = local.signs_its_clock || (length(local.signed.occurred_at) > 0 && alltrue(local.signed.occurred_at))

  signs_its_clock = anytrue([
    contains(["contentful", "http-message", "mailgun", "plaid"], local.kind),
    local.kind == "jwt" && !local.is_shown_jwt,
    startswith(local.clock, "{\"json\":"),
    contains(local.parts, local.clock),
  ])

  # Adyen's eight signed fields are the name of an event and its result.
  only_bytes_tell = local.kind != "adyen" && !local.has_signed_id && !local.is_repeating && !local.is_split && !local.is_timed

  # Where people would see a value however it is redacted elsewhere: in refs, lists and events.
  event_places = {
    for fact in ["id", "type", "subject", "ordering_key", "occurred_at"] : fact => distinct(flatten([
      for kind in ["header", "json"] : regexall("\"${kind}\":\"([^\"]*)\"", try(coalesce(lookup(var.event, fact, null)), jsonencode(local.sound.event[fact]), "null"))
    ]))
  }
}
