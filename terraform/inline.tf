# Whether events that hold their payloads or attributes fit into what the targets take at once. A payload is in base64 in its
# event.

locals {
  # What an event has besides: about 1,000 characters, and at most so many, with the longest id, subject, type and ref
  # that events usually have. The message of a state machine's 100 events always had to fit by the same number.
  event_characters = 2600 + local.attribute_characters

  # Every event has the names of all attributes, with their quotes, colon and comma, and at most 900 bytes of values
  # (ATTRIBUTES_MAX_BYTES in shared/domain/src/attributes).
  attribute_characters = length(local.attributes) == 0 ? 0 : 900 + sum([for name in local.attributes : length(name) + 6])

  # By subscription: the largest payload in an event that it may get.
  inline_bytes = {
    for name, subscription in var.subscriptions : name => max(0, [
      for endpoint, settings in var.endpoints : settings.inline_max_bytes
      if subscription.endpoints == null ? true : contains(coalesce(subscription.endpoints, []), endpoint)
    ]...)
  }

  # By subscription: what takes its events, how many at once, and how many characters of them.
  # Step Functions: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
  # Lambda: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
  # Kinesis: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
  # Firehose: https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
  # ECS, by which AWS Batch runs its jobs too: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
  # Queues, buses and `deliver` get ten at most, which fit.
  inline_room = {
    for name, subscription in var.subscriptions : name => (
      subscription.target.state_machine_arn != null || try(var.processors[subscription.target.processor].kind, "") == "workflow"
      ? { taker = "the input of a state machine", batch = coalesce(subscription.batch_size, 10), characters = 262144 }
      : subscription.target.stream_arn != null
      ? { taker = "a call of Kinesis", batch = coalesce(subscription.batch_size, 10), characters = 5242880 }
      : subscription.target.delivery_stream_arn != null
      ? { taker = "a call of Firehose", batch = coalesce(subscription.batch_size, 10), characters = 4194304 }
      : subscription.target.ecs != null
      ? { taker = "the overrides of a task, with its command", batch = 1, characters = 8192 - length(jsonencode(try(subscription.target.ecs.command, []))) }
      : subscription.target.batch != null
      ? { taker = "the overrides of a job", batch = 1, characters = 8192 }
      : { taker = "a call of a function", batch = coalesce(subscription.batch_size, 10), characters = 6291456 }
    )
  }

  # Events without either fit by the rules of the variable `subscriptions`.
  inline_problems = [
    for name, room in local.inline_room :
    local.inline_bytes[name] == 0
    ? "${name}: ${room.batch} events with attributes of up to ${local.attribute_characters} characters do not fit into ${room.taker}, ${room.characters} characters: ${room.batch > 1 ? "lower batch_size of the subscription to ${floor(room.characters / local.event_characters)}" : "declare fewer or shorter names of attributes, or shorten the command"}"
    : "${name}: ${room.batch} events with payloads of ${local.inline_bytes[name]} bytes do not fit into ${room.taker}, ${room.characters} characters: lower inline_max_bytes of its endpoints to ${max(0, floor((room.characters / room.batch - local.event_characters) / 4) * 3)}${room.batch > 1 ? ", or batch_size of the subscription to ${floor(room.characters / (local.event_characters + ceil(local.inline_bytes[name] / 3) * 4))}" : ""}"
    if local.inline_bytes[name] + local.attribute_characters > 0 && room.batch * (local.event_characters + ceil(local.inline_bytes[name] / 3) * 4) > room.characters
  ]
}
