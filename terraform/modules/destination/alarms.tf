# The alarms of its queues are in modules/subscription, and those of its function in modules/function.

locals {
  # No alarm checks whether a mapping that should be off is on.
  alarm_kinds = concat(["subscription-open"], var.subscription.enabled ? ["mapping-down"] : [])

  alarms = {
    "subscription-open" = {
      description = "Deliveries of the subscription ${var.name} have stopped, because its destination fails or is gone. Its events wait in ${local.full_name}."
      namespace   = "Coatcheck"
      metric      = "SubscriptionOpen"
      dimensions  = { Stack = var.function_defaults.stack, Subscription = var.name }
      statistic   = "Maximum"
    }
    "mapping-down" = {
      description        = "The mapping that feeds ${var.function_defaults.stack}-${local.function} has not been enabled for 5 minutes. The events wait in ${local.full_name}."
      namespace          = "Coatcheck"
      metric             = "MappingDown"
      dimensions         = { Stack = var.function_defaults.stack, Subscription = var.name }
      statistic          = "Maximum"
      evaluation_periods = 5
    }
  }
}

module "alarms" {
  source = "../alarms"

  prefix   = local.full_name
  defaults = var.function_defaults.alarms
  alarms   = { for kind, alarm in local.alarms : kind => alarm if contains(local.alarm_kinds, kind) }
}
