# Kind "queue": the subscription's pipe feeds an inbox, from which the function reads
# at its own pace. An event that keeps failing ends whole in the inbox's DLQ.

locals {
  inbox_arn     = "${var.arn_prefixes.sqs}:${local.full_name}-inbox"
  inbox_dlq_arn = "${var.arn_prefixes.sqs}:${local.full_name}-inbox-dlq"
}

module "inbox_dlq" {
  source = "../queue"
  count  = local.inbox ? 1 : 0

  arn          = local.inbox_dlq_arn
  defaults     = var.queue_defaults
  redrive_from = [local.inbox_arn]
}

module "inbox" {
  source = "../queue"
  count  = local.inbox ? 1 : 0

  arn                  = local.inbox_arn
  defaults             = var.queue_defaults
  visibility_timeout_s = coalesce(var.processor.visibility_timeout_s, 6 * var.processor.timeout_s)

  dead_letter = {
    arn          = module.inbox_dlq[0].arn
    max_receives = var.processor.max_retries + 1
  }
}

data "aws_iam_policy_document" "inbox" {
  count = local.inbox ? 1 : 0

  statement {
    sid       = "ReceiveFromInbox"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [local.inbox_arn]
  }
}

resource "aws_lambda_event_source_mapping" "inbox" {
  count = local.inbox ? 1 : 0

  event_source_arn                   = module.inbox[0].arn
  function_name                      = module.function.arn
  batch_size                         = var.processor.batch_size
  maximum_batching_window_in_seconds = 0
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = var.function_defaults.tags

  dynamic "scaling_config" {
    for_each = var.processor.max_concurrency == null ? [] : [var.processor.max_concurrency]

    content {
      maximum_concurrency = scaling_config.value
    }
  }
}
