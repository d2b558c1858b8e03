# Buffered: topic -> queue -> pipe. Ordered: fan -> FIFO queue -> pipe; SQS gives out no event of a key while an earlier one
# waits to be tried again. While the pipe is stopped, the queue fills.

moved {
  from = module.queue[0]
  to   = module.queue
}

module "queue" {
  source = "../queue"

  arn                  = local.queue_arn
  defaults             = var.queue_defaults
  retention_s          = var.subscription.retention_days == null ? null : var.subscription.retention_days * 86400
  visibility_timeout_s = var.visibility_timeout_s
  topic_arn            = local.buffered ? var.topic_arn : null

  dead_letter = {
    arn = module.dlq.arn
    # `deliver` gives up an event itself; here only one that kills the function is given up. SQS takes no more.
    max_receives = local.piped ? var.subscription.max_retries + 1 : 1000
  }
}

locals {
  # A payload that does not match its schema may be quarantined: only who asks for such events gets them. An event from
  # before there were schemas has no outcome.
  # https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
  checks = concat(
    [for name in ["quarantined"] : name if var.subscription.quarantined],
    [for outcome in [{ anything-but = ["quarantined"] }] : outcome if !var.subscription.quarantined],
    [for outcome in [{ exists = false }] : outcome if !var.subscription.quarantined],
  )

  own_filter = merge({
    type = local.types
    source = concat(
      [for name in local.endpoints : "/endpoints/${name}"],
      [for name in local.no_endpoints : { anything-but = ["/endpoints/${name}"] }],
    )
  }, { for name, outcomes in { schemacheck = local.checks } : name => outcomes if var.quarantines || var.subscription.quarantined })

  # The topic holds back what it has room for. What reads the queue decides.
  topic_filter  = merge(local.own_filter, jsondecode(var.filter.topic_patterns))
  reader_filter = merge(local.own_filter, jsondecode(var.filter.patterns))
}

locals {
  # The pipe filters again: a change of SNS's filter takes up to 15 minutes to take effect, fan's takes one, and a pipe
  # deletes from the queue what no pattern matches. So its filter has the same conditions, and JSON that is not one of
  # our events passes, for the target to refuse. So does the event of `coatcheck subscriptions test`, which is put into
  # this queue alone. Pipes deletes a body that is not JSON, whatever a pattern says about its fields: nothing
  # of ours writes one. A pattern has room for 4,096 characters: of longer ones, the longest list is divided over four.
  # https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
  # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html
  pattern_limit = 4096
  whole_filter  = jsonencode({ body = local.reader_filter })

  # The types, unless a list of the filter is longer.
  lengths = merge(
    { type = length(jsonencode(local.types)) },
    { for member, list in jsondecode(var.filter.patterns) : member => length(jsonencode(list)) },
  )
  divided      = [for member, characters in local.lengths : member if characters == max(values(local.lengths)...)][0]
  divided_list = [for pattern in local.reader_filter[local.divided] : jsonencode(pattern)]

  pattern_lists = [
    for texts in chunklist(local.divided_list, ceil(length(local.divided_list) / (length(local.whole_filter) <= local.pattern_limit ? 1 : 4))) :
    jsondecode("[${join(",", texts)}]")
  ]

  # A reader has five patterns at most: beside a divided list there is no room for tests.
  testable = length(local.pattern_lists) == 1

  # What is not one of our events. An event without the order text of a compared number is none that the topic or fan has put
  # here: it was let through before, and a processor or a command has put it back.
  not_from_stream = { (length(var.filter.compared) == 0 ? "specversion" : "0${var.filter.compared[0]}") = [{ exists = false }] }

  all_filters = concat(
    [for list in local.pattern_lists : jsonencode({ body = merge(local.reader_filter, { (local.divided) = list }) })],
    [jsonencode({ body = local.not_from_stream })],
    local.testable ? [jsonencode({ body = { replayid = [{ prefix = "test-" }] } })] : [],
  )

  # By bytes, so that a character that is no ASCII counts as several.
  lengths_of_filters = [for pattern in local.all_filters : floor(length(replace(base64encode(pattern), "=", "")) * 3 / 4)]

  # The root module refuses a filter that is too long, and says why. Here the provider would, and says less.
  queue_filters = [
    for at, pattern in local.all_filters : pattern if var.filter.patterns == "{}" || local.lengths_of_filters[at] <= local.pattern_limit
  ]
}

resource "aws_sns_topic_subscription" "this" {
  count = local.buffered ? 1 : 0

  topic_arn            = var.topic_arn
  protocol             = "sqs"
  endpoint             = module.queue.arn
  raw_message_delivery = true
  filter_policy        = jsonencode(local.topic_filter)
  filter_policy_scope  = "MessageBody"

  # SNS gives up at once on an answer such as "access denied" from the queue.
  redrive_policy = jsonencode({ deadLetterTargetArn = module.dlq.arn })
}
