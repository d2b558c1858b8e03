variable "scheme" {
  description = "The scheme, as JSON text: a preset's or one of the user's own. It may be broken in any way."
  type        = string
  nullable    = false
}

variable "ordering_key" {
  description = "Where the endpoint says that the ordering key stands, as JSON text; null: where the scheme says."
  type        = string
  default     = null
}
