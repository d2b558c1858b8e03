variable "name" {
  description = "Name of the subscription."
  type        = string
}

variable "stack" {
  description = "Name of the stack."
  type        = string
}

variable "arn_prefixes" {
  description = "The start of the ARNs of services, by service."
  type        = map(string)
}

variable "bucket_arn" {
  description = "Bucket of the payloads."
  type        = string
}

variable "target" {
  description = <<-EOT
    What the pipe calls. `kind` is lambda, express, standard, queue, bus, kinesis, firehose, ecs or batch; `arn` is what
    the pipe calls: for ecs the cluster, for batch the job queue. `kms_key_arn` is the key of an encrypted queue or
    stream. The rest is as in the root module's variable `subscriptions`.
  EOT

  type = object({
    kind         = string
    arn          = string
    encrypted    = optional(bool, false)
    kms_key_arn  = optional(string)
    event_source = optional(string)

    ecs = optional(object({
      cluster           = string
      task_definition   = string
      container         = string
      cpu               = number
      memory_mb         = number
      subnets           = list(string)
      security_groups   = list(string)
      launch_type       = string
      capacity_provider = optional(string)
      platform_version  = optional(string)
      assign_public_ip  = bool
      task_roles        = list(string)
      event_in          = string
      command           = list(string)
    }))

    batch = optional(object({
      job_queue      = string
      job_definition = string
      attempts       = optional(number)
    }))
  })

  validation {
    condition     = contains(["lambda", "express", "standard", "queue", "bus", "kinesis", "firehose", "ecs", "batch"], var.target.kind)
    error_message = "target.kind must be lambda, express, standard, queue, bus, kinesis, firehose, ecs or batch."
  }

  validation {
    condition     = var.target.kind != "bus" || can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[^*]+$", var.target.arn))
    error_message = "event_bus_arn of the subscription ${var.name} must be the ARN of an event bus."
  }

  validation {
    condition = var.target.event_source == null ? true : (
      length(var.target.event_source) <= 256
      && can(regex("^[A-Za-z0-9._/-]+$", var.target.event_source)) && !startswith(var.target.event_source, "aws.")
    )
    error_message = "event_source of the subscription ${var.name} must be 1 to 256 characters of A-Z, a-z, 0-9 and ._/- and must not start with aws., which is AWS's own."
  }

  validation {
    condition     = var.target.kind != "kinesis" || can(regex("^arn:[a-z-]+:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[^*]+$", var.target.arn))
    error_message = "stream_arn of the subscription ${var.name} must be the ARN of a Kinesis data stream."
  }

  validation {
    condition = !contains(["kinesis", "queue"], var.target.kind) || var.target.kms_key_arn == null ? true : (
      can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[^*]+$", var.target.kms_key_arn))
    )
    error_message = "stream_kms_key_arn and queue_kms_key_arn of the subscription ${var.name} must be the ARN of a key."
  }

  validation {
    condition     = var.target.kind != "firehose" || can(regex("^arn:[a-z-]+:firehose:[a-z0-9-]+:[0-9]{12}:deliverystream/[^*]+$", var.target.arn))
    error_message = "delivery_stream_arn of the subscription ${var.name} must be the ARN of a Firehose delivery stream."
  }

  validation {
    condition = var.target.ecs == null ? true : (
      can(regex("^arn:[a-z-]+:ecs:[a-z0-9-]+:[0-9]{12}:cluster/[^*]+$", var.target.ecs.cluster))
      && can(regex("^arn:[a-z-]+:ecs:[a-z0-9-]+:[0-9]{12}:task-definition/[^*:]+:[0-9]+$", var.target.ecs.task_definition))
      && alltrue([for role in var.target.ecs.task_roles : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/[^*]+$", role))])
    )
    error_message = "ecs of the subscription ${var.name}: cluster must be the ARN of a cluster, task_definition that of a task definition with its revision, and task_roles those of roles."
  }

  # https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_AwsVpcConfiguration.html
  validation {
    condition = var.target.ecs == null ? true : (
      length(var.target.ecs.subnets) >= 1 && length(var.target.ecs.subnets) <= 16 && length(var.target.ecs.security_groups) <= 5
      && alltrue([for subnet in var.target.ecs.subnets : can(regex("^subnet-[0-9a-z]+$", subnet))])
      && alltrue([for group in var.target.ecs.security_groups : can(regex("^sg-[0-9a-zA-Z]+$", group))])
    )
    error_message = "ecs of the subscription ${var.name} needs 1 to 16 subnets (subnet-...) and takes at most 5 security_groups (sg-...)."
  }

  # The pipe names subnets, which needs the network mode awsvpc. EXTERNAL has no such mode.
  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
  validation {
    condition = var.target.ecs == null ? true : (
      contains(["FARGATE", "EC2"], var.target.ecs.launch_type) && contains(["environment", "command"], var.target.ecs.event_in)
      && (
        (var.target.ecs.launch_type == "FARGATE" && startswith(coalesce(var.target.ecs.capacity_provider, "FARGATE"), "FARGATE"))
        || (!var.target.ecs.assign_public_ip && var.target.ecs.platform_version == null)
      )
      && (var.target.ecs.event_in == "command" || length(var.target.ecs.command) == 0)
    )
    error_message = "ecs of the subscription ${var.name}: launch_type must be FARGATE or EC2, with the network mode awsvpc; assign_public_ip and platform_version are for FARGATE, and not for a capacity_provider of your own; event_in must be environment or command, and command is for event_in = \"command\"."
  }

  # Of the 8,192 characters that ECS takes, an event needs about 1,000, and more with a long subject.
  validation {
    condition     = var.target.ecs == null ? true : can(regex("^[A-Za-z0-9_-]{1,255}$", var.target.ecs.container)) && length(jsonencode(var.target.ecs.command)) <= 4096
    error_message = "ecs of the subscription ${var.name}: container must be the name of a container in the task definition, and command must have at most 4096 characters, because ECS takes 8,192 with the event."
  }

  # Docker refuses a container with less than 6 MiB.
  # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
  validation {
    condition = var.target.ecs == null ? true : (
      var.target.ecs.cpu >= 2 && floor(var.target.ecs.cpu) == var.target.ecs.cpu
      && var.target.ecs.memory_mb >= 7 && floor(var.target.ecs.memory_mb) == var.target.ecs.memory_mb
    )
    error_message = "ecs of the subscription ${var.name}: cpu (in units: 1024 are one vCPU) and memory_mb of the container must be whole numbers, at least 2 and 7."
  }

  # Pipes would evaluate it as a path into the event.
  validation {
    condition     = var.target.ecs == null ? true : alltrue([for argument in var.target.ecs.command : !startswith(argument, "$")])
    error_message = "No argument in ecs.command of the subscription ${var.name} may start with $: Pipes would take it for a path into the event."
  }

  validation {
    condition = var.target.batch == null ? true : (
      can(regex("^arn:[a-z-]+:batch:[a-z0-9-]+:[0-9]{12}:job-queue/[^*]+$", var.target.batch.job_queue))
      && can(regex("^arn:[a-z-]+:batch:[a-z0-9-]+:[0-9]{12}:job-definition/[^*:]+:[0-9]+$", var.target.batch.job_definition))
      && (var.target.batch.attempts == null ? true : contains(range(1, 11), var.target.batch.attempts))
    )
    error_message = "batch of the subscription ${var.name}: job_queue must be the ARN of a job queue, job_definition that of a job definition with its revision, and attempts a whole number from 1 to 10."
  }
}

variable "fair_by" {
  description = "What is one tenant of a standard queue: endpoint, ordering_key, or null for no tenants. The root module validates it."
  type        = string
  default     = null
}

variable "enrichment" {
  description = "What the pipe calls before the target: `kind` is lambda or express, null if there is no such processor; `arn` is what it calls."
  type = object({
    kind = optional(string)
    arn  = optional(string)
  })
  default = null

  validation {
    condition     = var.enrichment == null ? true : contains(["lambda", "express"], coalesce(var.enrichment.kind, "-"))
    error_message = "enrich of the subscription ${var.name} must be exactly one of processor (of the kind lambda or workflow, in this stack) and lambda_arn."
  }

  validation {
    condition     = var.enrichment == null ? true : can(regex("^arn:[a-z-]+:(lambda:[a-z0-9-]+:[0-9]{12}:function|states:[a-z0-9-]+:[0-9]{12}:stateMachine):[^*]+$", coalesce(var.enrichment.arn, "-")))
    error_message = "enrich.lambda_arn of the subscription ${var.name} must be the ARN of a function."
  }

  # The event of a task or a job is a parameter of the pipe, and a parameter cannot name the whole of an enrichment's
  # answer.
  validation {
    condition     = var.enrichment == null ? true : !contains(["ecs", "batch"], var.target.kind)
    error_message = "The subscription ${var.name} cannot enrich events for ecs or batch: let the task do it."
  }
}
