data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  # `id` is the region's name in provider majors 5 and 6 alike.
  region = data.aws_region.current.id

  # The start of an ARN, for resources that must be named before they exist.
  arn_prefixes = {
    for service in ["apigateway", "cloudwatch", "events", "execute-api", "lambda", "logs", "pipes", "secretsmanager", "sns", "sqs"] :
    service => "arn:${local.partition}:${service}:${local.region}:${local.account}"
  }

  # Policies take ARNs from here. A data source that names a resource directly is not
  # read before that resource exists, so no test could look at the policy in a plan.
  arns = {
    bucket    = aws_s3_bucket.payloads.arn
    by_time   = "${aws_dynamodb_table.events.arn}/index/by-time"
    endpoints = aws_dynamodb_table.endpoints.arn
    events    = aws_dynamodb_table.events.arn
    key       = aws_kms_key.stack.arn
    processed = aws_dynamodb_table.processed.arn
    stream    = aws_dynamodb_table.events.stream_arn
    topic     = aws_sns_topic.events.arn
  }

  keys_prefix = "${var.stack}/endpoints/"

  # A role may use the key only through the service that holds the data.
  via = {
    for service in ["dynamodb", "s3", "secretsmanager", "sns", "sqs"] :
    service => "${service}.${local.region}.${data.aws_partition.current.dns_suffix}"
  }

  # DynamoDB uses the key with the caller's rights. Nothing shorter is documented
  # for writers than what AWS's own construct library grants.
  table_read_key_actions  = ["kms:Decrypt", "kms:DescribeKey"]
  table_write_key_actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]

  buffered = { for name, subscription in var.subscriptions : name => subscription if !subscription.ordered }
  ordered  = { for name, subscription in var.subscriptions : name => subscription if subscription.ordered }

  # DynamoDB Streams serves at most two readers a shard; the router is always one.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
  stream_readers = 1 + length(local.ordered)

  # Every function, by what it is called in the stack.
  function_names = {
    for name in concat(["admit", "authorizer", "ingest", "rehydrate", "sweep", "watch"], keys(var.processors)) : name => "${var.stack}-${name}"
  }

  function_defaults = {
    stack              = var.stack
    architecture       = var.architecture
    packages_dir       = var.packages_dir
    kms_key_arn        = aws_kms_key.stack.arn
    log_level          = var.log_level
    log_retention_days = var.log_retention_days
    tracing            = var.xray_tracing
    alarms             = local.alarms
  }

  queue_defaults = {
    kms_key_arn    = aws_kms_key.stack.arn
    retention_days = var.queue_retention_days
    require_tls    = var.require_tls
  }

  alarms = {
    enabled     = var.alarms_enabled
    actions     = var.alarm_topic_arns
    runbook_url = var.runbook_url
  }
}
