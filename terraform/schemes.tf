# What is known of each endpoint's scheme before anything is applied.

module "scheme" {
  source   = "./modules/scheme"
  for_each = var.endpoints

  scheme = each.value.preset == null ? each.value.custom : local.presets[each.value.preset]

  ordering_key = try(each.value.event.ordering_key, null) == null ? null : jsonencode({
    for place, name in each.value.event.ordering_key : place => name if name != null
  })
}

locals {
  # "endpoint: field: what is wrong; remedy". A validation of var.endpoints cannot refuse these: the
  # schemes are made of that variable, and Terraform takes that for a cycle. tables.tf does.
  scheme_problems = flatten([
    for name, endpoint in var.endpoints : concat(
      [for problem in module.scheme[name].problems : "${name}: ${problem}"],
      endpoint.handshake && length(module.scheme[name].problems) == 0 && !module.scheme[name].has_operator_challenge ? [
        "${name}: handshake: its scheme has no challenge with proof \"operator\" that it could let in; leave it out"
      ] : [],
      endpoint.lane != "direct" || !module.scheme[name].has_challenges ? [] : [
        "${name}: lane: its scheme answers challenges, and that needs lane \"standard\": in the direct lane nobody reads a body before the answer; set lane to \"standard\""
      ],
      endpoint.lane != "direct" || !module.scheme[name].has_acknowledge ? [] : [
        "${name}: lane: its scheme has an acknowledge, a reply of its own, and that needs lane \"standard\": the direct lane's answers are the same for all; set lane to \"standard\""
      ],
      endpoint.lane != "direct" || !module.scheme[name].also_shows_secret ? [] : [
        "${name}: lane: its scheme shows a password beside the signature, and that needs lane \"standard\": nobody may keep it until the body is judged; set lane to \"standard\""
      ],
      endpoint.lane != "direct" || !endpoint.handshake ? [] : [
        "${name}: handshake: needs lane \"standard\": in the direct lane nobody is there to answer one; leave it out, or set lane to \"standard\""
      ],
      endpoint.max_age_s == null || length(module.scheme[name].problems) > 0 || module.scheme[name].has_clock ? [] : [
        "${name}: max_age_s: its scheme reads no time that a delivery was signed at; leave it out"
      ],
      endpoint.dedupe == "id" && !module.scheme[name].has_id && try(endpoint.event.id, null) == null ? [
        "${name}: dedupe: \"id\" needs an id, and the scheme has none; say under event.id where it stands"
      ] : [],
    )
  ])

  # Endpoints that the authorizer verifies in full, for which it needs their keys.
  header_only = [for name, scheme in module.scheme : name if scheme.header_only]

  # Path before an endpoint, by lane.
  lanes = {
    direct   = aws_api_gateway_resource.direct.path_part
    standard = aws_api_gateway_resource.hooks.path_part
  }

  # What providers are given. A provider signs the URL that it was given, so a domain of one's own
  # has to be said.
  endpoint_urls = {
    for name, endpoint in var.endpoints :
    name => coalesce(endpoint.url, "${aws_api_gateway_stage.v1.invoke_url}/${local.lanes[endpoint.lane]}/${name}")
  }
}
