# Checks what a subscription wants of attributes, and writes it as the patterns of the services that decide: SNS, the reader of
# the queue, and fan. It creates nothing. Every value in an event is text and a missing one is empty, so not every pattern can
# be taken as it is (decision 0065).

locals {
  # JSON text with the members of each object in order of name and no spaces. Empty if it is not JSON.
  json = var.filter == null ? "{}" : try(jsonencode(jsondecode(var.filter)), "")

  # Anything that is not an object is read as one without members, so that nothing here fails on it.
  wanted = try(merge(jsondecode(local.json)), {})

  # What is wanted of each attribute, as JSON texts: patterns are of different types, and Terraform's lists are of one.
  lists = { for name, list in local.wanted : name => try([for pattern in list : jsonencode(pattern)], []) if startswith(jsonencode(list), "[") }

  # The parts of each pattern. A plain value has no operator.
  parts = {
    for name, list in local.lists : name => [
      for text in list : {
        text     = text
        form     = lookup(local.forms, substr(text, 0, 1), "number")
        operator = startswith(text, "{") && length(try(keys(jsondecode(text)), [])) == 1 ? keys(jsondecode(text))[0] : ""
        argument = startswith(text, "{") && length(try(keys(jsondecode(text)), [])) == 1 ? jsonencode(values(jsondecode(text))[0]) : text
        # The argument's values, or the argument as the only one.
        values = try(startswith(jsonencode(values(jsondecode(text))[0]), "[") ? [for value in values(jsondecode(text))[0] : jsonencode(value)] : [jsonencode(values(jsondecode(text))[0])], [text])
      }
    ]
  }

  # What JSON text begins with. Any other beginning is a number's.
  forms = { "\"" = "text", "{" = "object", "[" = "list", "t" = "boolean", "f" = "boolean", "n" = "null" }

  problems = concat(
    !startswith(local.json, "{") ? ["filter: is not the JSON text of an object; write filter = jsonencode({ customer = [\"cus_1\"] })"] : [],
    local.shape_problems,
    local.value_problems,
    local.number_problems,
  )

  # The other files read these: a filter without mistakes, or nothing.
  sound = { for name, list in local.parts : name => list if length(local.problems) == 0 }
}
