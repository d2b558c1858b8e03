# A pipe that reads the stream gives a record up by naming its place there: a dead letter. `rehydrate` reads the
# record again while the stream has it and puts the event itself into the DLQ (decision 0017).

locals {
  rehydrate_timeout_s = 60

  letters_handling = {
    # AWS advises six times the function's timeout.
    visibility_timeout_s = 6 * local.rehydrate_timeout_s
    max_receives         = 5
  }

  # By the pipe that reads the stream. ARNs by name, so that the policy can be read in a plan.
  letters = merge(
    {
      router = {
        arn     = local.router_letters_arn
        dlq_arn = local.router_dlq_arn
      }
    },
    {
      for name in keys(local.ordered) : name => {
        arn     = "${local.arn_prefixes.sqs}:${var.stack}-${name}-letters"
        dlq_arn = "${local.arn_prefixes.sqs}:${var.stack}-${name}-dlq"
      }
    },
  )

  dlq_urls = merge(
    { router = module.router_dlq.url },
    { for name in keys(local.ordered) : name => module.subscription[name].dlq_url },
  )
}

data "aws_iam_policy_document" "rehydrate" {
  statement {
    sid       = "ReceiveLetters"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = values(local.letters)[*].arn
  }

  statement {
    sid       = "ReadStream"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = var.stream_rights_on_any ? ["*"] : [local.arns.stream]
  }

  statement {
    sid       = "DecryptStream"
    actions   = ["kms:Decrypt"]
    resources = [local.arns.key]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.dynamodb]
    }
  }

  statement {
    sid       = "SendToDlqs"
    actions   = ["sqs:SendMessage"]
    resources = values(local.letters)[*].dlq_arn
  }

  statement {
    sid       = "DecryptLettersAndEncryptForDlqs"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [local.arns.key]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via.sqs]
    }
  }
}

module "rehydrate" {
  source = "./modules/function"

  name          = "rehydrate"
  description   = "Puts events that a pipe of the stream gave up into its DLQ"
  defaults      = local.function_defaults
  memory_mb     = 256
  timeout_s     = local.rehydrate_timeout_s
  policies      = { rehydrate = data.aws_iam_policy_document.rehydrate.json }
  unscoped_sids = var.stream_rights_on_any ? ["ReadStream"] : []

  environment = {
    DESTINATIONS = jsonencode({ for name, letters in local.letters : letters.arn => local.dlq_urls[name] })
  }
}

resource "aws_lambda_event_source_mapping" "letters" {
  for_each = local.letters

  event_source_arn = each.key == "router" ? module.router_letters.arn : module.subscription[each.key].letters.arn
  function_name    = module.rehydrate.arn
  # One dead letter can name as many records as a pipe's batch holds.
  batch_size                         = 1
  maximum_batching_window_in_seconds = 0
  function_response_types            = ["ReportBatchItemFailures"]
}
