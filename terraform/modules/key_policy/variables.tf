variable "stack" {
  description = "Name of the stack."
  type        = string
}
