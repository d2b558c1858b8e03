variable "endpoints" {
  description = "Endpoints whose payloads may be redeemed; null for all."
  type        = list(string)
  default     = null
}

variable "bucket_arn" {
  description = "Bucket of the payloads."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the payloads."
  type        = string
}

variable "via_s3" {
  description = "Name by which KMS knows S3 in this region."
  type        = string
}
