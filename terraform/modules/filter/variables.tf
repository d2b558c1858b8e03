variable "filter" {
  description = "The filter as JSON text, in the language of EventBridge's event patterns; null for none. It may be broken in any way."
  type        = string
  default     = null
}

variable "kinds" {
  description = "The attributes that the subscription's endpoints declare: `text` or `number`, by name."
  type        = map(string)
  nullable    = false
}

variable "combinations" {
  description = "How many combinations of types, endpoints and outcomes of a schema the topic's filter has already."
  type        = number
  default     = 1
  nullable    = false
}

variable "keys" {
  description = "How many of its five keys the topic's filter has left."
  type        = number
  default     = 3
  nullable    = false
}
