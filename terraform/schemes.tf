# What a plan can know about each endpoint's scheme.

module "scheme" {
  source   = "./modules/scheme"
  for_each = var.endpoints

  scheme = local.settled_schemes[each.key]

  ordering_key = try(each.value.event.ordering_key, null) == null ? null : jsonencode({
    for place, name in each.value.event.ordering_key : place => name if name != null
  })

  event = {
    for fact, place in coalesce(each.value.event, {}) :
    fact => jsonencode({ for kind, value in place : kind => value if value != null }) if place != null
  }
}

locals {
  written_schemes = {
    for name, endpoint in var.endpoints :
    name => endpoint.preset == null ? endpoint.custom : try(local.presets[endpoint.preset], "")
  }

  # With what an endpoint says of its tokens. Text that is not such a scheme stays as it is.
  settled_schemes = {
    for name, text in local.written_schemes :
    name => var.endpoints[name].jwt == null || try(jsondecode(text).kind, "") != "jwt" ? text : jsonencode(merge(
      jsondecode(text),
      { for member, value in var.endpoints[name].jwt : member => value if value != null && member != "claims" },
      length(var.endpoints[name].jwt.claims) == 0 ? {} : {
        claims = merge(try(merge(jsondecode(text).claims), {}), var.endpoints[name].jwt.claims)
      },
    ))
  }

  # Endpoints whose keys watch reads from an issuer.
  key_sets = { for name, scheme in module.scheme : name => scheme.key_set_url if scheme.key_set_url != null }
}

locals {
  # "endpoint: field: what is wrong; remedy". A validation of var.endpoints cannot refuse these: the
  # schemes depend on that variable, and Terraform sees a cycle. tables.tf does.
  scheme_problems = flatten(concat([
    for name, endpoint in var.endpoints : concat(
      [for problem in module.scheme[name].problems : "${name}: ${problem}"],
      length(module.scheme[name].problems) == 0 ? [for problem in module.scheme[name].unfinished : "${name}: ${problem}"] : [],
      endpoint.jwt == null || length(module.scheme[name].problems) > 0 || module.scheme[name].has_tokens ? [] : [
        "${name}: jwt: the scheme is not of the kind jwt; leave it out"
      ],
      endpoint.handshake && length(module.scheme[name].problems) == 0 && !module.scheme[name].has_operator_challenge ? [
        "${name}: handshake: the scheme has no challenge with proof \"operator\" for it to turn on; leave it out"
      ] : [],
      endpoint.lane != "direct" || !module.scheme[name].has_challenges ? [] : [
        "${name}: lane: the scheme answers challenges, but the direct lane replies before any function reads the body; set lane to \"standard\""
      ],
      endpoint.lane != "direct" || !module.scheme[name].has_acknowledge ? [] : [
        "${name}: lane: the scheme has an acknowledge, a reply of its own, but the direct lane gives all schemes the same reply; set lane to \"standard\""
      ],
      endpoint.lane != "direct" || !module.scheme[name].also_shows_secret ? [] : [
        "${name}: lane: the scheme sends a password beside the signature, and the direct lane would have to store it until it verifies the body; set lane to \"standard\""
      ],
      endpoint.lane != "direct" || !endpoint.handshake ? [] : [
        "${name}: handshake: the direct lane cannot answer one; leave it out, or set lane to \"standard\""
      ],
      endpoint.max_age_s == null || length(module.scheme[name].problems) > 0 || module.scheme[name].has_clock ? [] : [
        "${name}: max_age_s: the scheme reads no time of signing from a delivery; leave it out"
      ],
      endpoint.dedupe_window_s == null || length(module.scheme[name].problems) > 0 ? [] : compact([
        endpoint.dedupe == "id" ? "${name}: dedupe_window_s: has no effect with dedupe \"id\": the id names the event, however late it comes; leave it out" : "",
        !contains(["attributes", "id"], endpoint.dedupe) && module.scheme[name].has_signed_id ? "${name}: dedupe_window_s: has no effect if the signature covers the event's id, which then names the event; leave it out" : "",
        !contains(["attributes", "id"], endpoint.dedupe) && !module.scheme[name].has_signed_id && module.scheme[name].is_repeating ? "${name}: dedupe_window_s: has no effect if each delivery is an event of its own, as the scheme's repeats says; leave it out" : "",
      ]),
      endpoint.dedupe == "id" && !module.scheme[name].has_id && try(endpoint.event.id, null) == null ? [
        "${name}: dedupe: \"id\" needs an id, and the scheme has none; say under event.id where it is"
      ] : [],
      [
        for attribute in endpoint.dedupe_by :
        "${name}: dedupe_by: the signature does not cover ${endpoint.attributes[attribute].json}, so two events could be merged by a change on the way; name an attribute that is signed"
        if module.scheme[name].signed_places == null || try(endpoint.attributes[attribute].json, null) == null ? false : !contains(module.scheme[name].signed_places, endpoint.attributes[attribute].json)
      ],
      flatten([
        for fact, places in module.scheme[name].event_places : [
          for place in places :
          "${name}: redact: ${place} is where the event's ${fact} is, which people see in refs, lists and logs; say under event.${fact} that it is elsewhere, or leave it out of redact"
          if anytrue([for hidden in endpoint.redact : hidden == place || startswith(place, "${hidden}/")])
        ]
      ]),
    )
    ], local.without_certificates, length(join(",", keys(local.key_sets))) <= 2000 ? [] : [
    # Lambda's environment has 4 KB for all settings.
    "${keys(local.key_sets)[0]}: jwt.jwks_url: the names of endpoints with issuers have more than 2000 characters together, which watch's settings cannot hold; shorten them, or set jwks_url to \"none\" at some and put the keys into their secrets"
  ]))

  # Endpoints where two events with equal bytes are one, with no window set.
  merging = [
    for name, endpoint in var.endpoints : name
    if module.scheme[name].only_bytes_tell && endpoint.dedupe != "id" && endpoint.dedupe_window_s == null && length(module.scheme[name].problems) == 0
  ]

  # Endpoints that the authorizer verifies in full, for which it needs their keys.
  header_only = [for name, scheme in module.scheme : name if scheme.header_only]

  # Path before an endpoint, by lane.
  lanes = {
    direct   = aws_api_gateway_resource.direct.path_part
    standard = aws_api_gateway_resource.hooks.path_part
  }

  # The URL for providers: at the front door's domain if there is one. A provider signs the URL that it was given, so an
  # endpoint behind something else needs its own.
  endpoint_urls = {
    for name, endpoint in var.endpoints :
    name => coalesce(endpoint.url, "${contains(local.at_domain, name) ? "https://${var.front_door.domain}/${local.stage}" : aws_api_gateway_stage.v1.invoke_url}/${local.lanes[endpoint.lane]}/${name}")
  }
}

# Only a warning: many such providers never send two events with equal bytes.
check "equal_bytes_are_one_event" {
  assert {
    condition     = length(local.merging) == 0
    error_message = "At these endpoints, two deliveries with equal bytes within ${var.pointer_ttl_days} days are one event: ${join(", ", local.merging)}. Their schemes have no event id, no type in a header and no signed time, so a second event with the same bytes is answered as a duplicate and not routed. If the provider may send such events, set the endpoint's dedupe_window_s to a little more than the time for which the provider retries, or name under event.id what distinguishes its events. To keep the present behaviour without this warning, set dedupe_window_s = ${var.pointer_ttl_days * 86400}."
  }
}
