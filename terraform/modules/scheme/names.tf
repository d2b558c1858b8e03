# Headers and parameters that are signed, or hold the timestamp.

locals {
  places = concat(
    [for i, part in try(local.sound.content, []) : { field = "content[${i}]", at = part }],
    [for from in [try(local.sound.timestamp.from, null)] : { field = "timestamp.from", at = from } if from != null],
  )

  headers = [
    for place in local.places : { field = place.field, names = flatten([place.at.header]), is_list = !can(tostring(place.at.header)) }
    if can(place.at.header)
  ]
  params = [for place in local.places : { field = place.field, name = place.at.param } if can(place.at.param)]

  name_problems = concat(
    [
      for header in local.headers :
      "${header.field}: names a header that holds the signature, which cannot sign itself; name a parameter of it, or another header"
      if length(setintersection(header.names, concat(try(local.signature.headers, []), local.more_headers))) > 0
    ],
    [
      for header in local.headers :
      "${header.field}: a list of header names must be as long as signature.headers; write one name for each signature header, or a single name as text"
      if header.is_list && length(header.names) != length(try(local.signature.headers, []))
    ],
    [
      for param in local.params :
      "${param.field}: only the grammar kv has parameters; set signature.grammar to kv, or name a header"
      if local.grammar != "kv"
    ],
    [
      for param in local.params :
      "${param.field}: the parameter has spaces around it; write it exactly as in the header"
      if trimspace(param.name) != param.name
    ],
    [
      for param in local.params :
      "${param.field}: the parameter is a signature; take it out of signature.sig_keys, or name another"
      if contains(try(local.signature.sig_keys, []), param.name)
    ],
  )
}
