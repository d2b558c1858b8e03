locals {
  full_name = "${var.function_defaults.stack}-${var.name}"

  workflow = var.processor.kind == "workflow"
  inbox    = var.processor.kind == "queue"

  function_arn = "${var.arn_prefixes.lambda}:function:${local.full_name}"

  definition = var.processor.definition != null ? var.processor.definition : "${path.module}/workflow.asl.json.tftpl"
}

data "aws_iam_policy_document" "record" {
  statement {
    sid       = "RecordWhatWasProcessed"
    actions   = ["dynamodb:UpdateItem"]
    resources = [var.processed_table.arn]
  }
}

locals {
  # Where a rejected event goes: to the DLQ of the subscription that delivered it, or to that of its inbox. A role has
  # no room for the names of very many: then any DLQ of the stack.
  dlqs = local.inbox ? [local.inbox_dlq_arn] : [
    for name in local.dlq_names :
    "${var.arn_prefixes.sqs}:${var.function_defaults.stack}-${name}"
  ]

  dlq_names = length(var.subscribed) > 20 ? concat(["*-dlq"], length(var.ordered) > 0 ? ["*-dlq.fifo"] : []) : [
    for name in var.subscribed : contains(var.ordered, name) ? "${name}-dlq.fifo" : "${name}-dlq"
  ]
}

data "aws_iam_policy_document" "reject" {
  count = length(local.dlqs) > 0 ? 1 : 0

  # It knows the queues by name: their URLs would make it wait for the subscriptions, which wait for it.
  statement {
    sid       = "GiveUpWhatItRejects"
    actions   = ["sqs:GetQueueUrl", "sqs:SendMessage"]
    resources = local.dlqs
  }

  # It asks for the standard queue of the name first, and sends to the FIFO queue if SQS says that there is none. Without
  # this right SQS would only say that it may not ask.
  dynamic "statement" {
    for_each = length(var.ordered) == 0 || length(var.subscribed) > 20 ? [] : [var.ordered]

    content {
      sid       = "AskForStandardDlqs"
      actions   = ["sqs:GetQueueUrl"]
      resources = [for name in statement.value : "${var.arn_prefixes.sqs}:${var.function_defaults.stack}-${name}-dlq"]
    }
  }
}

module "function" {
  source = "../function"

  name                 = var.name
  package              = var.processor.package
  runtime              = var.processor.runtime
  handler              = var.processor.handler
  description          = "Processor ${var.name}"
  defaults             = var.function_defaults
  memory_mb            = var.processor.memory_mb
  timeout_s            = var.processor.timeout_s
  reserved_concurrency = var.processor.reserved_concurrency

  environment = merge(
    var.processor.environment,
    {
      EVENTS_AT_ONCE = tostring(var.processor.events_at_once)
      IDEMPOTENCY    = var.processor.idempotency ? "on" : "off"
      KEEP_ORDER     = length(var.ordered) > 0 ? "on" : "off"
      PROCESSOR      = var.name
    },
    var.processor.event_timeout_s == null ? {} : { EVENT_TIMEOUT_S = tostring(var.processor.event_timeout_s) },
    var.processor.idempotency ? {
      PROCESSED_TABLE    = var.processed_table.name
      PROCESSED_TTL_DAYS = tostring(var.processed_ttl_days)
      RECORD             = var.processor.record
    } : {},
  )

  too_large = "The processor redeems the payloads of ${length(var.subscribed)} subscriptions. Leave out their `endpoints` if they take all, name fewer endpoints, or divide the subscriptions over several processors."

  policies = merge(
    var.policies,
    var.processor.idempotency ? { record = data.aws_iam_policy_document.record.json } : {},
    length(local.dlqs) > 0 ? { reject = data.aws_iam_policy_document.reject[0].json } : {},
    local.inbox ? { inbox = data.aws_iam_policy_document.inbox[0].json } : {},
  )

  key_use = merge(
    var.processor.idempotency ? { record = { UseTheTablesKey = { use = "write_table", through = ["dynamodb"] } } } : {},
    length(local.dlqs) > 0 ? { reject = { EncryptForDlqs = { use = "encrypt", through = ["sqs"] } } } : {},
    local.inbox ? { inbox = { DecryptInbox = { use = "decrypt", through = ["sqs"] } } } : {},
  )
}
