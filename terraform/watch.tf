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
    [for name in ["${var.stack}-fan"] : name if length(local.ordered) > 0],
    [for name, subscription in var.subscriptions : "${var.stack}-${name}" if subscription.enabled && !contains(keys(local.delivered), name)],
  )

  # Those that are meant to be delivered, and that `deliver` reads: each has a mapping in the place of a pipe.
  watched_delivered = [for name, subscription in local.delivered : name if subscription.enabled]

  # Without a topic there is no one to tell, so watch has no right that only its alerts need (decision 0043).
  alerts = length(var.alarm_topic_arns) > 0

  # Of the processed table, the key of what alerts remember. No event has this ref.
  alerts_key = "${local.heartbeats_endpoint}/alerts"

  # Issuers publish these keys (decision 0051). Without such an endpoint watch may write no secret.
  issued = length(local.key_sets) > 0
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

  # Many by a pattern: IAM has no room for the name of each.
  statement {
    sid       = "LookAtPipes"
    actions   = ["pipes:DescribePipe"]
    resources = length(local.watched_pipes) > 50 ? ["${local.arn_prefixes.pipes}:pipe/${var.stack}-*"] : [for pipe in local.watched_pipes : "${local.arn_prefixes.pipes}:pipe/${pipe}"]
  }

  # A mapping's own name is known only after it is created; its function's is known before.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
  dynamic "statement" {
    for_each = length(local.watched_delivered) == 0 ? [] : [local.watched_delivered]

    content {
      sid       = "LookAtMappings"
      actions   = ["lambda:GetEventSourceMapping"]
      resources = ["${local.arn_prefixes.lambda}:event-source-mapping:*"]

      condition {
        test     = "ArnLike"
        variable = "lambda:FunctionArn"
        values   = length(statement.value) > 50 ? [local.operated.delivering] : [for name in statement.value : "${local.arn_prefixes.lambda}:function:${var.stack}-deliver-${name}"]
      }
    }
  }

  # A read needs a key, so there is always one to check.
  dynamic "statement" {
    for_each = length(local.watched_delivered) == 0 ? [] : [local.arns.deliveries]

    content {
      sid       = "ReadMappingsAndBreakers"
      actions   = ["dynamodb:GetItem"]
      resources = [statement.value]

      condition {
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = ["breaker#*", "mapping#*"]
      }
    }
  }
}

data "aws_iam_policy_document" "alerts" {
  count = local.alerts ? 1 : 0

  #checkov:skip=CKV_AWS_356:CloudWatch offers GetMetricData for the resource "*" only.
  # If a topic has a key of its own, that key's policy must let this role use it: the stack does not know the key.
  statement {
    sid       = "PublishAlerts"
    actions   = ["sns:Publish"]
    resources = var.alarm_topic_arns
  }

  # By a pattern, so that the policy does not grow with the subscriptions. Another stack whose name begins with this
  # one's has such queues too; this role may not use its key, so it cannot read them.
  statement {
    sid       = "LookIntoDlqs"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = ["${local.arn_prefixes.sqs}:${var.stack}-*-dlq", "${local.arn_prefixes.sqs}:${var.stack}-*-dlq.fifo"]
  }

  statement {
    sid       = "RememberAlerts"
    actions   = ["dynamodb:PutItem", "dynamodb:Query"]
    resources = [local.arns.processed]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = [local.alerts_key]
    }
  }

  # Not the reason, in which a processor may quote a payload.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
  statement {
    sid       = "ReadHowProcessorsFailed"
    actions   = ["dynamodb:GetItem"]
    resources = [local.arns.processed]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:Attributes"
      values   = ["attempts", "failure", "processor", "ref", "state"]
    }

    condition {
      test     = "StringEqualsIfExists"
      variable = "dynamodb:Select"
      values   = ["SPECIFIC_ATTRIBUTES"]
    }
  }

  statement {
    sid       = "ReadDescriptionAndNamesOfEndpoints"
    actions   = ["dynamodb:GetItem", "dynamodb:Scan"]
    resources = [local.arns.endpoints]
  }

  statement {
    sid       = "ReadRefusals"
    actions   = ["cloudwatch:GetMetricData"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "key_sets" {
  count = local.issued ? 1 : 0

  statement {
    sid       = "LookUpEndpointsOfIssuers"
    actions   = ["dynamodb:GetItem"]
    resources = [local.arns.endpoints]
  }

  # By a tag, as IAM has no room for the name of each. The name limits them to the stack's: no other secret with that
  # tag counts. Only Terraform writes tags.
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
  statement {
    sid       = "ReplaceKeysOfIssuers"
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"]
    resources = ["${local.arn_prefixes.secretsmanager}:secret:${local.keys_prefix}*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/KeysFrom"
      values   = ["issuer"]
    }
  }
}

module "watch" {
  source = "./modules/function"

  name        = "watch"
  description = "Measures how far the router is behind and which pipes and mappings do not run, and sends alerts"
  defaults    = local.function_defaults
  memory_mb   = 256
  # Two scheduled runs never overlap.
  timeout_s = 58
  policies = merge(
    { watch = data.aws_iam_policy_document.watch.json },
    local.alerts ? { alerts = data.aws_iam_policy_document.alerts[0].json } : {},
    local.issued ? { key-sets = data.aws_iam_policy_document.key_sets[0].json } : {},
  )
  unscoped_sids = ["ReadRefusals"]

  key_use = merge(
    {
      watch = {
        UseTheTablesKey   = { use = "write_table", through = ["dynamodb"] }
        DecryptHeartbeats = { use = "decrypt", through = ["sqs"] }
      }
    },
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    local.issued ? { key-sets = { EncryptKeysOfIssuers = { use = "encrypt", through = ["secretsmanager"] } } } : {},
  )

  environment = merge(
    {
      EVENTS_TABLE         = aws_dynamodb_table.events.name
      HEARTBEATS_QUEUE_URL = module.heartbeats.url
      PIPES                = join(",", local.watched_pipes)
      # How long a heartbeat may take, and whether one can overtake another.
      ROUTER_PARALLELIZATION = tostring(var.router.parallelization)
      ROUTER_WINDOW_S        = tostring(var.router.batching_window_s)
    },
    length(local.watched_delivered) == 0 ? {} : {
      DELIVERED        = join(",", local.watched_delivered)
      DELIVERIES_TABLE = aws_dynamodb_table.deliveries[0].name
    },
    local.alerts ? {
      ALERT_TOPICS    = join(",", sort(var.alarm_topic_arns))
      ENDPOINTS_TABLE = aws_dynamodb_table.endpoints.name
      PROCESSED_TABLE = aws_dynamodb_table.processed.name
    } : {},
    local.issued ? {
      ENDPOINTS_TABLE = aws_dynamodb_table.endpoints.name
      KEY_SETS        = join(",", sort(keys(local.key_sets)))
      KEYS_PREFIX     = local.keys_prefix
    } : {},
  )
}

resource "aws_cloudwatch_event_rule" "watch" {
  name                = "${var.stack}-watch"
  description         = "Runs watch"
  schedule_expression = "rate(1 minute)"
  tags                = local.tags
}

resource "aws_cloudwatch_event_target" "watch" {
  rule      = aws_cloudwatch_event_rule.watch.name
  target_id = "watch"
  arn       = module.watch.arn

  # Its first run finds all pipes and mappings, and its first heartbeat comes back.
  depends_on = [aws_lambda_permission.watch, aws_pipes_pipe.router, aws_sns_topic_subscription.heartbeats, module.destination, module.subscription]
}

resource "aws_lambda_permission" "watch" {
  statement_id  = "EveryMinute"
  action        = "lambda:InvokeFunction"
  function_name = module.watch.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.watch.arn
}
