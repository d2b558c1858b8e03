# Kind "workflow": an EXPRESS state machine around the function. EXPRESS, because a
# pipe waits for it and so gets the failed events.

data "aws_iam_policy_document" "workflow" {
  count = local.workflow ? 1 : 0

  #checkov:skip=CKV_AWS_111:AWS offers the log delivery actions for the resource "*" only.
  #checkov:skip=CKV_AWS_356:As above.
  statement {
    sid       = "RunTask"
    actions   = ["lambda:InvokeFunction"]
    resources = [local.function_arn]
  }

  # https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
  statement {
    sid = "DeliverLogs"
    actions = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    resources = ["*"]
  }
}

module "workflow_role" {
  source = "../role"
  count  = local.workflow ? 1 : 0

  defaults       = var.function_defaults.roles
  name           = "${var.function_defaults.stack}-workflow-${var.name}"
  description    = "Role of the workflow ${local.full_name}"
  service        = "states.amazonaws.com"
  source_account = var.account
  policies       = { workflow = data.aws_iam_policy_document.workflow[0].json }
  unscoped_sids  = ["DeliverLogs"]
}

resource "aws_cloudwatch_log_group" "workflow" {
  count = local.workflow ? 1 : 0

  name              = "/aws/vendedlogs/states/${local.full_name}"
  kms_key_id        = var.function_defaults.key.arn
  retention_in_days = var.function_defaults.log_retention_days
  tags              = var.function_defaults.tags
}

resource "aws_sfn_state_machine" "this" {
  #checkov:skip=CKV_AWS_284:Tracing is a variable (decision 0014).
  #checkov:skip=CKV_AWS_285:Errors are logged; execution data are events and stay out of logs.
  count = local.workflow ? 1 : 0

  name     = local.full_name
  role_arn = module.workflow_role[0].arn
  type     = "EXPRESS"
  definition = templatefile(local.definition, {
    function_arn = module.function.arn
    partition    = element(split(":", module.function.arn), 1)
  })
  tags = var.function_defaults.tags

  logging_configuration {
    include_execution_data = false
    level                  = "ERROR"
    log_destination        = "${aws_cloudwatch_log_group.workflow[0].arn}:*"
  }

  dynamic "tracing_configuration" {
    for_each = var.function_defaults.tracing ? [1] : []

    content {
      enabled = true
    }
  }
}
