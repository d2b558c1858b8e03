# JSON Schemas of endpoints (docs/schemas.md). Their texts are items of the endpoints table, under their digests: an
# endpoint's own item goes through the authorizer's answer for each delivery, and has no room for them.

locals {
  # Of each endpoint in the order in which they are asked: the first for an event's type counts.
  schemas = {
    for name, endpoint in var.endpoints : name => [
      for schema in concat(endpoint.schema == null ? [] : [endpoint.schema], endpoint.schemas) : merge(schema, {
        # A file that cannot be read is refused with the endpoint's name (variables_endpoints.tf).
        text = try(file(pathexpand(schema.file)), "")
      })
    ]
  }

  schema_texts = { for schema in flatten(values(local.schemas)) : sha256(schema.text) => schema.text... }

  # What each refers to, without the part after #, and whether a document of that name is in it.
  schema_references = {
    for digest, texts in local.schema_texts : digest => [
      for found in distinct(flatten(regexall("\"\\$(?:ref|dynamicRef)\":\"([^\"#\\\\]+)", try(jsonencode(jsondecode(texts[0])), "")))) : {
        to = found
        inside = startswith(found, "https://json-schema.org/draft/2020-12/") || startswith(found, "http://json-schema.org/draft-07/schema") || anytrue([
          for id in flatten(regexall("\"\\$id\":\"([^\"\\\\]+)", jsonencode(jsondecode(texts[0])))) : endswith(trimsuffix(id, "#"), found)
        ])
      }
    ]
  }

  has_schemas        = length(local.schema_texts) > 0
  has_direct_schemas = anytrue([for name, endpoint in var.endpoints : endpoint.lane == "direct" && length(local.schemas[name]) > 0])
  # Every event then has the outcome of its check, and subscriptions choose by it.
  quarantines = anytrue([for schema in flatten(values(local.schemas)) : schema.on_fail == "quarantine"])
}
