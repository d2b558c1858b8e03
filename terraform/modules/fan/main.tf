locals {
  full_name        = "${var.stack}-fan"
  pipe_arn         = "${var.arn_prefixes.pipes}:pipe/${local.full_name}"
  function_arn     = "${var.arn_prefixes.lambda}:function:${local.full_name}"
  dlq_arn          = "${var.arn_prefixes.sqs}:${local.full_name}-dlq"
  dead_letters_arn = "${var.arn_prefixes.sqs}:${local.full_name}-letters"
}

# Events that a queue refuses, and those that the pipe gave up, after rehydrate has read them again.
module "dlq" {
  source = "../queue"

  arn          = local.dlq_arn
  defaults     = var.queue_defaults
  redrive_from = [local.dead_letters_arn]
}

# Dead letters of the pipe: each names the place of records in the stream, and does not hold the event.
module "letters" {
  source = "../queue"

  arn                  = local.dead_letters_arn
  defaults             = var.queue_defaults
  visibility_timeout_s = var.dead_letter_handling.visibility_timeout_s

  dead_letter = {
    arn          = module.dlq.arn
    max_receives = var.dead_letter_handling.max_receives
  }
}

data "aws_iam_policy_document" "function" {
  statement {
    sid       = "ReadTheStacksDescription"
    actions   = ["dynamodb:GetItem"]
    resources = [var.description.table_arn]

    # The item of the description, and no endpoint's.
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["-"]
    }
  }

  statement {
    sid = "SendToOrderedSubscriptions"
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    actions   = var.batch_rights_by_call ? ["sqs:SendMessage", "sqs:SendMessageBatch"] : ["sqs:SendMessage"]
    resources = concat(var.queue_arns, [local.dlq_arn])
  }
}

module "function" {
  source = "../function"

  name        = "fan"
  description = "Sends each event to the FIFO queue of every ordered subscription that wants it"
  defaults    = var.function_defaults
  memory_mb   = 256
  timeout_s   = 60
  policies    = { fan = data.aws_iam_policy_document.function.json }

  key_use = {
    fan = {
      UseTheTablesKey  = { use = "read_table", through = ["dynamodb"] }
      EncryptForQueues = { use = "encrypt", through = ["sqs"] }
    }
  }

  environment = {
    DLQ_URL         = module.dlq.url
    ENDPOINTS_TABLE = var.description.table
  }
}
