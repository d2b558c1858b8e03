variable "partition" {
  description = "Partition of the stack's ARNs: aws, aws-cn or aws-us-gov."
  type        = string
}
