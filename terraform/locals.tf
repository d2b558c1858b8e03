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
    for service in ["apigateway", "cloudwatch", "dynamodb", "events", "execute-api", "kms", "lambda", "logs", "pipes", "secretsmanager", "sns", "sqs", "states"] :
    service => "arn:${local.partition}:${service}:${local.region}:${local.account}"
  }

  bucket_name = "${var.stack}-payloads-${local.account}-${local.region}"

  # Policies take ARNs from here: by name, so that the first plan already knows every policy and can measure it, and a
  # pipe's role does not wait for what the pipe reads and calls.
  arns = {
    bucket     = "arn:${local.partition}:s3:::${local.bucket_name}"
    by_time    = "${local.arn_prefixes.dynamodb}:table/${var.stack}-events/index/by-time"
    deliveries = "${local.arn_prefixes.dynamodb}:table/${var.stack}-deliveries"
    endpoints  = "${local.arn_prefixes.dynamodb}:table/${var.stack}-endpoints"
    events     = "${local.arn_prefixes.dynamodb}:table/${var.stack}-events"
    processed  = "${local.arn_prefixes.dynamodb}:table/${var.stack}-processed"
    topic      = "${local.arn_prefixes.sns}:${var.stack}-events"
    # A stream's name ends with its date. A table has one, and for a day its earlier ones.
    stream = "${local.arn_prefixes.dynamodb}:table/${var.stack}-events/stream/*"
    # AWS chooses the key's name. This placeholder is as long. modules/role and the outputs replace it with the real
    # one.
    key = "${local.arn_prefixes.kms}:key/00000000-0000-0000-0000-000000000000"
  }

  keys_prefix         = "${var.stack}/endpoints/"
  destinations_prefix = "${var.stack}/subscriptions/"

  # What modules/role needs to write how a role uses the key: only through the service that holds the data.
  key = {
    arn         = local.key_arn
    placeholder = local.arns.key
    via = {
      for service in ["dynamodb", "kinesis", "s3", "secretsmanager", "sns", "sqs"] :
      service => "${service}.${local.region}.${data.aws_partition.current.dns_suffix}"
    }
  }

  tags = merge({ stack = var.stack }, var.tags)

  # What all roles of the stack share.
  roles = {
    path                     = var.role_path
    permissions_boundary_arn = var.permissions_boundary_arn
    tags                     = local.tags
  }

  # What endpoints declare: every event of the stack has all of them.
  attributes = sort(distinct(flatten([for endpoint in values(var.endpoints) : keys(endpoint.attributes)])))

  buffered = { for name, subscription in var.subscriptions : name => subscription if !subscription.ordered }
  ordered  = { for name, subscription in var.subscriptions : name => subscription if subscription.ordered }

  # DynamoDB Streams serves at most two readers per shard: the router, and fan for all ordered subscriptions.
  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
  stream_readers = 1 + min(1, length(local.ordered))

  # Every function, by its name in the stack.
  function_names = {
    for name in concat(
      ["admit", "authorizer", "ingest", "rehydrate", "sweep", "watch"],
      length(local.ordered) > 0 ? ["fan"] : [],
      length(local.redacted) > 0 ? ["redact"] : [],
      keys(var.processors),
      [for name in keys(local.delivered) : "deliver-${name}"],
    ) : name => "${var.stack}-${name}"
  }

  function_defaults = {
    stack                = var.stack
    architecture         = var.architecture
    packages             = module.packages.found
    key                  = local.key
    logs_arn_prefix      = local.arn_prefixes.logs
    log_level            = var.log_level
    log_retention_days   = var.log_retention_days
    tracing              = var.xray_tracing
    tags                 = local.tags
    roles                = local.roles
    functions_arn_prefix = "${local.arn_prefixes.lambda}:function:"
    vpc                  = var.vpc
    alarms               = local.alarms
  }

  queue_defaults = {
    kms_key_arn    = local.key_arn
    retention_days = var.queue_retention_days
    require_tls    = var.require_tls
    tags           = local.tags
  }

  alarms = {
    enabled     = var.alarms_enabled
    actions     = var.alarm_topic_arns
    runbook_url = var.runbook_url
    tags        = local.tags
  }
}
