variable "prefix" {
  description = "Start of the alarms' names, before a hyphen."
  type        = string
}

variable "alarms" {
  description = <<-EOT
    Alarms by kind, which ends their name and is the heading of their page in the runbook unless
    `runbook` names another. Each goes off when `statistic` (a percentile such as p99 too) is over
    `threshold`, or what else `comparison` says, for `evaluation_periods` of `period` seconds. With `missing_data` = "missing" it also tells
    when data stop coming, and nothing before the first have come.
  EOT

  type = map(object({
    description        = string
    namespace          = string
    metric             = string
    dimensions         = map(string)
    statistic          = string
    threshold          = optional(number, 0)
    comparison         = optional(string, "GreaterThanThreshold")
    period             = optional(number, 60)
    evaluation_periods = optional(number, 1)
    missing_data       = optional(string, "notBreaching")
    runbook            = optional(string)
  }))
}

variable "defaults" {
  description = "Whether alarms are made, whom they notify, and where the runbook is."
  type = object({
    enabled     = bool
    actions     = set(string)
    runbook_url = string
  })
}
