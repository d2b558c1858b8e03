module "target" {
  source = "../target"
  count  = local.piped ? 1 : 0

  name         = var.name
  stack        = var.stack
  arn_prefixes = var.arn_prefixes
  bucket_arn   = var.bucket_arn
  target       = var.target
  fair_by      = var.subscription.fair_by
  enrichment   = var.enrichment
}

locals {
  parameters = one(module.target[*].parameters)

  # Pipes starts a task or a job for each batch, with one event in it. And SQS counts a receive for each message of a
  # batch: behind one that fails, the others of its key would use up their tries too.
  batch_size = anytrue(module.target[*].one_by_one) || !local.buffered ? 1 : coalesce(var.subscription.batch_size, 10)
}
