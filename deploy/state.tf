# Where `make deploy` keeps the state: scripts/deploy-state.

variable "state_bucket" {
  description = "Bucket in which `make deploy` keeps Terraform's state; null keeps it in this clone. The stack itself does not use it."
  type        = string
  default     = null

  validation {
    condition     = var.state_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "state_bucket must be the name of a bucket, for instance example-terraform-state: 3 to 63 characters of a-z, 0-9, dots and hyphens."
  }
}
