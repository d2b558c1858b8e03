variable "arn" {
  description = "The ARN that the queue will have. It is an ARN and not a name, so that a queue and its DLQ can name each other. A name that ends in .fifo makes a FIFO queue, whose DLQ must be one too."
  type        = string
}

variable "defaults" {
  description = "What all queues of the stack share: the key, how many days they keep a message, and whether they accept TLS only."
  type = object({
    kms_key_arn    = string
    retention_days = number
    require_tls    = bool
    tags           = map(string)
  })
}

variable "retention_s" {
  description = "How many seconds the queue keeps a message; null for the stack's default."
  type        = number
  default     = null
}

variable "visibility_timeout_s" {
  description = "How many seconds a received message is hidden from other receivers."
  type        = number
  default     = 30
}

variable "dead_letter" {
  description = "Queue that gets a message after it was received max_receives times and not deleted; null for none."
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
  description = "Pattern of the ARNs of EventBridge rules that may send to the queue, including events that they could not deliver elsewhere; null for none."
  type        = string
  default     = null
}
