output "json" {
  description = "The statements, as the JSON of a policy."
  value       = data.aws_iam_policy_document.this.json
}
