# Which attributes can be asked for, and with which operators. Both SNS and EventBridge Pipes have to have an operator, and it
# has to mean the same where a missing value is an empty text.
# https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html

locals {
  # For each kind, its operators.
  operators = {
    text   = ["anything-but", "equals-ignore-case", "exists", "prefix", "suffix"]
    number = ["anything-but", "exists", "numeric"]
  }

  # Why others are not there.
  no_operator = {
    "wildcard" = "AWS does not say that EventBridge Pipes takes wildcard; use prefix or suffix"
    "cidr"     = "AWS does not say that EventBridge Pipes takes cidr; use prefix"
    "$or"      = "the conditions of one subscription must all hold; write two subscriptions to the same target"
  }

  # What an event has anyway.
  of_event = {
    type   = "is chosen by the subscription's types; leave it out of the filter"
    source = "is chosen by the subscription's endpoints; leave it out of the filter"
  }

  shape_problems = concat(
    var.filter != null && local.json == "{}" ? ["filter: is empty; leave it out"] : [],
    [
      for name in keys(local.wanted) : "${name}: ${
        name == "$or" ? local.no_operator["$or"] :
        contains(keys(local.of_event), name) ? local.of_event[name] :
        "no endpoint of this subscription declares this attribute; ${length(var.kinds) == 0 ? "declare it in the attributes of an endpoint" : "use ${join(", ", keys(var.kinds))}, or declare it in the attributes of an endpoint"}"
      }" if !contains(keys(var.kinds), name)
    ],
    [
      for name, list in local.wanted : "${name}: must be a list with at least one value or pattern; write [\"value\"] or [{ prefix = \"value\" }]"
      if length(try(local.lists[name], [])) == 0 && contains(keys(var.kinds), name)
    ],
    flatten([
      for name, parts in local.parts : [
        for part in parts : compact([
          part.form == "null" ? "${name}: null counts as a missing value, and is no pattern; write { exists = false }" : "",
          part.form == "list" ? "${name}: a list must not contain a list; write its values side by side" : "",
          part.form == "boolean" ? "${name}: ${part.text} is kept as text; write \"${part.text}\"" : "",
          part.form == "text" && var.kinds[name] == "number" ? "${name}: ${part.text} is text, and the attribute is a number; write the number without quotes" : "",
          part.form == "number" && var.kinds[name] == "text" ? "${name}: ${part.text} is a number, and the attribute is text; write \"${part.text}\", or declare the attribute with as = \"number\"" : "",
          part.form == "object" && part.operator == "" ? "${name}: ${part.text} must have exactly one operator; write one pattern for each" : "",
          part.operator != "" && !contains(local.operators[var.kinds[name]], part.operator) ? "${name}: ${
            contains(keys(local.no_operator), part.operator) ? local.no_operator[part.operator] :
            part.operator == "numeric" ? "numeric compares numbers, and the attribute is text; declare it with as = \"number\"" :
            contains(local.operators.text, part.operator) ? "${part.operator} is for text, and the attribute is a number; use numeric" :
            "${part.operator} is not an operator of filters; use ${join(", ", local.operators[var.kinds[name]])}"
          }" : "",
        ])
      ] if contains(keys(var.kinds), name)
    ]),
  )
}
