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
    ordered           = bool
    enabled           = bool
    batch_size        = optional(number)
    batching_window_s = number
    max_retries       = number
    retention_days    = optional(number)
  })
}

variable "target" {
  description = "What the pipe calls. `kind` is lambda, express, standard or queue; `kms_key_arn` is the key of an encrypted queue."
  type = object({
    kind        = string
    arn         = string
    encrypted   = optional(bool, false)
    kms_key_arn = optional(string)
  })

  validation {
    condition     = contains(["lambda", "express", "standard", "queue"], var.target.kind)
    error_message = "target.kind must be lambda, express, standard or queue."
  }
}

variable "made_target_arn" {
  description = "The target's ARN, which is known once the target exists: the pipe waits for it, and the pipe's role does not."
  type        = string
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
  })
}
