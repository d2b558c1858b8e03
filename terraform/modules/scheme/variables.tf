variable "scheme" {
  description = "The scheme as JSON text: a preset's, or one of your own. It may be broken in any way."
  type        = string
  nullable    = false
}

variable "ordering_key" {
  description = "Where the ordering key is, as JSON text, if the endpoint says so; null if the scheme says it."
  type        = string
  default     = null
}

variable "event" {
  description = "Where facts are, as JSON texts, by fact, if the endpoint says so. For all others the scheme says it."
  type        = map(string)
  default     = {}
  nullable    = false
}
