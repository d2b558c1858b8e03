locals {
  log_group = "/aws/vendedlogs/pipes/${local.full_name}"

  # A processor puts an event of this subscription that it rejects into this DLQ, whatever other subscriptions it
  # serves.
  template = replace(
    var.template,
    "\"deliveryid\":",
    "\"subscription\":\"${var.name}\",\"deliveryid\":",
  )

}

data "aws_iam_policy_document" "source" {
  statement {
    sid       = "ReceiveFromQueue"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [local.queue_arn]
  }
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "WriteOwnLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.arn_prefixes.logs}:log-group:${local.log_group}:*"]
  }
}

module "role" {
  source = "../role"
  count  = local.piped ? 1 : 0

  defaults       = var.roles
  name           = "${var.stack}-pipe-${var.name}"
  description    = "Role of the pipe ${local.full_name}"
  service        = "pipes.amazonaws.com"
  source_account = var.account
  source_arn     = local.pipe_arn
  key            = var.key

  policies = merge(module.target[0].policies, {
    logs   = data.aws_iam_policy_document.logs.json
    source = data.aws_iam_policy_document.source.json
  })

  key_use = merge(
    { source = { DecryptSource = { use = "decrypt", through = ["sqs"] } } },
    module.target[0].key_use,
  )
}

resource "aws_cloudwatch_log_group" "pipe" {
  count = local.piped ? 1 : 0

  name              = local.log_group
  kms_key_id        = var.key.arn
  retention_in_days = var.log_retention_days
  tags              = var.roles.tags
}

resource "aws_pipes_pipe" "this" {
  count = local.piped ? 1 : 0

  name          = local.full_name
  description   = "Subscription ${var.name}"
  role_arn      = module.role[0].arn
  source        = module.queue.arn
  enrichment    = var.made_enrichment_arn
  target        = var.made_target_arn
  desired_state = var.subscription.enabled ? "RUNNING" : "STOPPED"
  tags          = var.roles.tags

  source_parameters {
    filter_criteria {
      dynamic "filter" {
        for_each = local.queue_filters

        content {
          pattern = filter.value
        }
      }
    }

    sqs_queue_parameters {
      batch_size                         = local.batch_size
      maximum_batching_window_in_seconds = var.subscription.batching_window_s
    }
  }

  dynamic "enrichment_parameters" {
    for_each = var.enrichment == null ? [] : [local.template]

    content {
      input_template = enrichment_parameters.value
    }
  }

  # Without a parameter there must be no block: AWS returns none, and the next plan would add it again.
  dynamic "target_parameters" {
    for_each = var.enrichment == null || anytrue([for parameter in values(local.parameters) : parameter != null && parameter != false]) ? [1] : []

    content {
      # An enrichment gets the event, and the target what it answers.
      input_template = var.enrichment == null ? local.template : null

      dynamic "lambda_function_parameters" {
        for_each = local.parameters.lambda ? [1] : []

        content {
          invocation_type = "REQUEST_RESPONSE"
        }
      }

      dynamic "step_function_state_machine_parameters" {
        for_each = local.parameters.machine[*]

        content {
          # AWS stops a pipe that waits for a STANDARD workflow.
          invocation_type = step_function_state_machine_parameters.value == "express" ? "REQUEST_RESPONSE" : "FIRE_AND_FORGET"
        }
      }

      dynamic "sqs_queue_parameters" {
        for_each = local.parameters.sqs[*]

        content {
          message_group_id         = sqs_queue_parameters.value.message_group_id
          message_deduplication_id = sqs_queue_parameters.value.message_deduplication_id
        }
      }

      dynamic "eventbridge_event_bus_parameters" {
        for_each = local.parameters.bus[*]

        content {
          detail_type = eventbridge_event_bus_parameters.value.detail_type
          source      = eventbridge_event_bus_parameters.value.source
          resources   = eventbridge_event_bus_parameters.value.resources
          time        = eventbridge_event_bus_parameters.value.time
        }
      }

      dynamic "kinesis_stream_parameters" {
        for_each = local.parameters.kinesis[*]

        content {
          partition_key = kinesis_stream_parameters.value.partition_key
        }
      }

      dynamic "ecs_task_parameters" {
        for_each = local.parameters.ecs[*]

        content {
          task_definition_arn = ecs_task_parameters.value.task_definition
          task_count          = 1
          launch_type         = ecs_task_parameters.value.launch_type
          platform_version    = ecs_task_parameters.value.platform_version

          dynamic "capacity_provider_strategy" {
            for_each = ecs_task_parameters.value.capacity_provider[*]

            content {
              capacity_provider = capacity_provider_strategy.value
              base              = 0
              weight            = 1
            }
          }

          network_configuration {
            aws_vpc_configuration {
              subnets          = ecs_task_parameters.value.subnets
              security_groups  = ecs_task_parameters.value.security_groups
              assign_public_ip = ecs_task_parameters.value.assign_public_ip
            }
          }

          overrides {
            container_override {
              name    = ecs_task_parameters.value.container
              command = ecs_task_parameters.value.command

              # The provider sends 0 for each that is not set, and ECS takes that as a limit.
              # https://github.com/hashicorp/terraform-provider-aws/issues/42564
              cpu                = ecs_task_parameters.value.cpu
              memory             = ecs_task_parameters.value.memory
              memory_reservation = ecs_task_parameters.value.memory_reservation

              dynamic "environment" {
                for_each = ecs_task_parameters.value.environment

                content {
                  name  = environment.value.name
                  value = environment.value.value
                }
              }
            }
          }
        }
      }

      dynamic "batch_job_parameters" {
        for_each = local.parameters.batch[*]

        content {
          job_definition = batch_job_parameters.value.job_definition
          job_name       = batch_job_parameters.value.job_name

          dynamic "retry_strategy" {
            for_each = batch_job_parameters.value.attempts[*]

            content {
              attempts = retry_strategy.value
            }
          }

          container_overrides {
            dynamic "environment" {
              for_each = batch_job_parameters.value.environment

              content {
                name  = environment.value.name
                value = environment.value.value
              }
            }
          }
        }
      }
    }
  }

  # Never the execution data: events would be in the log.
  log_configuration {
    level = "ERROR"

    cloudwatch_logs_log_destination {
      log_group_arn = aws_cloudwatch_log_group.pipe[0].arn
    }
  }
}
