# JSON Schemas of endpoints (docs/schemas.md). Their texts are items of the endpoints table, under their digests: an
# endpoint's own item goes through the authorizer's answer for each delivery, and has no room for them.

locals {
  # Of each endpoint in the order in which they are asked: the first for an event's type counts.
  schemas = {
    for name, endpoint in var.endpoints : name => [
      for schema in concat(endpoint.schema == null ? [] : [endpoint.schema], endpoint.schemas) : merge(schema, {
        # A file that cannot be read is refused with the endpoint's name, below.
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

# What a plan refuses, with the endpoint's name. Here and not at the variable, whose conditions cannot use what is made of it.
locals {
  schema_drafts = ["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema"]

  schema_problems = flatten([
    for name, schemas in local.schemas : concat(
      # Every delivery carries them.
      [for count in [length(schemas)] : "${name}: an endpoint takes at most 10 schemas, and this one has ${count}. Put types together that one schema can describe." if count > 10],
      [
        for schema in schemas : [
          for problem in [
            !can(jsondecode(schema.text)) ? "schema.file must be the path of a file of JSON text in UTF-8, and ${schema.file} is none. A relative path starts at the folder that Terraform runs in." : "",
            # The same number as in shared/schema/src/bounds.rs: four characters of base64 are three bytes.
            length(base64encode(schema.text)) > 174764 ? "schema.file takes at most 131072 bytes, and ${schema.file} has more. Divide it by event types, or leave out descriptions and examples." : "",
            !contains(["flag", "quarantine", "reject"], schema.on_fail) ? "schema.on_fail must be \"reject\", \"flag\" or \"quarantine\", and it is \"${schema.on_fail}\"." : "",
            schema.on_fail == "reject" && var.endpoints[name].lane == "direct" ? "schema.on_fail = \"reject\" needs lane = \"standard\": in the direct lane the provider has its 200 before anything of ours sees the body. Use \"quarantine\" or \"flag\"." : "",
            # As for subscriptions.
            length(schema.types) > 20 || anytrue([for type in schema.types : type != "*" && !can(regex("^[^*[:cntrl:]]{1,126}(?:\\.\\*)?$", type))]) ? "schema.types must hold at most 20 event types: exact ones, \"prefix.*\" or \"*\". Leave the list out for all types." : "",
            !contains(local.schema_drafts, trimsuffix(try(jsondecode(schema.text)["$schema"], local.schema_drafts[0]), "#")) ? "$schema of ${schema.file} must be https://json-schema.org/draft/2020-12/schema or http://json-schema.org/draft-07/schema#: Coatcheck knows these two drafts. Without $schema it is of draft 2020-12." : "",
            # The function resolves references as the drafts say. This finds those that nothing in the file can be meant by.
            length([for reference in local.schema_references[sha256(schema.text)] : reference if !reference.inside]) > 0 ? "schema.file must hold all that it refers to, because nothing is fetched. Put these documents into ${schema.file} under $defs, each with its $id: ${join(", ", [for reference in local.schema_references[sha256(schema.text)] : reference.to if !reference.inside])}." : "",
            # What the regex crate refuses, too: its time grows with the text, and no faster.
            can(regex("\"pattern\":\"(?:[^\"\\\\]|\\\\.)*\\(\\?(?:=|!|\\\\u003c[=!])", try(jsonencode(jsondecode(schema.text)), ""))) ? "a pattern of ${schema.file} looks ahead or behind, with (?=, (?!, (?<= or (?<!, and such patterns have no bound on their time. Say it by two patterns under allOf, or by not." : "",
          ] : "${name}: ${problem}" if problem != ""
        ]
      ],
    )
  ])
}
