# How fast events get from the table to the topic. docs/scale.md says which limit binds at which rate.

variable "router" {
  description = "How the router pipe reads the stream of the events table. `parallelization`: how many batches of ten it routes at once from each shard. `batching_window_s`: how many seconds it waits for a batch to fill, which delays every event by as much; 0 routes at once. docs/decisions/0063 says why fan has no such setting."
  type = object({
    parallelization   = optional(number, 10)
    batching_window_s = optional(number, 0)
  })
  default  = {}
  nullable = false

  # https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeSourceDynamoDBStreamParameters.html
  validation {
    condition     = var.router.parallelization >= 1 && var.router.parallelization <= 10 && floor(var.router.parallelization) == var.router.parallelization
    error_message = "router.parallelization must be a whole number from 1 to 10: EventBridge Pipes takes no more batches at once from a shard. If 10 are not enough, raise the table's warm throughput, or put some endpoints into a second stack: docs/scale.md."
  }

  # Pipes would take 300. But watch waits as long for its heartbeat, and runs every minute.
  validation {
    condition     = var.router.batching_window_s >= 0 && var.router.batching_window_s <= 10 && floor(var.router.batching_window_s) == var.router.batching_window_s
    error_message = "router.batching_window_s must be a whole number from 0 to 10: every event may wait as long, and so does the check that the router runs."
  }

  validation {
    condition     = var.router.batching_window_s == 0 || var.router.batching_window_s + 10 <= var.route_lag_alarm_s
    error_message = "route_lag_alarm_s must be at least router.batching_window_s + 10, or the alarm route-lag fires while the router only waits for a batch to fill. Raise route_lag_alarm_s or lower router.batching_window_s."
  }
}
