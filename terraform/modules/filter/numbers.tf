# Numbers. A value of an event is text, which no service compares as a number. So an attribute that some filter compares has
# its order text besides: 55 binary digits, of which the first are the larger ones. "More than" and "less than" then are
# prefixes: each says that up to a place the digits are the bound's, and there differ from it.

locals {
  # Canonical: as the functions write it.
  number = {
    for text in distinct(flatten([
      for name, parts in local.parts : [
        for part in parts : [for value in part.values : value if !contains(keys(local.forms), substr(value, 0, 1))]
        if contains(["", "anything-but", "numeric"], part.operator)
      ]
    ])) : text => text == "-0" ? "0" : text
  }

  # Twice the millionths above the smallest number that can be compared. The last digit says that a value has more than six
  # decimals and is a little larger. From text, since a product of decimals is not exact.
  smallest = 5000000000
  place = {
    for text, number in local.number : text => 2 * (tonumber("${local.number_parts[text].sign}1") * tonumber("${local.number_parts[text].whole}${substr("${local.number_parts[text].decimals}000000", 0, 6)}") + local.smallest * 1000000)
  }
  number_parts = {
    for text, number in local.number : text => {
      sign     = startswith(number, "-") ? "-" : ""
      whole    = split(".", trimprefix(number, "-"))[0]
      decimals = try(split(".", number)[1], "")
    }
  }

  comparable = {
    for text, parts in local.number_parts :
    text => length(parts.decimals) <= 6 && abs(tonumber(text)) <= local.smallest
  }

  # Every numeric pattern with its first and last bound.
  comparisons = flatten([
    for name, parts in local.parts : [
      for part in parts : {
        name   = name
        text   = part.text
        shown  = replace(replace(part.text, "\\u003c", "<"), "\\u003e", ">")
        values = part.values
        # The forms of a comparison: one bound, or a lower and an upper one.
        is_form = (
          contains([2, 4], length(part.values))
          && try(contains(["<", "<=", "=", ">", ">="], jsondecode(part.values[0])), false)
          && contains(keys(local.number), try(part.values[1], ""))
          && (length(part.values) == 2 || (
            try(contains([">", ">="], jsondecode(part.values[0])), false)
            && try(contains(["<", "<="], jsondecode(part.values[2])), false)
            && contains(keys(local.number), try(part.values[3], ""))
          ))
        )
        is_equal = try(jsondecode(part.values[0]) == "=", false)
        bounds   = [for value in part.values : value if contains(keys(local.number), value)]
      } if part.operator == "numeric" && startswith(part.argument, "[")
    ]
  ])

  # The attributes of which a filter asks more than whether a value is one of a list.
  compared = distinct([for one in local.comparisons : one.name if one.is_form && !one.is_equal && lookup(var.kinds, one.name, "") == "number"])

  number_problems = concat(
    flatten([
      for name, parts in local.parts : [
        for part in parts : "${name}: numeric takes a comparison; write { numeric = [\">\", 100] } or { numeric = [\">=\", 100, \"<\", 200] }"
        if part.operator == "numeric" && !startswith(part.argument, "[")
      ]
    ]),
    flatten([
      for one in local.comparisons : compact([
        !one.is_form ? "${one.name}: ${one.shown} is no comparison; write one of <, <=, =, >, >= with a number, or > or >= with a number and then < or <= with a larger one" : "",
        one.is_form && length(one.bounds) == 2 && try(tonumber(one.bounds[0]) >= tonumber(one.bounds[1]), false) ? "${one.name}: ${one.shown} matches nothing; the first number must be smaller than the second" : "",
        one.is_form && !one.is_equal && length(one.bounds) == 1 && try(jsondecode(one.values[0]) == "<" && tonumber(one.bounds[0]) == -local.smallest, false) ? "${one.name}: ${one.shown} matches nothing; the smallest number that can be compared is -5000000000" : "",
        one.is_form && !one.is_equal && try(jsondecode(one.values[0]) == ">" && tonumber(one.bounds[0]) == local.smallest, false) ? "${one.name}: ${one.shown} matches nothing; the largest number that can be compared is 5000000000" : "",
      ])
    ]),
    flatten([
      for one in local.comparisons : [
        for bound in one.bounds : "${one.name}: ${bound} cannot be compared; use a number from -5000000000 to 5000000000 with at most six decimals, the limits of EventBridge"
        if !local.comparable[bound]
      ] if !one.is_equal
    ]),
    flatten([
      for name, parts in local.parts : [
        for part in parts : "${name}: ${part.text} has more than 38 digits, and such numbers are not kept; shorten it"
        if part.form == "number" && length(replace(replace(part.text, "-", ""), ".", "")) > 38
      ]
    ]),
    flatten([
      for name in local.compared : [
        for part in local.parts[name] : compact([
          part.operator == "anything-but" ? "${name}: anything-but beside a comparison says little; write the comparison that you mean" : "",
          part.operator == "exists" && part.argument == "true" ? "${name}: { exists = true } beside a comparison lets every number pass; leave one of them out" : "",
          part.form == "number" && !try(local.comparable[part.text], true) ? "${name}: ${part.text} beside a comparison is compared, too; use a number from -5000000000 to 5000000000 with at most six decimals" : "",
        ])
      ]
    ]),
  )
}
