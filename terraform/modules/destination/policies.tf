data "aws_iam_policy_document" "queues" {
  statement {
    sid       = "ReceiveAndHold"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [var.queues.arn_by_name]
  }

  statement {
    sid       = "GiveUp"
    actions   = ["sqs:SendMessage"]
    resources = [var.queues.dlq_arn]
  }
}

data "aws_iam_policy_document" "records" {
  # Of the table only what is about this subscription. Both read and write need a key, so there is always one to check.
  statement {
    sid       = "KeepPaceBreakerAndTries"
    actions   = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = [var.deliveries_table.arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["breaker#${var.name}", "pace#${var.name}", "tries#${var.name}#*"]
    }
  }

  # Who writes it could make the function stop another one's mapping, if its role let it.
  statement {
    sid       = "FindItsMapping"
    actions   = ["dynamodb:GetItem"]
    resources = [var.deliveries_table.arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["mapping#${var.name}"]
    }
  }

  statement {
    sid       = "RecordWhatWasDelivered"
    actions   = ["dynamodb:UpdateItem"]
    resources = [var.processed_table.arn]
  }

  # A mapping's own name is known only after it is created; its function's is known before.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
  statement {
    sid       = "StopItsOwnMapping"
    actions   = ["lambda:UpdateEventSourceMapping"]
    resources = ["${var.arn_prefixes.lambda}:event-source-mapping:*"]

    condition {
      test     = "ArnEquals"
      variable = "lambda:FunctionArn"
      values   = [local.function_arn]
    }
  }
}

data "aws_iam_policy_document" "http" {
  count = local.http == null ? 0 : 1

  source_policy_documents = [var.redeem_policy_json]

  # Secrets Manager adds a hyphen and six characters to the name.
  # https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html
  statement {
    sid       = "ReadItsOwnSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["${var.arn_prefixes.secretsmanager}:secret:${local.secret_name}-??????"]
  }

  dynamic "statement" {
    for_each = local.http.auth.type == "sigv4" ? [local.http.auth] : []

    content {
      sid       = "CallWhatItSignsFor"
      actions   = statement.value.actions
      resources = statement.value.arns
    }
  }
}

locals {
  # What each kind of target needs.
  target = {
    http     = null
    lambda   = { sid = "InvokeTarget", action = "lambda:InvokeFunction" }
    express  = { sid = "RunTarget", action = "states:StartSyncExecution" }
    standard = { sid = "StartTarget", action = "states:StartExecution" }
    queue    = { sid = "SendToTarget", action = "sqs:SendMessage" }
  }[var.target.kind]
}

data "aws_iam_policy_document" "target" {
  count = local.target == null ? 0 : 1

  statement {
    sid       = local.target.sid
    actions   = [local.target.action]
    resources = [var.target.arn]
  }
}

locals {
  policies = merge(
    {
      queues  = data.aws_iam_policy_document.queues.json
      records = data.aws_iam_policy_document.records.json
    },
    local.http == null ? {} : { http = data.aws_iam_policy_document.http[0].json },
    local.target == null ? {} : { target = data.aws_iam_policy_document.target[0].json },
  )

  key_use = merge(
    {
      queues  = { DecryptQueueAndEncryptForDlq = { use = "encrypt", through = ["sqs"] } }
      records = { UseTheTablesKey = { use = "write_table", through = ["dynamodb"] } }
    },
    local.http == null ? {} : { http = { DecryptItsOwnSecret = { use = "decrypt", through = ["secretsmanager"] } } },
    var.target.kind == "queue" && var.target.encrypted ? {
      target = { EncryptForTarget = { use = "encrypt", through = ["sqs"], key_arn = var.target.kms_key_arn } }
    } : {},
  )
}
