variable "stack" {
  description = "Name of the stack."
  type        = string
}

variable "account" {
  description = "Account that holds the stack."
  type        = string
}

variable "arn_prefixes" {
  description = "The start of the ARNs of services, by service."
  type        = map(string)
}

variable "key" {
  description = "The stack's key: see modules/role."
  type = object({
    arn         = string
    placeholder = string
    via         = map(string)
  })
}

variable "function_defaults" {
  description = "What all functions of the stack share: see modules/function."
  type        = any
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

variable "dead_letter_handling" {
  description = "How `rehydrate` reads dead letters: how many seconds one is hidden meanwhile, and how often it is tried."
  type = object({
    visibility_timeout_s = number
    max_receives         = number
  })
}

variable "stream_arn" {
  description = "Stream of the events table."
  type        = string
}

variable "stream_pattern" {
  description = "ARN of the events table's streams, with a wildcard for the date in their names."
  type        = string
}

variable "template" {
  description = "Input template that builds the event from a record of the stream."
  type        = string
}

variable "heartbeats_endpoint" {
  description = "The endpoint that heartbeats claim to come from. No subscription gets them."
  type        = string
}

variable "description" {
  description = "The table that holds the stack's description, which names the ordered subscriptions and what they want."
  type = object({
    table     = string
    table_arn = string
  })
}

variable "queue_arns" {
  description = "Queues of the ordered subscriptions, or a pattern of their ARNs."
  type        = list(string)
}

variable "batch_rights_by_call" {
  description = "Whether SendMessageBatch needs a right of its own, as in the local cloud."
  type        = bool
}

variable "log_retention_days" {
  description = "How many days the pipe's log group keeps its lines."
  type        = number
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
