# Each comparison as the prefixes of the order texts that it lets through.

locals {
  # As places: the first that is let through, and the first behind the last.
  ranges = {
    for one in local.comparisons : one.text => {
      first = contains([">", ">="], jsondecode(one.values[0])) ? local.place[one.values[1]] + (jsondecode(one.values[0]) == ">" ? 1 : 0) : 0
      end = (
        contains(["<", "<="], jsondecode(one.values[length(one.values) - 2]))
        ? local.place[one.values[length(one.values) - 1]] + (jsondecode(one.values[length(one.values) - 2]) == "<=" ? 1 : 0)
        : null
      )
    }... if length(local.problems) == 0 && !one.is_equal
  }

  # The digits of the place before the first, and of the one behind the last; empty for no bound.
  bounds = {
    for text, ranges in local.ranges : text => {
      after  = ranges[0].first > 0 ? format("%055b", ranges[0].first - 1) : ""
      before = ranges[0].end != null ? format("%055b", ranges[0].end) : ""
    }
  }

  # Up to here both bounds have the same digits, and a value between them has them too.
  common = {
    for text, bound in local.bounds : text => bound.after == "" || bound.before == "" ? -1 : [
      for at in range(55) : at if substr(bound.after, at, 1) != substr(bound.before, at, 1)
    ][0]
  }

  prefixes = {
    for text, bound in local.bounds : text => bound.after == "" && bound.before == "" ? ["0", "1"] : concat(
      bound.after == "" ? [] : [
        for at in range(55) : "${substr(bound.after, 0, at)}1" if at > local.common[text] && substr(bound.after, at, 1) == "0"
      ],
      bound.before == "" ? [] : [
        for at in range(55) : "${substr(bound.before, 0, at)}0" if at > local.common[text] && substr(bound.before, at, 1) == "1"
      ],
    )
  }
}
