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
    local.buffered ? var.templates.from_queue : var.templates.from_stream,
    "\"deliveryid\":",
    "\"subscription\":\"${var.name}\",\"deliveryid\":",
  )

  fifo = var.target.kind == "queue" && endswith(var.target.arn, ".fifo")

  # Ordered: the stream's own filter.
  stream_image = {
    type     = { S = local.types }
    endpoint = { S = concat(local.endpoints, [for name in local.no_endpoints : { anything-but = [name] }]) }
  }

  # A record passes by either: what a provider delivered, and what is replayed to all subscriptions or to this one.
  stream_filters = [
    for route in [{ replayid = { S = [""] } }, { replayto = { S = ["*", var.name] } }] :
    jsonencode({ eventName = ["INSERT"], dynamodb = { NewImage = merge(local.stream_image, route) } })
  ]
}

data "aws_iam_policy_document" "source" {
  #checkov:skip=CKV_AWS_356:AWS grants ListStreams for the resource "*" only.
  dynamic "statement" {
    for_each = local.buffered ? [local.queue_arn] : []

    content {
      sid       = "ReceiveFromQueue"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.buffered ? [] : [var.stream_pattern]

    content {
      sid       = "ReadStream"
      actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
      resources = [statement.value]
    }
  }

  # AWS lists it among what a pipe's role needs, and grants it for "*" only: it only names the account's streams.
  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-dynamodb.html
  dynamic "statement" {
    for_each = local.buffered ? [] : ["*"]

    content {
      sid       = "ListStreams"
      actions   = ["dynamodb:ListStreams"]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.buffered ? [] : [local.dead_letters_arn]

    content {
      sid       = "SendToLetters"
      actions   = ["sqs:SendMessage"]
      resources = [statement.value]
    }
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
    {
      source = merge(
        { DecryptSource = { use = "decrypt", through = [local.buffered ? "sqs" : "dynamodb"] } },
        local.buffered ? {} : { EncryptForLetters = { use = "encrypt", through = ["sqs"] } },
      )
    },
    var.target.kind == "queue" && var.target.encrypted ? {
      target = { EncryptForTarget = { use = "encrypt", through = ["sqs"], key_arn = var.target.kms_key_arn } }
    } : {},
  )

  unscoped_sids = ["ListStreams"]
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
  source        = local.buffered ? module.queue[0].arn : var.stream_arn
  target        = var.made_target_arn
  desired_state = var.subscription.enabled ? "RUNNING" : "STOPPED"

  source_parameters {
    filter_criteria {
      dynamic "filter" {
        for_each = local.buffered ? local.queue_filters : local.stream_filters

        content {
          pattern = filter.value
        }
      }
    }

    dynamic "sqs_queue_parameters" {
      for_each = local.buffered ? [1] : []

      content {
        batch_size                         = var.subscription.batch_size
        maximum_batching_window_in_seconds = var.subscription.batching_window_s
      }
    }

    # Everything is set: the provider may send omitted values as 0 on an update.
    dynamic "dynamodb_stream_parameters" {
      for_each = local.buffered ? [] : [1]

      content {
        starting_position                  = "TRIM_HORIZON"
        batch_size                         = var.subscription.batch_size
        maximum_batching_window_in_seconds = var.subscription.batching_window_s
        maximum_record_age_in_seconds      = var.subscription.max_age_s
        maximum_retry_attempts             = var.subscription.max_retries
        on_partial_batch_item_failure      = "AUTOMATIC_BISECT"
        parallelization_factor             = var.subscription.parallelization

        dead_letter_config {
          arn = module.letters[0].arn
        }
      }
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
        # Paths into the record as the source delivers it, before the template. SQS accepts 128 characters of ASCII for
        # a group, and a ref or a partition key may be longer and hold any character: the attribute group is a digest of
        # the partition key. A buffered subscription promises no order, so there only an event and its own retries share
        # a group.
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html
        message_group_id         = local.buffered ? "$.body.datasha256" : "$.dynamodb.NewImage.group.S"
        message_deduplication_id = local.buffered ? "$.messageId" : "$.eventID"
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
