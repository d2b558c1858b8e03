output "config" {
  description = "The endpoint's configuration as the functions read it, as JSON."
  value       = local.json
}

output "secret_name" {
  description = "Name of the secret that holds the signing keys."
  value       = aws_secretsmanager_secret.this.name
}

output "secret_arn" {
  description = "ARN of the secret that holds the signing keys."
  value       = aws_secretsmanager_secret.this.arn
}

output "secret_tags" {
  description = "Tags of the secret, besides those of the whole stack."
  value       = aws_secretsmanager_secret.this.tags
}
