# What each subscription wants of its events' attributes, as the services that decide need it (decision 0065).

locals {
  # By subscription: what its endpoints declare. A name has one kind in the whole stack.
  kinds = {
    for name, subscription in var.subscriptions : name => merge([
      for endpoint, settings in var.endpoints : { for attribute, rule in settings.attributes : attribute => rule.as }
      if subscription.endpoints == null ? true : contains(coalesce(subscription.endpoints, []), endpoint)
    ]...)
  }
}

module "filter" {
  source   = "./modules/filter"
  for_each = var.subscriptions

  filter = each.value.filter
  kinds  = local.kinds[each.key]

  # Types, endpoints, and where an endpoint quarantines, what came of the check by a schema: two values of one key.
  combinations = length(each.value.types) * max(1, try(length(each.value.endpoints), 1)) * (local.quarantines && !each.value.quarantined ? 2 : 1)
  keys         = local.quarantines || each.value.quarantined ? 2 : 3
}

locals {
  # The attributes whose order some filter asks for, and by endpoint those that it has to write it of.
  compared = sort(distinct(flatten([for filter in values(module.filter) : filter.compared])))
  compared_at = {
    for endpoint in keys(var.endpoints) : endpoint => distinct(flatten([
      for name, subscription in var.subscriptions : module.filter[name].compared
      if subscription.endpoints == null ? true : contains(coalesce(subscription.endpoints, []), endpoint)
    ]))
  }

  # "subscription: attribute: what is wrong; remedy". A validation of var.subscriptions cannot refuse these: the filters depend
  # on that variable, and Terraform sees a cycle. tables.tf does.
  filter_problems = concat(
    flatten([for name, filter in module.filter : [for problem in filter.problems : "${name}: ${problem}"]]),
    [
      for name, subscription in module.subscription :
      "${name}: filter: is too long: with the types and endpoints it makes ${subscription.testable ? "a pattern" : "four patterns, the longest"} of ${subscription.longest_pattern} characters, and EventBridge takes ${subscription.pattern_limit}; name fewer values, compare fewer numbers, or divide the subscription"
      if subscription.longest_pattern > subscription.pattern_limit && var.subscriptions[name].filter != null
    ],
  )
}
