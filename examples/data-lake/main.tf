# Firehose to S3 as newline-delimited CloudEvents, and a table of Athena over them: docs/targets.md. Give the output
# `delivery_stream_arn` to a subscription.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

variable "bucket" {
  description = "Name of your data lake's bucket, which exists."
  type        = string
}

variable "database" {
  description = "Name of your Glue database, which exists."
  type        = string
}

locals {
  # The attributes of an event, as docs/processors.md describes them. All are strings.
  columns = [
    "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataref", "datasha256", "datasize",
    "ref", "receivedat", "traceparent", "replayid", "replayforce", "partitionkey", "subscription", "deliveryid",
  ]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "write" {
  statement {
    actions   = ["s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:PutObject"]
    resources = ["arn:aws:s3:::${var.bucket}", "arn:aws:s3:::${var.bucket}/events/*", "arn:aws:s3:::${var.bucket}/errors/*"]
  }
}

resource "aws_iam_role" "firehose" {
  name               = "coatcheck-data-lake"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "write" {
  name   = "write"
  role   = aws_iam_role.firehose.id
  policy = data.aws_iam_policy_document.write.json
}

resource "aws_kinesis_firehose_delivery_stream" "events" {
  name        = "coatcheck-data-lake"
  destination = "extended_s3"

  extended_s3_configuration {
    role_arn            = aws_iam_role.firehose.arn
    bucket_arn          = "arn:aws:s3:::${var.bucket}"
    prefix              = "events/day=!{timestamp:yyyy-MM-dd}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/"
    buffering_size      = 64
    buffering_interval  = 300
    compression_format  = "GZIP"

    # Without it, records follow each other without a line break.
    # https://docs.aws.amazon.com/firehose/latest/APIReference/API_Processor.html
    processing_configuration {
      enabled = true

      processors {
        type = "AppendDelimiterToRecord"
      }
    }
  }
}

# Athena computes the days, so that no crawler has to find them.
# https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
resource "aws_glue_catalog_table" "events" {
  name          = "coatcheck_events"
  database_name = var.database
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    "projection.enabled"        = "true"
    "projection.day.type"       = "date"
    "projection.day.format"     = "yyyy-MM-dd"
    "projection.day.range"      = "2026-01-01,NOW"
    "storage.location.template" = "s3://${var.bucket}/events/day=$${day}/"
  }

  partition_keys {
    name = "day"
    type = "string"
  }

  storage_descriptor {
    location      = "s3://${var.bucket}/events/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
    }

    dynamic "columns" {
      for_each = local.columns

      content {
        name = columns.value
        type = "string"
      }
    }
  }
}

output "delivery_stream_arn" {
  description = "For `target = { delivery_stream_arn = ... }`."
  value       = aws_kinesis_firehose_delivery_stream.events.arn
}
