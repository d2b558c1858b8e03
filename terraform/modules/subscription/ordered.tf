# Ordered: stream -> pipe. The pipe can name what it gives up only by its place in the stream; `rehydrate` reads
# such a dead letter and puts the event itself into the DLQ. A dead letter that it cannot read ends there
# unchanged.

module "letters" {
  source = "../queue"
  count  = local.buffered ? 0 : 1

  arn                  = local.dead_letters_arn
  defaults             = var.queue_defaults
  visibility_timeout_s = var.dead_letters.visibility_timeout_s

  dead_letter = {
    arn          = module.dlq.arn
    max_receives = var.dead_letters.max_receives
  }
}
