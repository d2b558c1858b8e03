# The only place where roles are made, so that one check covers them all.

locals {
  statements = flatten([
    for document in values(var.policies) : [
      for statement in flatten([jsondecode(document).Statement]) : {
        sid = try(statement.Sid, "without a sid")
        # NotAction and NotResource reach everything else.
        actions   = flatten([try(statement.Action, "*")])
        resources = flatten([try(statement.Resource, "*")])
      }
    ]
  ])

  # Statements that reach further than they say: any action of a service, or any resource.
  wide = [
    for statement in local.statements : statement.sid
    if anytrue([for action in statement.actions : strcontains(action, "*")])
    || (contains(statement.resources, "*") && !contains(var.unscoped_sids, statement.sid))
  ]
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "AssumedBy${replace(title(replace(var.service, "/[.].*/", "")), "-", "")}"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [var.service]
    }

    dynamic "condition" {
      for_each = var.source_account == null ? [] : [var.source_account]

      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [condition.value]
      }
    }

    dynamic "condition" {
      for_each = var.source_arn == null ? [] : [var.source_arn]

      content {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  description        = var.description
  assume_role_policy = data.aws_iam_policy_document.trust.json

  lifecycle {
    precondition {
      condition     = length(local.wide) == 0
      error_message = "The role ${var.name} would hold statements with a wildcard action or resource: ${join(", ", local.wide)}. Name the actions and the resources."
    }
  }
}

resource "aws_iam_role_policy" "this" {
  for_each = var.policies

  name   = each.key
  role   = aws_iam_role.this.id
  policy = each.value
}
