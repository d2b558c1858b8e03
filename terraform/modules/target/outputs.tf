output "policies" {
  description = "Policies of the pipe's role for its target and its enrichment, as JSON, by name."
  value = merge(
    { target = data.aws_iam_policy_document.target.json },
    { for document in data.aws_iam_policy_document.enrichment : "enrichment" => document.json },
  )
}

output "key_use" {
  description = "How the pipe's role uses keys for its target: see modules/role."
  value = (
    var.target.kind == "queue" && var.target.encrypted
    ? { target = { EncryptForTarget = { use = "encrypt", through = ["sqs"], key_arn = var.target.kms_key_arn } } }
    : var.target.kind == "kinesis" && var.target.kms_key_arn != null
    ? { target = { EncryptForTarget = { use = "produce", through = ["kinesis"], key_arn = var.target.kms_key_arn } } }
    : {}
  )
}

output "parameters" {
  description = "Parameters of the target, by kind: null where they are another kind's."
  value       = local.parameters
}

output "one_by_one" {
  description = "Whether the target takes only one event at a time."
  value       = contains(["ecs", "batch"], var.target.kind)
}
