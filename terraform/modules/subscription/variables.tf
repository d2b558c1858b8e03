variable "name" {
  description = "Name of the subscription."
  type        = string
}

variable "stack" {
  description = "Name of the stack."
  type        = string
}

variable "account" {
  description = "Account that holds the stack."
  type        = string
}

variable "subscription" {
  description = "The subscription, as in the root module's variable `subscriptions`, which also validates it."
  type = object({
    types             = list(string)
    endpoints         = optional(list(string))
    quarantined       = optional(bool, false)
    ordered           = bool
    enabled           = bool
    batch_size        = optional(number)
    batching_window_s = number
    max_retries       = optional(number, 5)
    retention_days    = optional(number)
    fair_by           = optional(string)
  })
}

variable "filter" {
  description = "What the events' attributes must be, as modules/filter gives it: JSON texts of the patterns by member, and the compared attributes."
  type = object({
    patterns       = string
    topic_patterns = string
    compared       = list(string)
  })
  default = { patterns = "{}", topic_patterns = "{}", compared = [] }
}

variable "target" {
  description = "What the pipe calls: see modules/target, which validates it."
  type        = any
}

variable "bucket_arn" {
  description = "Bucket of the payloads."
  type        = string
}

variable "enrichment" {
  description = "What the pipe calls before the target: see modules/target. null for nothing."
  type = object({
    kind = optional(string)
    arn  = optional(string)
  })
  default = null
}

variable "made_enrichment_arn" {
  description = "The enrichment's ARN, which is known once it exists; null for none."
  type        = string
  default     = null
}

variable "made_target_arn" {
  description = "The target's ARN, which is known once the target exists: the pipe waits for it, and the pipe's role does not."
  type        = string
}

variable "reader" {
  description = "What reads the queue: `pipe`, or `deliver` for the function of modules/destination."
  type        = string
  default     = "pipe"
}

variable "visibility_timeout_s" {
  description = "How many seconds a message is hidden while the pipe works on it, and so the pause before a retry."
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

variable "roles" {
  description = "What all roles share: see modules/role. Its tags are those of everything else too."
  type = object({
    path                     = string
    permissions_boundary_arn = string
    tags                     = map(string)
  })
}

variable "log_retention_days" {
  description = "How many days the pipe's log group keeps its lines."
  type        = number
}

variable "topic_arn" {
  description = "Topic that a buffered subscription listens to."
  type        = string
}

variable "key" {
  description = "The stack's key: see modules/role."
  type = object({
    arn         = string
    placeholder = string
    via         = map(string)
  })
}

variable "template" {
  description = "Input template that builds the event from a message that carries it."
  type        = string
}

variable "heartbeats_endpoint" {
  description = "The endpoint that heartbeats claim to come from. No subscription gets them."
  type        = string
}

variable "test_type" {
  description = "The type of events that an operator sends to test an endpoint. A subscription to all types does not get them."
  type        = string
}

variable "quarantines" {
  description = "Whether endpoints of the stack quarantine payloads that do not match their schema."
  type        = bool
  default     = false
}

variable "arn_prefixes" {
  description = "The start of the ARNs of services, by service."
  type        = map(string)
}

variable "alarms" {
  description = "Whether to create alarms, which topics they notify, and where the runbook is."
  type = object({
    enabled     = bool
    actions     = set(string)
    runbook_url = string
    tags        = map(string)
  })
}
