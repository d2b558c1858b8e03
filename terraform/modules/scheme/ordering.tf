# The ordering key is part of a pointer's key: anyone who can change it unnoticed can have one event stored twice. So
# it must be where the signature covers it, under each of the names of its headers.

locals {
  ordering_key = coalesce(var.ordering_key, try(jsonencode(local.sound.event.ordering_key), "null"))

  # The places it consists of. No one can change literals.
  ordering_places = {
    for kind in ["header", "json", "form"] : kind => flatten(regexall("\"${kind}\":\"([^\"]*)\"", local.ordering_key))
  }

  # The signed headers, once for each alternative of the signature header.
  header_parts = [for part in try(local.sound.content, []) : part.header if can(part.header)]
  signed_headers = concat(
    [for names in [local.components] : names if local.kind == "http-message"],
    [for names in [["x-contentful-signed-headers", "x-contentful-timestamp"]] : names if local.kind == "contentful"],
    [
      for i in range(length(try(local.sound.signature.headers, [""]))) :
      [for names in local.header_parts : try(names[i], names)] if !contains(["http-message", "contentful"], local.kind)
    ],
  )

  # Kinds that sign only this part of the body.
  adyen_item = "/notificationItems/0/NotificationRequestItem"
  signed_inside = {
    mailgun = ["/signature/timestamp", "/signature/token"]
    twilio  = []
    adyen = [
      for field in ["pspReference", "originalReference", "merchantAccountCode", "merchantReference", "amount/value", "amount/currency", "eventCode", "success"] :
      "${local.adyen_item}/${field}"
    ]
  }

  # A shown secret proves everything that its sender says.
  is_shown = contains(["token", "basic"], local.kind) || local.is_shown_jwt

  ordering_is_signed = (
    alltrue([
      for name in local.ordering_places.header : local.is_shown || alltrue([for names in local.signed_headers : contains(names, name)])
    ])
    && alltrue([for pointer in local.ordering_places.json : contains(lookup(local.signed_inside, local.kind, [pointer]), pointer)])
    && (length(local.ordering_places.form) == 0 || !contains(keys(local.signed_inside), local.kind))
  )

  ordering_problems = local.ordering_is_signed || length(local.shape_problems) > 0 ? [] : [
    "event.ordering_key: the signature does not cover it, so one event could be stored twice; name a place that is signed, or leave it out"
  ]
}
