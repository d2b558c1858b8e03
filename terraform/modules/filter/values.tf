# What the operators may be given.

locals {
  # Every text that is compared, with the operator that it is for.
  texts = flatten([
    for name, parts in local.parts : [
      for part in parts : [
        for value in(part.operator == "" ? [part.text] : part.values) : { name = name, operator = part.operator, text = jsondecode(value) } if startswith(value, "\"")
      ] if part.operator != "numeric"
    ]
  ])

  value_problems = concat(
    flatten([
      for name, parts in local.parts : [
        for part in parts : compact([
          contains(["prefix", "suffix", "equals-ignore-case"], part.operator) && !startswith(part.argument, "\"") ? "${name}: ${part.operator} takes one text, and no pattern in it, which SNS does not know; write { ${part.operator} = \"value\" }" : "",
          part.operator == "exists" && !contains(["true", "false"], part.argument) ? "${name}: exists takes true or false; write { exists = true }" : "",
          part.operator == "anything-but" && startswith(part.argument, "{") ? "${name}: anything-but takes values, and no pattern in it, which EventBridge Pipes does not know; list the values, or let the target decide" : "",
          part.operator == "anything-but" && part.argument == "[]" ? "${name}: anything-but has an empty list; name at least one value" : "",
          part.operator == "anything-but" && !startswith(part.argument, "{") && !alltrue([
            for value in part.values : lookup(local.forms, substr(value, 0, 1), "number") == lookup(var.kinds, name, "")
          ]) ? "${name}: anything-but takes values of the attribute's kind, ${lookup(var.kinds, name, "")}; correct them" : "",
        ])
      ]
    ]),
    flatten([
      for one in local.texts : compact([
        one.text == "" ? "${one.name}: an empty text counts as a missing value; write { exists = false }" : "",
        # 128 bytes are at most 172 characters of base64.
        length(replace(base64encode(one.text), "=", "")) > 171 ? "${one.name}: ${substr(one.text, 0, 20)}... is longer than 128 bytes, and longer values are not kept; shorten it" : "",
        can(regex("\\p{Cc}", one.text)) ? "${one.name}: a value with a control character is not kept; leave it out" : "",
        one.operator == "equals-ignore-case" && !can(regex("^[ -~]*$", one.text)) ? "${one.name}: equals-ignore-case is the same everywhere for ASCII only; list the spellings as plain values" : "",
        # A quote, % or backslash is stored as %22, %25 or %5C, so the end of one could be taken for such a suffix.
        one.operator == "suffix" && can(regex("^[25C]", one.text)) ? "${one.name}: a suffix must not begin with 2, 5 or C, since a quote is stored as %22, a percent sign as %25 and a backslash as %5C; begin it earlier or later" : "",
      ])
    ]),
  )
}
