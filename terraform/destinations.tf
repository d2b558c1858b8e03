locals {
  # The subscriptions that the function `deliver` reads, and no pipe: those whose pace is bounded, and those to HTTP.
  delivered = {
    for name, subscription in var.subscriptions : name => subscription
    if subscription.target.http != null || subscription.rate_per_s != null
  }

  # How long a call of the target may take, in seconds. A call of a function or of an express workflow lasts at most as
  # long as a pipe's.
  call_s = {
    for name, subscription in local.delivered : name => (
      subscription.target.http != null ? subscription.target.http.timeout_s
      : contains(["queue", "standard"], local.targets[name].kind) ? 10
      : local.targets[name].kind == "lambda" ? min(300, try(var.processors[subscription.target.processor].timeout_s, 300))
      : 300
    )
  }

  # As many instances as keep the rate busy if an answer takes two seconds.
  concurrencies = {
    for name, subscription in local.delivered : name => coalesce(
      subscription.concurrency,
      subscription.rate_per_s == null ? 10 : min(max(ceil(coalesce(subscription.rate_per_s, 1) / 5), 2), 1000),
    )
  }

  # What all instances together hold takes at most ten seconds of the rate. In order, the events of a batch may have to
  # wait for each other, and Lambda ends an invocation after 900 seconds.
  batch_sizes = {
    for name, subscription in local.delivered : name => max(1, min(
      10,
      coalesce(subscription.batch_size, 10),
      subscription.rate_per_s == null ? 10 : floor(coalesce(subscription.rate_per_s, 1) * 10 / local.concurrencies[name]),
      subscription.ordered ? floor(810 / local.call_s[name]) : 10,
    ))
  }

  # Half a minute for the secret, a token, the tables and the payload; the turns of all that the instances hold; the
  # calls.
  deliver_timeouts = {
    for name, subscription in local.delivered : name => min(900, 30 + local.call_s[name] * (subscription.ordered ? local.batch_sizes[name] : 1) + (
      subscription.rate_per_s == null ? 0 : ceil(local.batch_sizes[name] * local.concurrencies[name] / coalesce(subscription.rate_per_s, 1))
    ))
  }

  # Here and not in modules/destination, which needs the queue: the queue needs the last of them.
  paces = {
    for name, subscription in local.delivered : name => {
      concurrency = local.concurrencies[name]
      batch_size  = local.batch_sizes[name]
      timeout_s   = local.deliver_timeouts[name]
      # AWS advises six times the timeout, because an invocation that Lambda throttles costs a receive. Here that costs
      # nothing: receives do not give up an event. So an event comes back soon after a crash.
      # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibility_timeout_s = coalesce(subscription.visibility_timeout_s, local.deliver_timeouts[name] + 30)
    }
  }
}

module "destination" {
  source   = "./modules/destination"
  for_each = local.delivered

  name                 = each.key
  subscription         = each.value
  filters              = module.subscription[each.key].queue_filters
  processed_ttl_days   = var.processed_ttl_days
  redeem_policy_json   = module.redeem[each.key].policy_json
  secrets_prefix       = local.destinations_prefix
  recovery_window_days = var.force_destroy ? 0 : 30
  function_defaults    = local.function_defaults
  arn_prefixes         = local.arn_prefixes
  pace                 = local.paces[each.key]

  target = {
    kind        = local.targets[each.key].kind
    arn         = local.targets[each.key].arn
    made_arn    = local.made_target_arns[each.key]
    encrypted   = local.targets[each.key].encrypted
    kms_key_arn = local.targets[each.key].kms_key_arn

    url = local.targets[each.key].kind != "queue" ? null : (
      each.value.target.processor != null ? module.processor[each.value.target.processor].inbox_url :
      "https://sqs.${split(":", local.targets[each.key].arn)[3]}.${data.aws_partition.current.dns_suffix}/${split(":", local.targets[each.key].arn)[4]}/${split(":", local.targets[each.key].arn)[5]}"
    )
  }

  queues = {
    arn         = module.subscription[each.key].queue_made_arn
    arn_by_name = module.subscription[each.key].arns.queue
    url         = module.subscription[each.key].queue_url
    dlq_arn     = module.subscription[each.key].arns.dlq
    dlq_url     = module.subscription[each.key].dlq_url
  }

  deliveries_table = { arn = local.arns.deliveries, name = aws_dynamodb_table.deliveries[0].name }
  processed_table  = { arn = local.arns.processed, name = aws_dynamodb_table.processed.name }
}
