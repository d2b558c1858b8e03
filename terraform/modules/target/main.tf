# What a pipe needs for its target and its enrichment: rights, the use of keys, and parameters. It has no resources, so
# that each kind can be tested alone.

locals {
  # What each kind of target needs. Pipes calls the batch operations even for one event.
  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
  rights = {
    lambda   = { sid = "InvokeTarget", actions = ["lambda:InvokeFunction"] }
    express  = { sid = "RunTarget", actions = ["states:StartSyncExecution"] }
    standard = { sid = "StartTarget", actions = ["states:StartExecution"] }
    queue    = { sid = "SendToTarget", actions = ["sqs:SendMessage"] }
    bus      = { sid = "PutOnTarget", actions = ["events:PutEvents"] }
    kinesis  = { sid = "PutIntoTarget", actions = ["kinesis:PutRecords"] }
    firehose = { sid = "PutIntoTarget", actions = ["firehose:PutRecordBatch"] }
    ecs      = { sid = "RunTask", actions = ["ecs:RunTask"] }
    batch    = { sid = "SubmitJob", actions = ["batch:SubmitJob"] }
  }[var.target.kind]

  resources = {
    ecs   = [try(var.target.ecs.task_definition, "")]
    batch = compact([try(var.target.batch.job_definition, ""), try(var.target.batch.job_queue, "")])
  }

  task_roles = try(var.target.ecs.task_roles, [])
}

data "aws_iam_policy_document" "target" {
  statement {
    sid       = local.rights.sid
    actions   = local.rights.actions
    resources = try(local.resources[var.target.kind], [var.target.arn])

    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    dynamic "condition" {
      for_each = var.target.kind == "ecs" ? [var.target.arn] : []

      content {
        test     = "ArnEquals"
        variable = "ecs:cluster"
        values   = [condition.value]
      }
    }
  }

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html
  dynamic "statement" {
    for_each = length(local.task_roles) == 0 ? [] : [local.task_roles]

    content {
      sid       = "HandRolesToTasks"
      actions   = ["iam:PassRole"]
      resources = statement.value

      condition {
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = ["ecs-tasks.amazonaws.com"]
      }
    }
  }
}

data "aws_iam_policy_document" "enrichment" {
  count = var.enrichment == null ? 0 : 1

  statement {
    sid       = "Enrich"
    actions   = [var.enrichment.kind == "express" ? "states:StartSyncExecution" : "lambda:InvokeFunction"]
    resources = [coalesce(var.enrichment.arn, "-")]
  }
}
