# What a company demands of everything in its accounts.

variable "tags" {
  description = "Tags for every resource, besides `stack`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "The policy that bounds what every role of the stack may do, where your organisation demands one; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::(?:aws|[0-9]{12}):policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy, for instance arn:aws:iam::123456789012:policy/boundary."
  }
}

variable "role_path" {
  description = "Path of every role of the stack, for instance /platform/."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/(?:[!-.0-~]+/)*$", var.role_path)) && length(var.role_path) <= 512
    error_message = "role_path must start and end with /, for instance /platform/, and have at most 512 characters: letters, digits and punctuation."
  }
}

variable "kms_key_arn" {
  description = "A symmetric KMS key of your own in the stack's account and region, in place of the stack's own key. Its policy must let the account's roles use it through IAM, and needs the statements of the output kms_key_policy_json. null: the stack makes a key, which rotates every year."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-z-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, for instance arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab. An alias does not do: IAM policies need the key's own ARN."
  }
}

variable "vpc" {
  description = "Subnets and security groups for every function, where your organisation demands a VPC; null for none. The functions call AWS only, besides destinations of subscriptions: see the output vpc_endpoints for what must be reachable from there."
  type = object({
    subnet_ids         = set(string)
    security_group_ids = set(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : alltrue([for id in var.vpc.subnet_ids : can(regex("^subnet-[0-9a-f]+$", id))]) && length(var.vpc.subnet_ids) >= 1 && length(var.vpc.subnet_ids) <= 16
    error_message = "vpc.subnet_ids must name 1 to 16 subnets, for instance subnet-0123456789abcdef0. Name two in different zones, or one zone's failure stops the stack."
  }

  validation {
    condition     = var.vpc == null ? true : alltrue([for id in var.vpc.security_group_ids : can(regex("^sg-[0-9a-f]+$", id))]) && length(var.vpc.security_group_ids) >= 1 && length(var.vpc.security_group_ids) <= 5
    error_message = "vpc.security_group_ids must name 1 to 5 security groups, for instance sg-0123456789abcdef0."
  }
}
