variable "key" {
  description = "The stack's key: the placeholder for its ARN, and the names of services in `kms:ViaService`, by service."
  type = object({
    placeholder = string
    via         = map(string)
  })
}

variable "uses" {
  description = <<-EOT
    What the policy allows, by the sid of its statement. `use` is decrypt, encrypt, produce, read_table or write_table;
    `through` lists the services. `bucket_arn` limits the statement to the objects of a bucket. `key_arn` names a key other than
    the stack's.
  EOT

  type = map(object({
    use        = string
    through    = list(string)
    bucket_arn = optional(string)
    key_arn    = optional(string)
  }))
}
