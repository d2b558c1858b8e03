variable "scheme" {
  description = "The scheme, as JSON text: a preset's or one of the user's own. It may be broken in any way."
  type        = string
  nullable    = false
}
