# Enough of AWS for a plan. policies.tftest.hcl checks policies with the real
# provider.

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_iam_policy_document" {
  defaults = { json = "{\"Statement\":[]}" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
}

mock_data "aws_region" {
  defaults = { id = "eu-west-1" }
}

mock_data "aws_route53_zone" {
  defaults = { name = "example.com", private_zone = false }
}
