# A user pool whose clients get access tokens by OAuth 2.0 client credentials and show them to an endpoint of the preset
# `cognito`. Apply it before the stack: a plan of the stack must know the issuer.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "name" {
  description = "Name of the pool, and start of its domain, which must be free in the region."
  type        = string
  default     = "coatcheck-senders"
}

variable "senders" {
  description = "Who may send: each gets a client of its own, whose secret you give to it alone."
  type        = set(string)
}

data "aws_region" "current" {}

locals {
  resource_server = "hooks"
  scope           = "send"
  issuer          = "https://${aws_cognito_user_pool.this.endpoint}"
}

# Nobody signs in here: it has clients and no users.
resource "aws_cognito_user_pool" "this" {
  name                = var.name
  deletion_protection = "ACTIVE"

  admin_create_user_config {
    allow_admin_create_user_only = true
  }
}

# Where senders ask for tokens.
resource "aws_cognito_user_pool_domain" "this" {
  domain       = var.name
  user_pool_id = aws_cognito_user_pool.this.id
}

resource "aws_cognito_resource_server" "this" {
  identifier   = local.resource_server
  name         = "Webhooks"
  user_pool_id = aws_cognito_user_pool.this.id

  scope {
    scope_name        = local.scope
    scope_description = "Send events"
  }
}

resource "aws_cognito_user_pool_client" "sender" {
  for_each = var.senders

  name            = each.key
  user_pool_id    = aws_cognito_user_pool.this.id
  generate_secret = true

  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_scopes                 = ["${aws_cognito_resource_server.this.identifier}/${local.scope}"]
  explicit_auth_flows                  = []

  # A token that someone has seen is good for this long.
  access_token_validity = 5

  token_validity_units {
    access_token = "minutes"
  }
}

output "token_url" {
  description = "Where a sender posts grant_type=client_credentials with its id and secret."
  value       = "https://${aws_cognito_user_pool_domain.this.domain}.auth.${data.aws_region.current.id}.amazoncognito.com/oauth2/token"
}

output "jwt" {
  description = "What an endpoint of the preset cognito says under jwt: for all senders. For one, add its client_id under claims."

  value = {
    issuer   = local.issuer
    scope    = "${local.resource_server}/${local.scope}"
    jwks_url = "${local.issuer}/.well-known/jwks.json"
  }
}

output "clients" {
  description = "The clients by sender."
  value       = { for sender, client in aws_cognito_user_pool_client.sender : sender => client.id }
}

output "client_secrets" {
  description = "Their secrets. They are in Terraform's state, as with every such client."
  value       = { for sender, client in aws_cognito_user_pool_client.sender : sender => client.client_secret }
  sensitive   = true
}
