# The rights that operators need for `coatcheck`: `read` for every command that only reads, `verify` in addition for
# those that need signing keys, and `operate` in addition to both for those that change something. Anyone who may read
# a signing secret can forge deliveries, so `read` allows none. `erase`, in addition to `read`, is the only one that
# deletes payloads and pointers. They are outputs, so that you can grant them in your own way; the stack creates no users.

locals {
  operated = {
    pipes = concat(
      [local.router_arn],
      [for fan in module.fan : fan.arns.pipe],
      [for subscription in module.subscription : subscription.arns.pipe if subscription.arns.pipe != null],
    )

    dlqs = concat(
      [local.admit_dlq_arn, local.router_dlq_arn],
      [for fan in module.fan : fan.arns.dlq],
      [for subscription in module.subscription : subscription.arns.dlq],
      [for processor in module.processor : processor.inbox_arns.dlq if processor.inbox_arns != null],
    )

    # Where events are sent: back from a DLQ, or again.
    queues = concat(
      [local.admit_queue_arn],
      [for subscription in module.subscription : subscription.arns.queue],
      [for processor in module.processor : processor.inbox_arns.inbox if processor.inbox_arns != null],
    )

    # What subscriptions deliver to, to check that it exists: EventBridge reports a pipe to a missing target as
    # running.
    targets = {
      functions = [for target in local.targets : target.arn if target.kind == "lambda"]
      machines  = distinct([for target in local.targets : target.arn if contains(["express", "standard"], target.kind)])
      queues    = distinct([for target in local.targets : target.arn if target.kind == "queue"])
    }

    # By prefix, so that the policies do not grow with the endpoints.
    secrets = concat(
      ["${local.arn_prefixes.secretsmanager}:secret:${local.keys_prefix}*"],
      length(local.delivered) == 0 ? [] : ["${local.arn_prefixes.secretsmanager}:secret:${local.destinations_prefix}*"],
    )

    # A mapping's name is not known before it exists; its function's is. None without a subscription that `deliver` reads.
    mappings   = length(local.delivered) == 0 ? [] : ["${local.arn_prefixes.lambda}:event-source-mapping:*"]
    delivering = "${local.arn_prefixes.lambda}:function:${var.stack}-deliver-*"
    deliveries = length(local.delivered) == 0 ? [] : [local.arns.deliveries]
  }
}

module "operator_key_use" {
  source = "./modules/key_use"

  for_each = {
    read   = { DecryptWhatIsRead = { use = "read_table", through = ["dynamodb", "s3", "sqs"] } }
    verify = { DecryptSigningKeys = { use = "decrypt", through = ["secretsmanager"] } }
    operate = {
      UseTheTablesKey   = { use = "write_table", through = ["dynamodb"] }
      EncryptWhatIsSent = { use = "encrypt", through = ["s3", "secretsmanager", "sqs"] }
    }
    erase = { UseTheTablesKey = { use = "write_table", through = ["dynamodb"] } }
  }

  key  = local.key
  uses = each.value
}

data "aws_iam_policy_document" "read" {
  source_policy_documents = [module.operator_key_use["read"].json]

  #checkov:skip=CKV_AWS_356:DescribeAlarms answers about alarms by their names only to whom it is granted for "*"; GetMetricData knows no resource.
  statement {
    sid       = "ReadEventsAndRecords"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]
    resources = [local.arns.events, local.arns.processed]
  }

  statement {
    sid       = "ListEventsByTime"
    actions   = ["dynamodb:Query"]
    resources = [local.arns.by_time]
  }

  dynamic "statement" {
    for_each = length(local.find_index_arns) == 0 ? [] : [local.find_index_arns]

    content {
      sid       = "FindEventsByAttribute"
      actions   = ["dynamodb:Query"]
      resources = statement.value
    }
  }

  statement {
    sid       = "ReadEndpoints"
    actions   = ["dynamodb:GetItem", "dynamodb:Scan"]
    resources = [local.arns.endpoints]
  }

  statement {
    sid       = "LookAtTables"
    actions   = ["dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"]
    resources = concat([local.arns.endpoints, local.arns.events, local.arns.processed], local.operated.deliveries)
  }

  statement {
    sid       = "ReadPayloads"
    actions   = ["s3:GetObject"]
    resources = ["${local.arns.bucket}/incoming/*", "${local.arns.bucket}/payloads/*"]
  }

  # Without ListBucket S3 answers 403 for an expired payload, not 404.
  statement {
    sid       = "LookAtBucketAndTellExpiredFromForbidden"
    actions   = ["s3:GetLifecycleConfiguration", "s3:ListBucket"]
    resources = [local.arns.bucket]
  }

  statement {
    sid       = "LookAtPipes"
    actions   = ["pipes:DescribePipe"]
    resources = local.operated.pipes
  }

  dynamic "statement" {
    for_each = length(local.operated.mappings) == 0 ? [] : [local.operated.mappings]

    content {
      sid       = "LookAtMappings"
      actions   = ["lambda:GetEventSourceMapping"]
      resources = statement.value

      condition {
        test     = "ArnLike"
        variable = "lambda:FunctionArn"
        values   = [local.operated.delivering]
      }
    }
  }

  dynamic "statement" {
    for_each = length(local.operated.deliveries) == 0 ? [] : [local.operated.deliveries]

    content {
      sid       = "ReadBreakers"
      actions   = ["dynamodb:GetItem"]
      resources = statement.value
    }
  }

  statement {
    sid       = "LookAtQueues"
    actions   = ["sqs:GetQueueAttributes"]
    resources = concat([local.heartbeats_arn], values(local.dead_letters)[*].arn, local.operated.queues, local.operated.dlqs)
  }

  # A command that reads a message returns it to the queue.
  statement {
    sid       = "LookAtWhatWasGivenUp"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:ReceiveMessage"]
    resources = local.operated.dlqs
  }

  statement {
    sid     = "LookAtFunctions"
    actions = ["lambda:GetFunctionConfiguration"]
    resources = distinct(concat(
      [for name in values(local.function_names) : "${local.arn_prefixes.lambda}:function:${name}"],
      local.operated.targets.functions,
    ))
  }

  dynamic "statement" {
    for_each = length(local.operated.targets.machines) == 0 ? [] : [local.operated.targets.machines]

    content {
      sid       = "LookAtTargetStateMachines"
      actions   = ["states:DescribeStateMachine"]
      resources = statement.value
    }
  }

  dynamic "statement" {
    for_each = length(local.operated.targets.queues) == 0 ? [] : [local.operated.targets.queues]

    content {
      sid       = "LookAtTargetQueues"
      actions   = ["sqs:GetQueueUrl"]
      resources = statement.value
    }
  }

  statement {
    sid       = "ReadFunctionLogs"
    actions   = ["logs:FilterLogEvents"]
    resources = [for name in values(local.function_names) : "${local.arn_prefixes.logs}:log-group:/aws/lambda/${name}:*"]
  }

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
  statement {
    sid       = "LookAtAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = ["*"]
  }

  # It has no resource type: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
  statement {
    sid       = "ReadMetrics"
    actions   = ["cloudwatch:GetMetricData"]
    resources = ["*"]
  }
}

# To verify a stored event again, to sign one, and to see which keys an endpoint has.
data "aws_iam_policy_document" "verify" {
  source_policy_documents = [module.operator_key_use["verify"].json]

  statement {
    sid       = "ReadSigningKeys"
    actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    resources = local.operated.secrets
  }
}

data "aws_iam_policy_document" "operate" {
  source_policy_documents = [module.operator_key_use["operate"].json]

  # A replay, and what a sweep finds.
  statement {
    sid       = "WritePointersAndReplays"
    actions   = ["dynamodb:ConditionCheckItem", "dynamodb:PutItem"]
    resources = [local.arns.events]
  }

  # SQS moves messages with the rights of the caller who started the move; a sweep by hand notifies admit as the
  # scheduled one does.
  statement {
    sid       = "SendToQueues"
    actions   = ["sqs:SendMessage"]
    resources = local.operated.queues
  }

  # The payload of `subscriptions test`, where no provider's payload is.
  statement {
    sid       = "WriteTestPayloads"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns.bucket}/payloads/-/test/*"]
  }

  statement {
    sid = "RedriveAndPurge"
    actions = [
      "sqs:CancelMessageMoveTask",
      "sqs:DeleteMessage",
      "sqs:ListMessageMoveTasks",
      "sqs:PurgeQueue",
      "sqs:StartMessageMoveTask",
    ]
    resources = local.operated.dlqs
  }

  statement {
    sid       = "PauseAndResume"
    actions   = ["pipes:StartPipe", "pipes:StopPipe"]
    resources = local.operated.pipes
  }

  dynamic "statement" {
    for_each = length(local.operated.mappings) == 0 ? [] : [local.operated.mappings]

    content {
      sid       = "SwitchMappings"
      actions   = ["lambda:UpdateEventSourceMapping"]
      resources = statement.value

      condition {
        test     = "ArnLike"
        variable = "lambda:FunctionArn"
        values   = [local.operated.delivering]
      }
    }
  }

  dynamic "statement" {
    for_each = length(local.operated.deliveries) == 0 ? [] : [local.operated.deliveries]

    content {
      sid       = "CloseBreakers"
      actions   = ["dynamodb:PutItem"]
      resources = statement.value

      condition {
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = ["breaker#*"]
      }
    }
  }

  statement {
    sid       = "RotateKeys"
    actions   = ["secretsmanager:PutSecretValue"]
    resources = local.operated.secrets
  }
}

# What `coatcheck erase` needs besides `read`. Nobody else deletes what was received: grant it for the occasion.
data "aws_iam_policy_document" "erase" {
  source_policy_documents = [module.operator_key_use["erase"].json]

  # Every pointer is read: an index may lack the newest. A tombstone takes the pointer's place; rows of replays go.
  statement {
    sid       = "FindAndReplacePointers"
    actions   = ["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:Scan"]
    resources = [local.arns.events]
  }

  statement {
    sid       = "EmptyRecords"
    actions   = ["dynamodb:PutItem"]
    resources = [local.arns.processed]
  }

  dynamic "statement" {
    for_each = length(local.operated.deliveries) == 0 ? [] : [local.operated.deliveries]

    content {
      sid       = "ForgetTries"
      actions   = ["dynamodb:DeleteItem"]
      resources = statement.value

      condition {
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = ["tries#*"]
      }
    }
  }

  # The bucket keeps no versions, unless someone has turned them on.
  statement {
    sid       = "DeletePayloads"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    resources = ["${local.arns.bucket}/incoming/*", "${local.arns.bucket}/payloads/*"]
  }

  statement {
    sid       = "FindVersions"
    actions   = ["s3:ListBucketVersions"]
    resources = [local.arns.bucket]
  }

  # Until when tables can be restored as they were.
  statement {
    sid       = "LookAtBackups"
    actions   = ["dynamodb:DescribeContinuousBackups"]
    resources = [local.arns.events, local.arns.processed]
  }

  # Messages of other events go back at once.
  statement {
    sid     = "LookThroughQueues"
    actions = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"]
    # The messages of admit name objects alone; it finds a deleted one gone.
    resources = concat([for queue in local.operated.queues : queue if queue != local.admit_queue_arn], local.operated.dlqs)
  }
}
