variable "endpoints" {
  description = "The endpoints whose payloads may be redeemed; null for all."
  type        = list(string)
  default     = null
}

variable "bucket_arn" {
  description = "Bucket of the payloads."
  type        = string
}

variable "key" {
  description = "Key that encrypts the payloads: the placeholder for its ARN, and the names of services in `kms:ViaService`, by service."
  type = object({
    placeholder = string
    via         = map(string)
  })
}
