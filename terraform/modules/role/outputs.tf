output "arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn

  # Anything that uses the role waits until its policies are attached.
  depends_on = [aws_iam_role_policy.this]
}

output "name" {
  description = "Name of the role."
  value       = aws_iam_role.this.name
}

output "policies" {
  description = "Inline policies by name, as JSON, and the trust policy as `trust`."
  value       = merge(local.policies, { trust = data.aws_iam_policy_document.trust.json })
}

output "characters" {
  description = "How many characters of inline policies IAM counts."
  value       = local.characters
}
