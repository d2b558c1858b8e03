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

module "coatcheck" {
  source = "../../../terraform"

  stack        = "minimal"
  architecture = var.architecture
  packages     = var.packages

  endpoints = {
    github = { preset = "github" }
  }

  subscriptions = {
    pushes = {
      types = ["push"]
      # coalesce tells Terraform that the ARN is not null, before the queue exists.
      target = { queue_arn = coalesce(aws_sqs_queue.pushes.arn) }
    }
  }
}

resource "aws_sqs_queue" "pushes" {
  name                    = "ci-pushes"
  sqs_managed_sse_enabled = true
}

output "endpoint_urls" {
  description = "The URL that you give to each provider."
  value       = module.coatcheck.endpoint_urls
}
