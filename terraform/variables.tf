variable "stack" {
  description = "Name of this installation; every resource's name starts with it."
  type        = string
  default     = "coatcheck"
  nullable    = false

  validation {
    # 20 characters leave room for the longest derived name: the bucket
    # ({stack}-payloads-{account}-{region}, at most 63) and a role
    # ({stack}-function-{processor}, at most 64).
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.stack)) && !strcontains(var.stack, "--")
    error_message = "stack must be 2 to 20 characters of a-z, 0-9 and single hyphens, start with a letter and not end with a hyphen: a longer name would make the bucket's name exceed 63 characters."
  }
}

variable "architecture" {
  description = "Processor architecture of the function packages."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be \"arm64\" or \"x86_64\", whichever you built the packages for."
  }
}

variable "payload_retention_days" {
  description = "Days after which a payload expires from the bucket."
  type        = number
  default     = 30
  nullable    = false

  validation {
    # A message keeps its age when it moves to a DLQ, but starts again at zero
    # when it is redriven: the margin is the time to notice, fix and redrive.
    condition     = var.payload_retention_days > var.queue_retention_days + 7
    error_message = "payload_retention_days must be more than queue_retention_days + 7, or the payload of a message redriven from a DLQ could have expired. Raise payload_retention_days or lower queue_retention_days."
  }
}

variable "pointer_ttl_days" {
  description = "Days after which a pointer expires from the events table. Until then a repeated delivery is recognised as a duplicate."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.pointer_ttl_days >= var.payload_retention_days
    error_message = "pointer_ttl_days must be at least payload_retention_days, or payloads would outlive the pointers that name them. Raise pointer_ttl_days or lower payload_retention_days."
  }
}

variable "processed_ttl_days" {
  description = "Days after which a processor's record of a processed event expires."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.processed_ttl_days >= var.payload_retention_days
    error_message = "processed_ttl_days must be at least payload_retention_days, or an event redriven late would look unprocessed. Raise processed_ttl_days."
  }
}

variable "queue_retention_days" {
  description = "Days a message waits in a queue or a DLQ."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.queue_retention_days >= 1 && var.queue_retention_days <= 14 && floor(var.queue_retention_days) == var.queue_retention_days
    error_message = "queue_retention_days must be a whole number from 1 to 14: SQS keeps messages for at most 14 days."
  }
}

variable "throttle" {
  description = "Requests per second, and burst, that the API accepts for each method; it answers the rest with 429. `direct` limits the direct lane, where each delivery may store 10 MB before its signature is checked; null means a fifth of the other values."
  type = object({
    rate  = optional(number, 500)
    burst = optional(number, 1000)
    direct = optional(object({
      rate  = optional(number)
      burst = optional(number)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.throttle.rate > 0 && var.throttle.burst >= 1
    error_message = "throttle.rate must be above 0 and throttle.burst at least 1, or the API would refuse every request."
  }

  validation {
    condition     = coalesce(var.throttle.direct.rate, 1) > 0 && coalesce(var.throttle.direct.burst, 1) >= 1
    error_message = "throttle.direct.rate must be above 0 and throttle.direct.burst at least 1, or the direct lane would refuse every delivery."
  }

  validation {
    condition     = alltrue([for burst in [var.throttle.burst, coalesce(var.throttle.direct.burst, 1)] : floor(burst) == burst])
    error_message = "throttle.burst and throttle.direct.burst must be whole numbers."
  }

  validation {
    condition     = coalesce(var.throttle.direct.rate, 0) <= var.throttle.rate && coalesce(var.throttle.direct.burst, 0) <= var.throttle.burst
    error_message = "throttle.direct must not be above throttle: a flood costs most in the direct lane."
  }
}

variable "functions" {
  description = "Size of the platform's own functions. Lambda gives processor time in proportion to `memory_mb`: raise `ingest` if most bodies are megabytes (docs/performance.md, memory settings). `reserved_concurrency` limits what a flood can cost; null uses the account's shared pool. `admit.max_concurrency` limits how many deliveries of the direct lane are verified at once."
  type = object({
    admit = optional(object({
      memory_mb       = optional(number, 256)
      max_concurrency = optional(number, 10)
    }), {})
    authorizer = optional(object({
      memory_mb            = optional(number, 256)
      reserved_concurrency = optional(number)
    }), {})
    ingest = optional(object({
      memory_mb            = optional(number, 256)
      reserved_concurrency = optional(number)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for function in [var.functions.admit, var.functions.authorizer, var.functions.ingest] :
      function.memory_mb >= 128 && function.memory_mb <= 10240
    ])
    error_message = "functions.*.memory_mb must be 128 to 10240."
  }

  # https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html
  validation {
    condition     = var.functions.admit.max_concurrency >= 2 && var.functions.admit.max_concurrency <= 1000 && floor(var.functions.admit.max_concurrency) == var.functions.admit.max_concurrency
    error_message = "functions.admit.max_concurrency must be a whole number from 2 to 1000: Lambda accepts no other value for a queue."
  }
}

variable "sweep" {
  description = "How often the sweep looks for payloads without a pointer, and how many hours it looks back."
  type = object({
    every_minutes   = optional(number, 15)
    look_back_hours = optional(number, 3)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.sweep.every_minutes >= 1 && var.sweep.every_minutes <= 30 && floor(var.sweep.every_minutes) == var.sweep.every_minutes
    error_message = "sweep.every_minutes must be a whole number from 1 to 30: the alarm unswept fires after an hour without a sweep, and one sweep may fail."
  }

  validation {
    condition     = var.sweep.look_back_hours * 60 >= 2 * var.sweep.every_minutes + 60
    error_message = "sweep.look_back_hours must cover two sweeps and one hour more: at least ${ceil((2 * var.sweep.every_minutes + 60) / 60)} with a sweep every ${var.sweep.every_minutes} minutes. A sweep leaves the youngest payloads to the next one, which may fail, and a payload's key says only the hour of its arrival. Raise look_back_hours or lower every_minutes."
  }

  validation {
    condition     = var.sweep.look_back_hours <= 24 && floor(var.sweep.look_back_hours) == var.sweep.look_back_hours
    error_message = "sweep.look_back_hours must be a whole number of at most 24: every sweep reads all of these hours again and has 15 minutes. For older payloads run `coatcheck sweep`."
  }
}

variable "log_level" {
  description = "The least severe level that the functions log."
  type        = string
  default     = "info"
  nullable    = false

  validation {
    condition     = contains(["error", "warn", "info", "debug"], var.log_level)
    error_message = "log_level must be error, warn, info or debug. There is no trace: libraries would write whole events into the log."
  }
}

variable "log_retention_days" {
  description = "Days that log groups keep their events."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 and on to 3653."
  }
}

variable "xray_tracing" {
  description = "Whether to trace the functions with X-Ray. docs/decisions/0014 says why the default is off."
  type        = bool
  default     = false
  nullable    = false
}

variable "alarms_enabled" {
  description = "Whether to create alarms. Only the local cloud turns them off."
  type        = bool
  default     = true
  nullable    = false
}

variable "alarm_topic_arns" {
  description = "SNS topics in this region, at most five, that alarms notify when they fire and when they recover, and that get alerts: what happened, where, since when, and what to do."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[^*]+$", arn))])
    error_message = "alarm_topic_arns must hold ARNs of SNS topics, for instance arn:aws:sns:eu-west-1:123456789012:oncall."
  }

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  validation {
    condition     = length(var.alarm_topic_arns) <= 5 && length(join(",", var.alarm_topic_arns)) <= 600
    error_message = "alarm_topic_arns can hold at most 5 topics, because CloudWatch allows no more actions for an alarm, and at most 600 characters, because watch gets them in its environment, where Lambda allows 4 KB."
  }
}

variable "runbook_url" {
  description = "Address of the page about alarms. Each alarm's description ends with a link to its section. The default is the path in this repository: set the address at which your team reads it."
  type        = string
  default     = "docs/operations.md"
  nullable    = false

  validation {
    condition     = length(var.runbook_url) > 0 && length(var.runbook_url) <= 500 && !strcontains(var.runbook_url, "#")
    error_message = "runbook_url must be the address of the page, 1 to 500 characters, without a fragment: each alarm adds its own, for instance #route-lag."
  }
}

variable "route_lag_alarm_s" {
  description = "Seconds that a pointer may wait for the router before the alarm route-lag."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.route_lag_alarm_s >= 10 && var.route_lag_alarm_s <= 3600
    error_message = "route_lag_alarm_s must be 10 to 3600: a healthy router needs a second or two, and you should know of a standstill within an hour."
  }
}

variable "rejected_alarm_per_5_min" {
  description = "The alarm rejected-signatures fires when more deliveries than this are refused within 5 minutes."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.rejected_alarm_per_5_min >= 1
    error_message = "rejected_alarm_per_5_min must be at least 1: anyone on the internet can send a delivery that is refused."
  }
}

variable "stream_rights_on_any" {
  description = "Let rehydrate read any stream, not only the stack's. For the local cloud only, which checks these calls against no narrower resource."
  type        = bool
  default     = false
  nullable    = false
}

variable "batch_rights_by_call" {
  description = "Let fan call SendMessageBatch by that name. For the local cloud only: AWS checks sqs:SendMessage for it."
  type        = bool
  default     = false
  nullable    = false
}

variable "require_tls" {
  description = "Refuse requests to the bucket, the queues and the topic that do not use TLS. Only the local cloud turns it off, because it speaks plain HTTP on the loopback."
  type        = bool
  default     = true
  nullable    = false
}

variable "deletion_protection" {
  description = "Refuse to delete the tables."
  type        = bool
  default     = true
  nullable    = false
}

variable "force_destroy" {
  description = "Let `terraform destroy` delete stored payloads and secrets at once. For the local cloud and trial stacks."
  type        = bool
  default     = false
  nullable    = false
}
