# The patterns, each list as JSON texts. An event has every attribute that any endpoint of the stack declares, empty if it is
# missing, and the order text of each compared one under 0 and its name, which no attribute can have.

locals {
  # As an event carries it: the template puts it between quotes. The order of the replacements matters.
  stored = {
    for text in distinct(concat([for one in local.texts : one.text], [""])) :
    text => replace(replace(replace(text, "%", "%25"), "\"", "%22"), "\\", "%5C")
  }

  # What is asked of the attribute itself. Where a number is compared, that there is one.
  direct = {
    for name, parts in local.sound : name => contains(local.compared, name) ? (
      anytrue([for part in parts : part.operator == "exists"]) ? [] : ["{\"anything-but\":[\"\"]}"]
      ) : [
      for part in parts : (
        part.form == "text" ? jsonencode(local.stored[jsondecode(part.text)]) :
        part.form == "number" ? jsonencode(local.number[part.text]) :
        part.operator == "exists" ? (part.argument == "true" ? "{\"anything-but\":[\"\"]}" : "\"\"") :
        part.operator == "numeric" ? jsonencode(local.number[part.values[1]]) :
        # EventBridge's does not let a missing value through.
        part.operator == "anything-but" ? jsonencode({
          anything-but = concat([for value in part.values : try(local.number[value], local.stored[jsondecode(value)])], [""])
        }) :
        # Lower case is what a service may compare with.
        part.operator == "equals-ignore-case" ? jsonencode({ equals-ignore-case = lower(local.stored[jsondecode(part.argument)]) }) :
        jsonencode({ (part.operator) = local.stored[jsondecode(part.argument)] })
      )
    ]
  }

  # What is asked of its order text. It is empty where none was written, of an event from before the filter: then the event
  # passes, since it did before. Where a number cannot be compared it is "-", and no prefix of one begins like that.
  ordered = {
    for name in local.compared : "0${name}" => concat(
      flatten([
        for part in local.sound[name] : (
          part.form == "number" ? [jsonencode(format("%055b", local.place[part.text]))] :
          part.operator == "exists" ? [] :
          contains(keys(local.prefixes), part.text) ? [for prefix in local.prefixes[part.text] : jsonencode({ prefix = prefix })] :
          [jsonencode(format("%055b", local.place[part.values[1]]))]
        )
      ]),
      ["\"\""],
    ) if contains(keys(local.sound), name)
  }

  patterns = merge({ for name, list in local.direct : name => list if length(list) > 0 }, local.ordered)

  # SNS only has to hold back most: the reader of the queue decides. No recorded test shows that it takes an empty text in
  # anything-but, so that is left out there.
  for_topic = {
    for name, list in local.patterns : name => [for text in list : replace(replace(text, ",\"\"]}", "]}"), "[\"\"]}", "[]}")]
  }

  # The shorter lists first: SNS has five keys, and multiplies the lengths of the lists.
  # https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
  short = [
    for entry in sort([for name, list in local.for_topic : "${format("%05d", length(list))} ${name}" if !contains(list, "{\"anything-but\":[]}")]) :
    split(" ", entry)[1]
  ]
  counts = [for name in local.short : length(local.for_topic[name])]
  products = [
    for at in range(min(var.keys, length(local.short))) :
    var.combinations * local.counts[0] * (at > 0 ? local.counts[min(1, length(local.counts) - 1)] : 1) * (at > 1 ? local.counts[min(2, length(local.counts) - 1)] : 1)
  ]
  by_topic = slice(local.short, 0, length([for product in local.products : product if product <= 150]))
}
