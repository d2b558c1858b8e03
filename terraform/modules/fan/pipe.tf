locals {
  log_group = "/aws/vendedlogs/pipes/${local.full_name}"

  # A record passes by either: what a provider delivered, and what is replayed to all subscriptions or to the
  # ordered ones.
  # Expiry by TTL is a REMOVE and must not look like an event.
  filters = [
    for route in [{ replayid = { S = [""] } }, { replayto = { S = ["*", "-fan"] } }] :
    jsonencode({
      eventName = ["INSERT"]
      dynamodb  = { NewImage = merge({ endpoint = { S = [{ anything-but = [var.heartbeats_endpoint] }] } }, route) }
    })
  ]
}

data "aws_iam_policy_document" "source" {
  #checkov:skip=CKV_AWS_356:AWS grants ListStreams for the resource "*" only.
  statement {
    sid       = "ReadStream"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [var.stream_pattern]
  }

  # AWS lists it among what a pipe's role needs, and grants it for "*" only: it only names the account's streams.
  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-dynamodb.html
  statement {
    sid       = "ListStreams"
    actions   = ["dynamodb:ListStreams"]
    resources = ["*"]
  }

  statement {
    sid       = "SendToLetters"
    actions   = ["sqs:SendMessage"]
    resources = [local.dead_letters_arn]
  }
}

data "aws_iam_policy_document" "target" {
  statement {
    sid       = "InvokeFan"
    actions   = ["lambda:InvokeFunction"]
    resources = [local.function_arn]
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

  defaults       = var.function_defaults.roles
  name           = "${var.stack}-pipe-fan"
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

  key_use = {
    source = {
      DecryptSource     = { use = "decrypt", through = ["dynamodb"] }
      EncryptForLetters = { use = "encrypt", through = ["sqs"] }
    }
  }

  unscoped_sids = ["ListStreams"]
}

resource "aws_cloudwatch_log_group" "pipe" {
  name              = local.log_group
  kms_key_id        = var.key.arn
  retention_in_days = var.log_retention_days
  tags              = var.function_defaults.tags
}

# The one reader that feeds all ordered subscriptions.
resource "aws_pipes_pipe" "this" {
  name          = local.full_name
  description   = "Hands new pointers to fan, in order"
  role_arn      = module.role.arn
  source        = var.stream_arn
  target        = module.function.arn
  desired_state = "RUNNING"
  tags          = var.function_defaults.tags

  source_parameters {
    filter_criteria {
      dynamic "filter" {
        for_each = local.filters

        content {
          pattern = filter.value
        }
      }
    }

    # Everything is set: the provider may send omitted values as 0 on an update.
    dynamodb_stream_parameters {
      # A new pipe with LATEST would skip what was written during its creation.
      starting_position                  = "TRIM_HORIZON"
      batch_size                         = 100
      maximum_batching_window_in_seconds = 0
      # Only an outage can keep an event from a queue, so it is retried almost as long as the stream keeps it (24 h),
      # leaving time for the DLQ.
      maximum_record_age_in_seconds = 82800
      maximum_retry_attempts        = 10000
      on_partial_batch_item_failure = "AUTOMATIC_BISECT"
      # Never more: with several batches at once, order is kept for each item only, and the events of one ordering key are
      # items of their own (decision 0063). It is enough: a shard takes 1,000 writes a second, and one call of fan takes a
      # hundred events within some tens of milliseconds.
      # https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
      parallelization_factor = 1

      dead_letter_config {
        arn = module.letters.arn
      }
    }
  }

  target_parameters {
    input_template = var.template

    lambda_function_parameters {
      invocation_type = "REQUEST_RESPONSE"
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
