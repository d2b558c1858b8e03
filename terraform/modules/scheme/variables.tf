variable "scheme" {
  description = "The scheme, as JSON text: a preset's or one of the user's own. It may be broken in any way."
  type        = string
  nullable    = false
}

variable "ordering_key" {
  description = "Where the endpoint says that the ordering key is, as JSON text; null: where the scheme says."
  type        = string
  default     = null
}

variable "event" {
  description = "Where the endpoint says that facts are, by fact, as JSON texts; a fact that is left out is where the scheme says."
  type        = map(string)
  default     = {}
  nullable    = false
}
