locals {
  full_name = "${var.defaults.stack}-${var.name}"
  # By name, so that the policy can be read in a plan.
  log_group     = "/aws/lambda/${local.full_name}"
  log_group_arn = "${var.defaults.logs_arn_prefix}:log-group:${local.log_group}"

  # A path names a zip anywhere, a name one of the packages.
  named     = coalesce(var.package, var.name)
  is_path   = can(regex("/|\\.zip$", local.named))
  packages  = var.defaults.packages
  listed    = local.is_path ? null : lookup(local.packages.listed, local.named, null)
  in_bucket = !local.is_path && local.packages.bucket != null
  # In the bucket: null if there is no such object.
  wanted_key = local.in_bucket && local.listed != null ? "${local.packages.base}${local.listed.path}" : null
  key        = try(contains(local.packages.keys, local.wanted_key), false) ? local.wanted_key : null
  object     = one(data.aws_s3_object.package)

  package = (
    local.is_path ? pathexpand(local.named) :
    local.in_bucket ? "s3://${coalesce(local.packages.bucket, "-")}/${coalesce(local.wanted_key, "${local.packages.base}${local.named}.zip")}" :
    "${local.packages.dir}/${local.listed == null ? "${local.named}.zip" : local.listed.path}"
  )
  # A folder is an error of fileexists.
  is_folder  = !can(fileexists(local.package))
  is_package = try(fileexists(local.package), false) && endswith(local.package, ".zip")
  file_hash  = local.is_package ? filebase64sha256(local.package) : null

  # None in a bucket without versioning, and "null" in one where it was turned off.
  version = contains(["", "null"], try(coalesce(local.object.version_id, ""), "")) ? null : local.object.version_id

  environment = merge(var.environment, {
    LOG_LEVEL = var.defaults.log_level
    STACK     = var.defaults.stack
  })
}

resource "aws_cloudwatch_log_group" "this" {
  name              = local.log_group
  kms_key_id        = var.defaults.key.arn
  retention_in_days = var.defaults.log_retention_days
  tags              = var.defaults.tags
}

data "aws_iam_policy_document" "own_logs" {
  statement {
    sid       = "WriteOwnLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_group_arn}:*"]
  }
}

data "aws_iam_policy_document" "tracing" {
  #checkov:skip=CKV_AWS_111:X-Ray offers these actions for the resource "*" only.
  #checkov:skip=CKV_AWS_356:As above.
  statement {
    sid       = "SendTraces"
    actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    resources = ["*"]
  }
}

# Lambda itself makes the function's network interfaces, with the function's role; the code may not.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
data "aws_iam_policy_document" "vpc" {
  #checkov:skip=CKV_AWS_111:EC2 offers some of these actions for the resource "*" only, as AWS's own policy has them.
  #checkov:skip=CKV_AWS_356:As above.
  statement {
    sid = "LambdaMakesInterfaces"
    actions = [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]
  }

  statement {
    sid    = "TheCodeMakesNone"
    effect = "Deny"
    actions = [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "lambda:SourceFunctionArn"
      values   = ["${var.defaults.functions_arn_prefix}${local.full_name}"]
    }
  }
}

module "role" {
  source = "../role"

  defaults    = var.defaults.roles
  name        = "${var.defaults.stack}-function-${var.name}"
  description = "Execution role of the function ${local.full_name}"
  service     = "lambda.amazonaws.com"
  key         = var.defaults.key
  key_use     = var.key_use
  too_large   = var.too_large
  policies = merge(
    { logs = data.aws_iam_policy_document.own_logs.json },
    var.defaults.tracing ? { tracing = data.aws_iam_policy_document.tracing.json } : {},
    var.defaults.vpc != null ? { vpc = data.aws_iam_policy_document.vpc.json } : {},
    var.policies,
  )
  unscoped_sids = setunion(["LambdaMakesInterfaces", "SendTraces", "TheCodeMakesNone"], var.unscoped_sids)
}

data "aws_s3_object" "package" {
  count = local.key == null ? 0 : 1

  bucket        = local.packages.bucket
  key           = local.key
  checksum_mode = "ENABLED"
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:Tracing is a variable (decision 0014).
  #checkov:skip=CKV_AWS_115:Reserved concurrency is a variable; by default the account's pool and the API's throttle bound it.
  #checkov:skip=CKV_AWS_116:Invoked by API Gateway, a pipe or a queue, each of which has its own way for failures; or by the schedule, which comes again.
  #checkov:skip=CKV_AWS_117:A VPC is a variable: the functions talk to AWS APIs only, and endpoints cost money.
  #checkov:skip=CKV_AWS_173:The environment holds names and numbers; secrets come from Secrets Manager at run time.
  #checkov:skip=CKV_AWS_272:The package is built next to the stack and pinned by its hash; signing is for stacks with a separate release process.
  function_name                  = local.full_name
  description                    = var.description
  role                           = module.role.arn
  architectures                  = [var.defaults.architecture]
  runtime                        = coalesce(var.runtime, "provided.al2023")
  handler                        = coalesce(var.handler, "bootstrap")
  filename                       = local.in_bucket ? null : local.package
  s3_bucket                      = local.in_bucket ? local.packages.bucket : null
  s3_key                         = local.in_bucket ? coalesce(local.key, "missing") : null
  s3_object_version              = local.version
  source_code_hash               = local.in_bucket ? try(local.listed.sha256, null) : local.file_hash
  memory_size                    = var.memory_mb
  timeout                        = var.timeout_s
  reserved_concurrent_executions = var.reserved_concurrency == null ? -1 : var.reserved_concurrency
  tags                           = var.defaults.tags

  environment {
    variables = local.environment
  }

  logging_config {
    log_format = "JSON"
    # Lambda drops lines below this, whatever LOG_LEVEL says. Never above INFO: metrics are lines without a level, which
    # count as that. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    application_log_level = var.defaults.log_level == "debug" ? "DEBUG" : "INFO"
    # Without the start and report lines of invocations that succeed, some 500 bytes of each: metrics have their count
    # and duration. An invocation that fails or runs out of time still has its lines, which are of level WARN.
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
    system_log_level = var.defaults.log_level == "debug" ? "DEBUG" : "WARN"
    log_group        = aws_cloudwatch_log_group.this.name
  }

  dynamic "vpc_config" {
    for_each = var.defaults.vpc == null ? [] : [var.defaults.vpc]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  tracing_config {
    mode = var.defaults.tracing ? "Active" : "PassThrough"
  }

  lifecycle {
    precondition {
      condition = local.is_package || local.in_bucket
      error_message = (
        local.is_folder ? "The package of function ${var.name}, ${local.package}, is a folder. Lambda takes a zip: run scripts/package ${local.package}, and give the name or the path of the zip that it makes." :
        local.is_path ? "The package of function ${var.name}, ${local.package}, is no zip that exists. A relative path starts at the folder that Terraform runs in (-chdir). A package without a slash and without .zip at its end is the name of one of var.packages." :
        "There is no package ${local.package}: build it (make package, or scripts/package for a processor of your own), correct packages.dir, or give the path of a zip as the processor's package."
      )
    }

    precondition {
      condition     = local.in_bucket || local.listed == null || !local.is_package || local.file_hash == try(local.listed.sha256, null)
      error_message = "packages: the zip of function ${var.name}, ${local.package}, has the SHA-256 ${coalesce(local.file_hash, "-")} (base64), and packages.json demands ${try(local.listed.sha256, "-")}. Get the release again, or package it again: make package, or scripts/package for a processor of your own."
    }

    precondition {
      condition     = local.is_path || local.listed != null || !local.packages.pinned
      error_message = "packages: packages.json lists no ${local.named} for ${var.defaults.architecture}, and packages.digest pins what it lists. Give the path of a zip as the processor's package, or use a release that has ${local.named}."
    }

    precondition {
      condition     = !local.in_bucket || local.key != null
      error_message = "packages: there is no ${local.named} for ${var.defaults.architecture} in ${local.packages.place}: ${local.listed == null ? "packages.json does not list it" : "packages.json lists ${try(local.listed.path, "-")}, and no such object exists"}. Copy the whole release there, correct packages.version, or give the path of a zip as the processor's package."
    }

    # S3 compares the checksum with the bytes of an upload: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
    precondition {
      condition = !local.in_bucket || local.key == null || try(local.object.checksum_sha256, "") == try(local.listed.sha256, null)
      error_message = (
        can(regex("^[0-9A-Za-z+/]{43}=$", local.object.checksum_sha256)) ? "packages: ${local.package} has the SHA-256 ${local.object.checksum_sha256} (base64), and packages.json demands ${try(local.listed.sha256, "-")}. Copy the release there again, or correct packages.version." :
        "packages: S3 has no SHA-256 of ${local.package} as a whole, so Terraform cannot compare it with packages.json. Copy it again in one part: aws s3 cp --checksum-algorithm SHA256, with s3.multipart_threshold above its size."
      )
    }
  }
}

# What Lambda itself computed from the object. The function's own attribute still has its old value in the plan of an
# update, so it is read again after the function has changed.
# https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html (CodeSha256)
data "aws_lambda_function" "applied" {
  count = local.in_bucket ? 1 : 0

  function_name = aws_lambda_function.this.function_name

  depends_on = [aws_lambda_function.this]

  lifecycle {
    postcondition {
      condition     = self.code_sha256 == try(local.listed.sha256, null)
      error_message = "packages: the function ${local.full_name} runs code with the SHA-256 ${self.code_sha256} (base64), and packages.json demands ${try(local.listed.sha256, "-")}. Someone changed the function, or the object ${local.package} after the plan. Find out who, then replace the function: terraform apply -replace=ADDRESS, with the address of its aws_lambda_function."
    }
  }
}
