output "json" {
  description = "Policy document with one statement for each use."
  value       = data.aws_iam_policy_document.this.json
}
