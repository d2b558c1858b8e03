locals {
  log_group = "/aws/vendedlogs/pipes/${local.full_name}"

  # What each kind of target needs.
  target = {
    lambda = {
      actions = ["lambda:InvokeFunction"]
      sid     = "InvokeTarget"
    }
    express = {
      actions = ["states:StartSyncExecution"]
      sid     = "RunTarget"
    }
    standard = {
      actions = ["states:StartExecution"]
      sid     = "StartTarget"
    }
    queue = {
      actions = ["sqs:SendMessage"]
      sid     = "SendToTarget"
    }
  }[var.target.kind]

  # A processor puts an event of this subscription that it rejects into this DLQ, whatever other subscriptions it
  # serves.
  template = replace(
    var.template,
    "\"deliveryid\":",
    "\"subscription\":\"${var.name}\",\"deliveryid\":",
  )

  fifo = var.target.kind == "queue" && endswith(var.target.arn, ".fifo")
}

data "aws_iam_policy_document" "source" {
  statement {
    sid       = "ReceiveFromQueue"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [local.queue_arn]
  }
}

data "aws_iam_policy_document" "target" {
  statement {
    sid       = local.target.sid
    actions   = local.target.actions
    resources = [var.target.arn]
  }
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "WriteOwnLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.arn_prefixes.logs}:log-group:${local.log_group}:*"]
  }
}

module "role" {
  source = "../role"

  name           = "${var.stack}-pipe-${var.name}"
  description    = "Role of the pipe ${local.full_name}"
  service        = "pipes.amazonaws.com"
  source_account = var.account
  source_arn     = local.pipe_arn
  key            = var.key

  policies = {
    logs   = data.aws_iam_policy_document.logs.json
    source = data.aws_iam_policy_document.source.json
    target = data.aws_iam_policy_document.target.json
  }

  key_use = merge(
    { source = { DecryptSource = { use = "decrypt", through = ["sqs"] } } },
    var.target.kind == "queue" && var.target.encrypted ? {
      target = { EncryptForTarget = { use = "encrypt", through = ["sqs"], key_arn = var.target.kms_key_arn } }
    } : {},
  )
}

resource "aws_cloudwatch_log_group" "pipe" {
  name              = local.log_group
  kms_key_id        = var.key.arn
  retention_in_days = var.log_retention_days
}

resource "aws_pipes_pipe" "this" {
  name          = local.full_name
  description   = "Subscription ${var.name}"
  role_arn      = module.role.arn
  source        = module.queue.arn
  target        = var.made_target_arn
  desired_state = var.subscription.enabled ? "RUNNING" : "STOPPED"

  source_parameters {
    filter_criteria {
      dynamic "filter" {
        for_each = local.queue_filters

        content {
          pattern = filter.value
        }
      }
    }

    sqs_queue_parameters {
      batch_size                         = coalesce(var.subscription.batch_size, local.buffered ? 10 : 1)
      maximum_batching_window_in_seconds = var.subscription.batching_window_s
    }
  }

  target_parameters {
    input_template = local.template

    dynamic "lambda_function_parameters" {
      for_each = var.target.kind == "lambda" ? [1] : []

      content {
        invocation_type = "REQUEST_RESPONSE"
      }
    }

    dynamic "step_function_state_machine_parameters" {
      for_each = contains(["express", "standard"], var.target.kind) ? [var.target.kind] : []

      content {
        # AWS stops a pipe that waits for a STANDARD workflow.
        invocation_type = step_function_state_machine_parameters.value == "express" ? "REQUEST_RESPONSE" : "FIRE_AND_FORGET"
      }
    }

    dynamic "sqs_queue_parameters" {
      for_each = local.fifo ? [1] : []

      content {
        # Paths into the message as the queue delivers it, before the template.
        message_group_id         = "$.body.partitionkey"
        message_deduplication_id = "$.messageId"
      }
    }
  }

  # Never the execution data: events would be in the log.
  log_configuration {
    level = "ERROR"

    cloudwatch_logs_log_destination {
      log_group_arn = aws_cloudwatch_log_group.pipe.arn
    }
  }
}
