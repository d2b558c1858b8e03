# When a pipe that reads the stream gives up on records, it sends a dead letter that only names their place there.
# `rehydrate` reads the records again while the stream still has them and puts the events themselves into the DLQ
# (decision 0017).

locals {
  rehydrate_timeout_s = 60

  dead_letter_handling = {
    # AWS advises six times the function's timeout.
    visibility_timeout_s = 6 * local.rehydrate_timeout_s
    max_receives         = 5
  }

  # By the pipe that reads the stream. ARNs by name, so that the policy can be read in a plan.
  dead_letters = merge(
    {
      router = {
        arn     = local.router_dead_letters_arn
        dlq_arn = local.router_dlq_arn
      }
    },
    length(local.ordered) == 0 ? {} : {
      fan = {
        arn     = "${local.arn_prefixes.sqs}:${var.stack}-fan-letters"
        dlq_arn = "${local.arn_prefixes.sqs}:${var.stack}-fan-dlq"
      }
    },
  )

  dlq_urls = merge(
    { router = module.router_dlq.url },
    { for fan in module.fan : "fan" => fan.dlq.url },
  )
}

data "aws_iam_policy_document" "rehydrate" {
  statement {
    sid       = "ReceiveLetters"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = values(local.dead_letters)[*].arn
  }

  statement {
    sid       = "ReadStream"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = var.stream_rights_on_any ? ["*"] : [local.arns.stream]
  }

  statement {
    sid       = "SendToDlqs"
    actions   = ["sqs:SendMessage"]
    resources = values(local.dead_letters)[*].dlq_arn
  }
}

module "rehydrate" {
  source = "./modules/function"

  name          = "rehydrate"
  description   = "Puts the events of a pipe's dead letters into its DLQ"
  defaults      = local.function_defaults
  memory_mb     = 256
  timeout_s     = local.rehydrate_timeout_s
  policies      = { rehydrate = data.aws_iam_policy_document.rehydrate.json }
  unscoped_sids = var.stream_rights_on_any ? ["ReadStream"] : []

  key_use = {
    rehydrate = {
      DecryptStream                   = { use = "decrypt", through = ["dynamodb"] }
      DecryptLettersAndEncryptForDlqs = { use = "encrypt", through = ["sqs"] }
    }
  }

  environment = {
    ATTRIBUTES   = jsonencode(local.attributes)
    DESTINATIONS = jsonencode({ for name, queues in local.dead_letters : queues.arn => local.dlq_urls[name] })
  }
}

resource "aws_lambda_event_source_mapping" "letters" {
  for_each = local.dead_letters

  event_source_arn = each.key == "router" ? module.router_letters.arn : module.fan[0].dead_letters.arn
  function_name    = module.rehydrate.arn
  # One dead letter can name as many records as a pipe's batch holds.
  batch_size                         = 1
  maximum_batching_window_in_seconds = 0
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = local.tags
}
