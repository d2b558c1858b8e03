# The alarms of its queues are in modules/subscription, and those of its function in modules/function.

module "alarms" {
  source = "../alarms"

  prefix   = local.full_name
  defaults = var.function_defaults.alarms

  alarms = {
    "subscription-open" = {
      description = "Deliveries of the subscription ${var.name} have stopped, because its destination fails or is gone. Its events wait in ${local.full_name}."
      namespace   = "Coatcheck"
      metric      = "SubscriptionOpen"
      dimensions  = { Stack = var.function_defaults.stack, Subscription = var.name }
      statistic   = "Maximum"
    }
  }
}
