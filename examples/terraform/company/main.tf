# A stack under a company's rules: every role has a boundary and a path, everything has tags and the company's key, and the
# functions run in a VPC. Providers deliver to a host name of the company's.

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

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  stack   = "company"
  account = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}"
}

module "coatcheck" {
  source = "../../../terraform"

  stack        = local.stack
  architecture = var.architecture
  packages     = var.packages

  permissions_boundary_arn = "${local.account}:policy/${var.boundary}"
  role_path                = "/platform/"
  log_retention_days       = 90
  vpc                      = var.vpc
  tags                     = { owner = "platform", cost-centre = "4711" }
  # coalesce tells Terraform that the ARN is not null, before the key exists.
  kms_key_arn = coalesce(aws_kms_key.data.arn)

  # A new stack has no provider yet that knows the default endpoint, so it is closed from the start.
  front_door = var.domain == null ? null : {
    domain                   = var.domain
    zone_id                  = var.zone_id
    disable_default_endpoint = true
    web_acl                  = { rate_per_5_min = 5000 }
  }

  endpoints = {
    github = { preset = "github" }
    stripe = { preset = "stripe" }
  }

  alarm_topic_arns = var.alarm_topic_arns
}
