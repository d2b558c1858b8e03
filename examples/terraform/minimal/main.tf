# The least that receives webhooks: one endpoint, and a queue of yours that gets its events.

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

module "coatcheck" {
  source = "../../../terraform"

  stack        = "minimal"
  architecture = var.architecture
  packages_dir = var.packages_dir

  endpoints = {
    github = { preset = "github" }
  }

  subscriptions = {
    pushes = {
      types  = ["push"]
      target = { queue_arn = aws_sqs_queue.pushes.arn }
    }
  }
}

resource "aws_sqs_queue" "pushes" {
  name                    = "minimal-pushes"
  sqs_managed_sse_enabled = true
}

output "endpoint_urls" {
  description = "The URL that you give to each provider."
  value       = module.coatcheck.endpoint_urls
}
