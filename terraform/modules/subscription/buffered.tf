# Buffered: topic -> queue -> pipe. While the pipe stands still the queue fills.

module "queue" {
  source = "../queue"
  count  = local.buffered ? 1 : 0

  arn                  = local.queue_arn
  defaults             = var.queue_defaults
  retention_s          = var.subscription.retention_days == null ? null : var.subscription.retention_days * 86400
  visibility_timeout_s = var.visibility_timeout_s
  topic_arn            = var.topic_arn

  dead_letter = {
    arn          = module.dlq.arn
    max_receives = var.subscription.max_retries + 1
  }
}

locals {
  topic_filter = {
    type = local.types
    source = concat(
      [for name in local.endpoints : "/endpoints/${name}"],
      [for name in local.no_endpoints : { anything-but = ["/endpoints/${name}"] }],
    )
  }
}

resource "aws_sns_topic_subscription" "this" {
  count = local.buffered ? 1 : 0

  topic_arn            = var.topic_arn
  protocol             = "sqs"
  endpoint             = module.queue[0].arn
  raw_message_delivery = true
  filter_policy        = jsonencode(local.topic_filter)
  filter_policy_scope  = "MessageBody"

  # SNS gives up at once on an answer such as "access denied" from the queue.
  redrive_policy = jsonencode({ deadLetterTargetArn = module.dlq.arn })
}
