output "policy_json" {
  description = "Policy that lets a role redeem exactly these payloads."
  value       = data.aws_iam_policy_document.this.json
}
