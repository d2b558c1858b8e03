variable "name" {
  description = "Name of the function; the stack's name is put before it."
  type        = string
}

variable "package" {
  description = "Its package: the name of one of var.packages, or the path of a zip; null for the function's own name."
  type        = string
  default     = null
}

variable "runtime" {
  description = "Lambda runtime of the package; null for provided.al2023."
  type        = string
  default     = null
}

variable "handler" {
  description = "Entry point of the package; null for the executable `bootstrap`."
  type        = string
  default     = null
}

variable "description" {
  description = "What the function does, in one line."
  type        = string
}

variable "defaults" {
  description = "What all functions of the stack share."
  type = object({
    stack        = string
    architecture = string
    packages = object({
      dir    = optional(string)
      bucket = optional(string)
      base   = optional(string, "")
      place  = optional(string, "")
      listed = optional(map(object({ path = string, sha256 = string })), {})
      keys   = optional(set(string), [])
      pinned = optional(bool, false)
    })
    logs_arn_prefix      = string
    log_level            = string
    log_retention_days   = number
    tracing              = bool
    tags                 = map(string)
    functions_arn_prefix = string
    vpc = object({
      subnet_ids         = set(string)
      security_group_ids = set(string)
    })
    roles = object({
      path                     = string
      permissions_boundary_arn = string
      tags                     = map(string)
    })
    key = object({
      arn         = string
      placeholder = string
      via         = map(string)
    })
    alarms = object({
      enabled     = bool
      actions     = set(string)
      runbook_url = string
      tags        = map(string)
    })
  })
}

variable "memory_mb" {
  description = "Memory in MB; CPU grows with it."
  type        = number
}

variable "timeout_s" {
  description = "Seconds after which Lambda ends an invocation."
  type        = number
}

variable "reserved_concurrency" {
  description = "How many executions may run at once; null for the account's pool."
  type        = number
  default     = null
}

variable "errors_alarm" {
  description = "Whether an alarm watches the function's errors; false if failing is a normal reply of the function."
  type        = bool
  default     = true
}

variable "environment" {
  description = "Environment variables, besides LOG_LEVEL and STACK."
  type        = map(string)
}

variable "policies" {
  description = "What the function may do beyond writing its log: inline policies by name, as JSON."
  type        = map(string)
}

variable "key_use" {
  description = "How its role may use the stack's key: see modules/role."
  type = map(map(object({
    use        = string
    through    = list(string)
    bucket_arn = optional(string)
    key_arn    = optional(string)
  })))
  default = {}
}

variable "unscoped_sids" {
  description = "Sids of statements that may have the resource \"*\"."
  type        = set(string)
  default     = []
}

variable "too_large" {
  description = "Advice in the error message if its role's policies are larger than IAM allows."
  type        = string
  default     = "Divide its work over several functions."
}
