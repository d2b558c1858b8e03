variable "arn" {
  description = "ARN the queue will have. Taken instead of a name so that a queue and its DLQ can name each other."
  type        = string
}

variable "defaults" {
  description = "What all queues of the stack share: key, days a message is kept, and whether only TLS is let in."
  type = object({
    kms_key_arn    = string
    retention_days = number
    require_tls    = bool
  })
}

variable "retention_s" {
  description = "Seconds a message is kept; null for the stack's days."
  type        = number
  default     = null
}

variable "visibility_timeout_s" {
  description = "Seconds a received message is hidden from other receivers."
  type        = number
  default     = 30
}

variable "dead_letter" {
  description = "Queue that gets a message received max_receives times without being deleted; null for none."
  type = object({
    arn          = string
    max_receives = number
  })
  default = null
}

variable "redrive_from" {
  description = "Queues that may use this one as their DLQ."
  type        = list(string)
  default     = []
}

variable "topic_arn" {
  description = "SNS topic that may send to the queue; null for none."
  type        = string
  default     = null
}

variable "rules_arn" {
  description = "Pattern of the ARNs of EventBridge rules that may send to the queue, also what they could not deliver; null for none."
  type        = string
  default     = null
}
