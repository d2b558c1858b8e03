# Pipes has no metric for how far the router is behind, nor for which pipes do not run. Once a minute `watch` writes a
# heartbeat into the events table and waits for it behind the topic (decision 0017).

locals {
  # No endpoint can have this name.
  heartbeats_endpoint = "-"
  heartbeats_arn      = "${local.arn_prefixes.sqs}:${var.stack}-heartbeats"
  heartbeats_key      = "${local.heartbeats_endpoint}#heartbeat"

  # Pipes that are meant to run.
  watched_pipes = concat(
    [local.router_name],
    [for name, subscription in var.subscriptions : "${var.stack}-${name}" if subscription.enabled],
  )
}

module "heartbeats" {
  source = "./modules/queue"

  arn       = local.heartbeats_arn
  defaults  = local.queue_defaults
  topic_arn = local.arns.topic
  # As long as watch remembers outstanding heartbeats.
  retention_s = 86400
}

resource "aws_sns_topic_subscription" "heartbeats" {
  topic_arn            = aws_sns_topic.events.arn
  protocol             = "sqs"
  endpoint             = module.heartbeats.arn
  raw_message_delivery = true
  filter_policy        = jsonencode({ source = ["/endpoints/${local.heartbeats_endpoint}"] })
  filter_policy_scope  = "MessageBody"
}

data "aws_iam_policy_document" "watch" {
  statement {
    sid       = "KeepHeartbeats"
    actions   = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Query"]
    resources = [local.arns.events]

    # All three require a key, so there is always one to check.
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = [local.heartbeats_key]
    }
  }

  statement {
    sid       = "ReceiveHeartbeats"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [local.heartbeats_arn]
  }

  statement {
    sid       = "LookAtPipes"
    actions   = ["pipes:DescribePipe"]
    resources = [for pipe in local.watched_pipes : "${local.arn_prefixes.pipes}:pipe/${pipe}"]
  }
}

module "watch" {
  source = "./modules/function"

  name        = "watch"
  description = "Measures how far the router is behind, and which pipes do not run"
  defaults    = local.function_defaults
  memory_mb   = 256
  # Two runs never overlap.
  timeout_s = 45
  policies  = { watch = data.aws_iam_policy_document.watch.json }

  key_use = {
    watch = {
      UseTheTablesKey   = { use = "write_table", through = ["dynamodb"] }
      DecryptHeartbeats = { use = "decrypt", through = ["sqs"] }
    }
  }

  environment = {
    EVENTS_TABLE         = aws_dynamodb_table.events.name
    HEARTBEATS_QUEUE_URL = module.heartbeats.url
    PIPES                = join(",", local.watched_pipes)
  }
}

resource "aws_cloudwatch_event_rule" "watch" {
  name                = "${var.stack}-watch"
  description         = "Runs watch"
  schedule_expression = "rate(1 minute)"
}

resource "aws_cloudwatch_event_target" "watch" {
  rule      = aws_cloudwatch_event_rule.watch.name
  target_id = "watch"
  arn       = module.watch.arn

  # Its first run finds all pipes, and its first heartbeat comes back.
  depends_on = [aws_lambda_permission.watch, aws_pipes_pipe.router, aws_sns_topic_subscription.heartbeats, module.subscription]
}

resource "aws_lambda_permission" "watch" {
  statement_id  = "EveryMinute"
  action        = "lambda:InvokeFunction"
  function_name = module.watch.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.watch.arn
}
