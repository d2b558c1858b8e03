# Ordered: stream -> pipe. What the pipe gives up it can only name by its place in the stream; `rehydrate` takes
# such a letter and puts the event itself into the DLQ. A letter that it cannot take ends there as it is.

module "letters" {
  source = "../queue"
  count  = local.buffered ? 0 : 1

  arn                  = local.letters_arn
  defaults             = var.queue_defaults
  visibility_timeout_s = var.letters.visibility_timeout_s

  dead_letter = {
    arn          = module.dlq.arn
    max_receives = var.letters.max_receives
  }
}
