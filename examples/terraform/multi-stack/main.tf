# Several stacks in one account and region, for instance one for each team. Each has its own names, key and tables.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {}

variable "packages" {
  description = "Where the functions' packages are: { dir } or { bucket, prefix, version }, and the digest of their packages.json."
  type = object({
    dir     = optional(string)
    bucket  = optional(string)
    prefix  = optional(string)
    version = optional(string)
    digest  = optional(string)
  })
}

variable "architecture" {
  description = "What the packages were built for."
  type        = string
  default     = "arm64"
}

locals {
  teams = {
    billing  = { stripe = { preset = "stripe" } }
    delivery = { shopify = { preset = "shopify" }, github = { preset = "github" } }
  }
}

module "coatcheck" {
  source   = "../../../terraform"
  for_each = local.teams

  stack        = each.key
  tags         = { team = each.key }
  architecture = var.architecture
  packages     = var.packages
  endpoints    = each.value
}

output "endpoint_urls" {
  description = "By team and endpoint: the URL that you give to its provider."
  value       = { for team, stack in module.coatcheck : team => stack.endpoint_urls }
}
