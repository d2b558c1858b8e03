module "cloudevent" {
  source = "./modules/cloudevent"

  attributes = local.attributes
  compared   = local.compared
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "OnlyOverTls"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [local.arns.topic]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic" "events" {
  name              = "${var.stack}-events"
  kms_master_key_id = local.key_arn
  tags              = local.tags
}

resource "aws_sns_topic_policy" "events" {
  count = var.require_tls ? 1 : 0

  arn    = aws_sns_topic.events.arn
  policy = data.aws_iam_policy_document.topic.json
}

# The events that the router gave up, after rehydrate has read them again (rehydrate.tf).
module "router_dlq" {
  source = "./modules/queue"

  arn          = local.router_dlq_arn
  defaults     = local.queue_defaults
  redrive_from = [local.router_dead_letters_arn]
}

# Dead letters of the router: each names the place of records in the stream, and does not hold the event.
module "router_letters" {
  source = "./modules/queue"

  arn                  = local.router_dead_letters_arn
  defaults             = local.queue_defaults
  visibility_timeout_s = local.dead_letter_handling.visibility_timeout_s

  dead_letter = {
    arn          = module.router_dlq.arn
    max_receives = local.dead_letter_handling.max_receives
  }
}

data "aws_iam_policy_document" "router" {
  #checkov:skip=CKV_AWS_356:AWS grants ListStreams for the resource "*" only.
  statement {
    sid       = "ReadStream"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [local.arns.stream]
  }

  # AWS lists it among what a pipe's role needs, and grants it for "*" only: it only names the account's streams.
  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-dynamodb.html
  statement {
    sid       = "ListStreams"
    actions   = ["dynamodb:ListStreams"]
    resources = ["*"]
  }

  statement {
    sid       = "PublishEvents"
    actions   = ["sns:Publish"]
    resources = [local.arns.topic]
  }

  statement {
    sid       = "SendToLetters"
    actions   = ["sqs:SendMessage"]
    resources = [local.router_dead_letters_arn]
  }
}

data "aws_iam_policy_document" "router_logs" {
  statement {
    sid       = "WriteOwnLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn_prefixes.logs}:log-group:${local.router_log_group}:*"]
  }
}

locals {
  router_name             = "${var.stack}-router"
  router_log_group        = "/aws/vendedlogs/pipes/${local.router_name}"
  router_arn              = "${local.arn_prefixes.pipes}:pipe/${local.router_name}"
  router_dlq_arn          = "${local.arn_prefixes.sqs}:${local.router_name}-dlq"
  router_dead_letters_arn = "${local.arn_prefixes.sqs}:${local.router_name}-letters"

  # A record passes by either: what a provider delivered, and what is replayed to all subscriptions or to the
  # buffered ones. Expiry by TTL is a REMOVE and must not look like an event.
  router_filters = [
    for image in [{ replayid = { S = [""] } }, { replayto = { S = ["*", "-router"] } }] :
    jsonencode({ eventName = ["INSERT"], dynamodb = { NewImage = image } })
  ]
}

module "router_role" {
  source = "./modules/role"

  defaults       = local.roles
  name           = "${var.stack}-pipe-router"
  description    = "Role of the pipe ${local.router_name}"
  service        = "pipes.amazonaws.com"
  source_account = local.account
  source_arn     = local.router_arn
  key            = local.key

  policies = {
    logs   = data.aws_iam_policy_document.router_logs.json
    router = data.aws_iam_policy_document.router.json
  }

  key_use = {
    router = {
      DecryptSource             = { use = "decrypt", through = ["dynamodb"] }
      EncryptForTopicAndLetters = { use = "encrypt", through = ["sns", "sqs"] }
    }
  }

  unscoped_sids = ["ListStreams"]
}

resource "aws_cloudwatch_log_group" "router" {
  name              = local.router_log_group
  kms_key_id        = local.key_arn
  retention_in_days = var.log_retention_days
  tags              = local.tags
}

# The one reader that feeds all buffered subscriptions.
resource "aws_pipes_pipe" "router" {
  name          = local.router_name
  description   = "Publishes new pointers to the topic as events"
  role_arn      = module.router_role.arn
  source        = aws_dynamodb_table.events.stream_arn
  target        = aws_sns_topic.events.arn
  desired_state = "RUNNING"
  tags          = local.tags

  source_parameters {
    filter_criteria {
      dynamic "filter" {
        for_each = local.router_filters

        content {
          pattern = filter.value
        }
      }
    }

    dynamodb_stream_parameters {
      # A new pipe with LATEST would skip what was written during its creation.
      starting_position                  = "TRIM_HORIZON"
      batch_size                         = 10
      maximum_batching_window_in_seconds = var.router.batching_window_s
      # Only an outage can make SNS refuse an event, so it is retried almost as long
      # as the stream keeps it (24 h), leaving time for the DLQ.
      maximum_record_age_in_seconds = 82800
      maximum_retry_attempts        = 10000
      on_partial_batch_item_failure = "AUTOMATIC_BISECT"
      # A shard takes up to 1,000 writes a second. Order is kept for each item only, and an event is an item of its own:
      # buffered subscriptions are promised no order (decision 0063).
      parallelization_factor = var.router.parallelization

      dead_letter_config {
        arn = module.router_letters.arn
      }
    }
  }

  target_parameters {
    input_template = module.cloudevent.from_stream
  }

  log_configuration {
    level = "ERROR"

    cloudwatch_logs_log_destination {
      log_group_arn = aws_cloudwatch_log_group.router.arn
    }
  }

  # On an update, too: what writes pointers knows all attributes before the template reads them.
  depends_on = [module.admit, module.ingest, module.sweep]
}
