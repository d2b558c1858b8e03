# The only place that creates roles, so that one check covers them all.

module "key_use" {
  source   = "../key_use"
  for_each = var.key_use

  key  = var.key
  uses = each.value
}

data "aws_iam_policy_document" "with_key_use" {
  for_each = var.key_use

  source_policy_documents = concat([for name, json in var.policies : json if name == each.key], [module.key_use[each.key].json])
}

locals {
  documents = merge(var.policies, { for name, document in data.aws_iam_policy_document.with_key_use : name => document.json })

  policies = var.key == null ? local.documents : {
    for name, json in local.documents : name => replace(json, var.key.placeholder, var.key.arn)
  }

  # All inline policies of a role together. IAM counts no white space.
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  most_characters = 10240
  characters      = sum(concat([0], [for json in values(local.documents) : length(jsonencode(jsondecode(json)))]))

  statements = flatten([
    for document in values(local.documents) : [
      for statement in flatten([jsondecode(document).Statement]) : {
        sid = try(statement.Sid, "without a sid")
        # NotAction and NotResource reach everything else.
        actions   = flatten([try(statement.Action, "*")])
        resources = flatten([try(statement.Resource, "*")])
      }
    ]
  ])

  # Statements that allow more than they seem to: any action of a service, or any resource.
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
  name                 = var.name
  path                 = var.defaults.path
  permissions_boundary = var.defaults.permissions_boundary_arn
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = var.defaults.tags

  lifecycle {
    precondition {
      condition     = length(local.wide) == 0
      error_message = "The role ${var.name} would have statements with a wildcard action or resource: ${join(", ", local.wide)}. Name the actions and the resources."
    }

    # Without it the plan would pass, and IAM would refuse the policy in the middle of an apply.
    precondition {
      condition     = local.characters <= local.most_characters
      error_message = "The policies of the role ${var.name} would have ${local.characters} characters, but IAM allows ${local.most_characters} for all inline policies of a role. ${var.too_large}"
    }
  }
}

resource "aws_iam_role_policy" "this" {
  for_each = local.policies

  name   = each.key
  role   = aws_iam_role.this.id
  policy = each.value
}
