variable "name" {
  description = "Name of the processor, and of its package unless `processor.package` names another."
  type        = string
}

variable "account" {
  description = "Account that holds the stack."
  type        = string
}

variable "processor" {
  description = "The processor, as in the root module's variable `processors`, which also validates it."
  type = object({
    kind                 = string
    package              = optional(string)
    runtime              = optional(string)
    handler              = optional(string)
    memory_mb            = number
    timeout_s            = number
    reserved_concurrency = optional(number)
    environment          = map(string)
    idempotency          = bool
    record               = optional(string, "claim")
    events_at_once       = number
    event_timeout_s      = optional(number)
    definition           = optional(string)
    batch_size           = number
    max_retries          = number
    visibility_timeout_s = optional(number)
    max_concurrency      = optional(number)
  })
}

variable "ordered" {
  description = "Names of the ordered ones among the subscriptions that target it: their DLQs are FIFO queues."
  type        = list(string)
}

variable "subscribed" {
  description = "Names of the subscriptions that target it."
  type        = list(string)
}

variable "policies" {
  description = "Policies that let it redeem payloads, as JSON, by name."
  type        = map(string)
}

variable "processed_table" {
  description = "Table in which it records what it processed."
  type = object({
    arn  = string
    name = string
  })
}

variable "processed_ttl_days" {
  description = "Days after which such a record expires."
  type        = number
}

variable "queue_defaults" {
  description = "What all queues of the stack share: the key, how many days they keep a message, and whether they accept TLS only."
  type = object({
    kms_key_arn    = string
    retention_days = number
    require_tls    = bool
    tags           = map(string)
  })
}

variable "function_defaults" {
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

variable "arn_prefixes" {
  description = "The start of the ARNs of services, by service."
  type        = map(string)
}
