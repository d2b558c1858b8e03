resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn                   = var.queues.arn
  function_name                      = module.function.arn
  enabled                            = var.subscription.enabled
  batch_size                         = var.pace.batch_size
  maximum_batching_window_in_seconds = 0
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = var.function_defaults.tags

  scaling_config {
    maximum_concurrency = var.pace.concurrency
  }

  # As a pipe would have. Lambda deletes from the queue what no pattern matches, too.
  # https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
  filter_criteria {
    dynamic "filter" {
      for_each = var.filters

      content {
        pattern = filter.value
      }
    }
  }

  lifecycle {
    precondition {
      condition     = var.pace.visibility_timeout_s >= var.pace.timeout_s && var.pace.visibility_timeout_s <= 43200
      error_message = "visibility_timeout_s of the subscription ${var.name} must be at least ${var.pace.timeout_s}, the timeout of its function, and at most 43200: Lambda refuses a mapping of another queue."
    }
  }
}

# The function stops its mapping when its destination is gone (410), and cannot know it otherwise: the mapping needs the
# function first.
resource "aws_dynamodb_table_item" "mapping" {
  table_name = var.deliveries_table.name
  hash_key   = "pk"

  item = jsonencode({
    pk   = { S = "mapping#${var.name}" }
    uuid = { S = aws_lambda_event_source_mapping.this.uuid }
  })
}
