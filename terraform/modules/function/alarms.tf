module "alarms" {
  source = "../alarms"

  prefix   = local.full_name
  defaults = var.defaults.alarms

  alarms = { for kind, alarm in {
    errors = {
      description = "Invocations of ${local.full_name} fail."
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      dimensions  = { FunctionName = local.full_name }
      statistic   = "Sum"
    }
    throttles = {
      description = "Lambda throttles invocations of ${local.full_name}."
      namespace   = "AWS/Lambda"
      metric      = "Throttles"
      dimensions  = { FunctionName = local.full_name }
      statistic   = "Sum"
    }
  } : kind => alarm if kind != "errors" || var.errors_alarm }
}
