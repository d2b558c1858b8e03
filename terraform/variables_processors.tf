variable "processors" {
  description = <<-EOT
    Processors of this stack by name.

    - kind: "lambda" (the pipe calls the function), "workflow" (the pipe runs an EXPRESS state
      machine around the function) or "queue" (the pipe fills an inbox that the function empties).
    - package: its zip, if that is not {processor}.zip of var.packages: the name of another
      there, or the path of a zip anywhere, which ends with .zip. scripts/package makes a zip of a
      folder. One package can serve several processors.
    - runtime, handler: for a package in Python or JavaScript, for instance python3.13 and
      handler.handler; give both or neither. Provider 5.100 does not know nodejs24.x and python3.14
      yet.
    - memory_mb, timeout_s, reserved_concurrency: of the function.
    - environment: variables for the function, besides those that the platform sets.
    - idempotency: whether it records the events it processed and skips them if they come again.
    - record: how it does so. "claim" (the default) claims an event before your code runs and marks it afterwards: two
      writes, and an event is processed once. "mark" only marks it afterwards: half the cost, and an event that is
      delivered again is processed again, so your code must be idempotent itself.
    - events_at_once: how many events one invocation processes at the same time, at most.
    - event_timeout_s: how many seconds one event may take; null means all that is left of the
      invocation.
    - definition: path of a template of the state machine. The template gets function_arn and
      partition.
    - batch_size, max_retries, visibility_timeout_s: of the inbox (kind "queue"). The default of
      the last is six times timeout_s.
    - max_concurrency: how many invocations may empty the inbox at once (kind "queue"); null means
      no limit.
  EOT

  type = map(object({
    kind                 = string
    package              = optional(string)
    runtime              = optional(string)
    handler              = optional(string)
    memory_mb            = optional(number, 256)
    timeout_s            = optional(number, 30)
    reserved_concurrency = optional(number)
    environment          = optional(map(string), {})
    idempotency          = optional(bool, true)
    record               = optional(string, "claim")
    events_at_once       = optional(number, 8)
    event_timeout_s      = optional(number)
    definition           = optional(string)
    batch_size           = optional(number, 10)
    max_retries          = optional(number, 5)
    visibility_timeout_s = optional(number)
    max_concurrency      = optional(number)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.processors) : can(regex("^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$", name))])
    error_message = "A processor's name must be 1 to 30 characters of a-z, 0-9 and -, start with a letter and not end with -: the name of its role may have at most 64 characters."
  }

  validation {
    condition     = length(setintersection(keys(var.processors), ["admit", "authorizer", "ingest", "redact", "rehydrate", "sweep", "watch"])) == 0
    error_message = "The names admit, authorizer, ingest, redact, rehydrate, sweep and watch belong to the platform: choose another name for the processor."
  }

  validation {
    condition     = alltrue([for name in keys(var.processors) : !startswith(name, "deliver-")])
    error_message = "A processor's name must not start with deliver-: the functions that deliver to destinations have such names."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : contains(["lambda", "workflow", "queue"], processor.kind)])
    error_message = "A processor's kind must be lambda, workflow or queue."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : contains(["claim", "mark"], processor.record)])
    error_message = "A processor's record must be \"claim\" or \"mark\". To keep no record at all, set idempotency = false."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.idempotency || processor.record == "claim"])
    error_message = "A processor with record = \"mark\" keeps a record, and one with idempotency = false keeps none: leave one of them out."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.memory_mb >= 128 && processor.memory_mb <= 10240])
    error_message = "A processor's memory_mb must be 128 to 10240."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.timeout_s >= 1 && processor.timeout_s <= (processor.kind == "queue" ? 900 : 300)])
    error_message = "A processor's timeout_s must be 1 to 300, because a pipe waits for at most 5 minutes; 1 to 900 for kind \"queue\", for which no pipe waits."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.definition == null || processor.kind == "workflow"])
    error_message = "Only a processor of kind \"workflow\" can have a definition."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.definition == null ? true : fileexists(processor.definition)])
    error_message = "A processor's definition must be the path of an existing template: ${join(", ", [for name, processor in var.processors : name if processor.definition == null ? false : !fileexists(processor.definition)])}."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.runtime == null ? true : contains(["nodejs22.x", "nodejs24.x", "python3.12", "python3.13", "python3.14"], processor.runtime)])
    error_message = "A processor's runtime must be nodejs22.x, nodejs24.x, python3.12, python3.13 or python3.14; leave it out for a package with an executable `bootstrap`."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : (processor.runtime == null) == (processor.handler == null)])
    error_message = "A processor's runtime and handler belong together: give both, for instance python3.13 and handler.handler, or neither."
  }

  validation {
    condition = alltrue([
      for processor in values(var.processors) : length(setintersection(keys(processor.environment), [
        "EVENTS_AT_ONCE", "EVENT_TIMEOUT_S", "IDEMPOTENCY", "KEEP_ORDER", "LOG_LEVEL", "PROCESSED_TABLE", "PROCESSED_TTL_DAYS", "PROCESSOR", "RECORD", "STACK",
      ])) == 0
    ])
    error_message = "A processor's environment must not set EVENTS_AT_ONCE, EVENT_TIMEOUT_S, IDEMPOTENCY, KEEP_ORDER, LOG_LEVEL, PROCESSED_TABLE, PROCESSED_TTL_DAYS, PROCESSOR, RECORD or STACK: the platform sets them."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.events_at_once >= 1 && processor.events_at_once <= 100 && floor(processor.events_at_once) == processor.events_at_once])
    error_message = "A processor's events_at_once must be a whole number from 1 to 100."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.event_timeout_s == null ? true : processor.event_timeout_s >= 1 && processor.event_timeout_s < processor.timeout_s && floor(processor.event_timeout_s) == processor.event_timeout_s])
    error_message = "A processor's event_timeout_s must be a whole number of seconds, at least 1 and below its timeout_s: otherwise Lambda ends the whole invocation first, with the other events in it."
  }

  validation {
    condition     = alltrue([for processor in values(var.processors) : processor.max_concurrency == null ? true : processor.kind == "queue" && processor.max_concurrency >= 2 && processor.max_concurrency <= 1000 && floor(processor.max_concurrency) == processor.max_concurrency])
    error_message = "max_concurrency is for processors of kind \"queue\" and must be a whole number from 2 to 1000, as Lambda requires for a queue."
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
    error_message = "visibility_timeout_s is for processors of kind \"queue\"; it must be at least timeout_s, or a message could be received again while it is being processed, and at most 43200."
  }
}
