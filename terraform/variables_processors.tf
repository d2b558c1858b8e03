variable "processors" {
  description = <<-EOT
    Processors of this stack by name.

    - kind: "lambda" (the pipe calls the function), "workflow" (the pipe runs an EXPRESS state
      machine around the function) or "queue" (the pipe fills an inbox that the function empties).
    - package: name of its package, if that is not the processor's own: one package can serve
      several processors.
    - memory_mb, timeout_s, reserved_concurrency: of the function.
    - environment: variables for the function, beside those the platform sets.
    - definition: path of a template of the state machine; gets function_arn and partition.
    - batch_size, max_retries, visibility_timeout_s: of the inbox (kind "queue"); the timeout
      is six times timeout_s if not set.
  EOT

  type = map(object({
    kind                 = string
    package              = optional(string)
    memory_mb            = optional(number, 256)
    timeout_s            = optional(number, 30)
    reserved_concurrency = optional(number)
    environment          = optional(map(string), {})
    definition           = optional(string)
    batch_size           = optional(number, 10)
    max_retries          = optional(number, 5)
    visibility_timeout_s = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.processors) : can(regex("^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$", name))])
    error_message = "A processor's name must be 1 to 30 characters of a-z, 0-9 and -, start with a letter and not end with -: its role's name would exceed 64 characters otherwise."
  }

  validation {
    condition     = length(setintersection(keys(var.processors), ["admit", "authorizer", "ingest", "sweep"])) == 0
    error_message = "The names admit, authorizer, ingest and sweep are the platform's own: give the processor another."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : contains(["lambda", "workflow", "queue"], processor.kind)])
    error_message = "A processor's kind must be lambda, workflow or queue."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.memory_mb >= 128 && processor.memory_mb <= 10240])
    error_message = "A processor's memory_mb must be 128 to 10240."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.timeout_s >= 1 && processor.timeout_s <= (processor.kind == "queue" ? 900 : 300)])
    error_message = "A processor's timeout_s must be 1 to 300, as a pipe waits 5 minutes at most; 1 to 900 for kind \"queue\", which no pipe waits for."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.definition == null || processor.kind == "workflow"])
    error_message = "Only a processor of kind \"workflow\" takes a definition."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.definition == null ? true : fileexists(processor.definition)])
    error_message = "A processor's definition must be the path of an existing template: ${join(", ", [for name, processor in var.processors : name if processor.definition == null ? false : !fileexists(processor.definition)])}."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : length(setintersection(keys(processor.environment), ["LOG_LEVEL", "PROCESSED_TABLE", "PROCESSED_TTL_DAYS", "PROCESSOR"])) == 0])
    error_message = "A processor's environment must not set LOG_LEVEL, PROCESSED_TABLE, PROCESSED_TTL_DAYS or PROCESSOR: the platform sets them."
  }

  validation {
    condition = alltrue([
      for processor in values(var.processors) :
      processor.batch_size >= 1 && processor.batch_size <= 10 && processor.max_retries >= 0 && processor.max_retries <= 100
    ])
    error_message = "A processor's batch_size must be 1 to 10 and its max_retries 0 to 100."
  }

  validation {
    condition = alltrue([
      for processor in values(var.processors) : processor.visibility_timeout_s == null ? true : (
        processor.kind == "queue" && processor.visibility_timeout_s >= processor.timeout_s && processor.visibility_timeout_s <= 43200
      )
    ])
    error_message = "visibility_timeout_s is for processors of kind \"queue\"; it must be at least timeout_s, or a message would be taken twice while it is being processed, and at most 43200."
  }
}
