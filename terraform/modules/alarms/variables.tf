variable "prefix" {
  description = "Start of the alarms' names; a hyphen and the kind follow."
  type        = string
}

variable "alarms" {
  description = <<-EOT
    Alarms by kind. The kind ends the alarm's name, and is the heading of its page in the runbook unless `runbook` names
    another. An alarm fires when `statistic` (for instance Sum or p99) is over `threshold`, or compares to it as
    `comparison` says, for `evaluation_periods` of `period` seconds. With `missing_data` = "missing" it also notifies
    you when data stop coming, but not before the first data.
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
  description = "Whether to create alarms, which topics they notify, and where the runbook is."
  type = object({
    enabled     = bool
    actions     = set(string)
    runbook_url = string
    tags        = map(string)
  })
}
