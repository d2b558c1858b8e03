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

variable "packages_dir" {
  description = "Folder of the functions' packages, for instance of an unpacked release."
  type        = string
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
  packages_dir = var.packages_dir
  endpoints    = each.value
}

output "endpoint_urls" {
  description = "By team and endpoint: the URL that you give to its provider."
  value       = { for team, stack in module.coatcheck : team => stack.endpoint_urls }
}
