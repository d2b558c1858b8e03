# The pages about alarms in docs/operations.md, by their headings.

terraform {
  required_version = ">= 1.11"
}

locals {
  parts  = { for part in split("\n## ", file("${path.module}/../../../docs/operations.md")) : split("\n", part)[0] => part }
  alarms = split("\n### ", local.parts["Alarms"])
}

output "pages" {
  description = "Text by heading."
  value       = { for page in slice(local.alarms, 1, length(local.alarms)) : split("\n", page)[0] => page }
}
