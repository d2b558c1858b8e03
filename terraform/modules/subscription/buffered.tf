# Buffered: topic -> queue -> pipe. While the pipe stands still the queue fills.

module "queue" {
  source = "../queue"
  count  = local.buffered ? 1 : 0

  arn                  = local.queue_arn
  defaults             = var.queue_defaults
  visibility_timeout_s = var.visibility_timeout_s
  topic_arn            = var.topic_arn

  dead_letter = {
    arn          = module.dlq.arn
    max_receives = var.subscription.max_retries + 1
  }
}

locals {
  topic_filter = {
    for field, values in {
      type   = local.any_type ? null : concat(local.exact, local.prefixes)
      source = var.subscription.endpoints == null ? null : [for endpoint in sort(var.subscription.endpoints) : "/endpoints/${endpoint}"]
    } : field => values if values != null
  }
}

resource "aws_sns_topic_subscription" "this" {
  count = local.buffered ? 1 : 0

  topic_arn            = var.topic_arn
  protocol             = "sqs"
  endpoint             = module.queue[0].arn
  raw_message_delivery = true
  filter_policy        = length(local.topic_filter) == 0 ? null : jsonencode(local.topic_filter)
  filter_policy_scope  = length(local.topic_filter) == 0 ? null : "MessageBody"

  # SNS gives up at once on an answer such as "access denied" from the queue.
  redrive_policy = jsonencode({ deadLetterTargetArn = module.dlq.arn })
}
