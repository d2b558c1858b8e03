# The one shape that processors get: a CloudEvents 1.0 event with the payload as a
# claim check (the `dataref` extension). Every value is a string, `datasize` too:
# DynamoDB writes a number as {"N":"42"} and a template cannot turn it into one.
#
# An unquoted <$.path> becomes a JSON value, quotes included. The attributes named
# here are always present in the table, so no path is ever missing.
#
# `dataref` is in quotes: a pointer from before payloads could be inline lacks it. What then is between the quotes is
# empty, and the event is still JSON, which a filter on the body needs to let it through to its DLQ.

locals {
  # Its attributes in order, with their paths in a pointer's image.
  image = [
    ["id", "<$.dynamodb.NewImage.id.S>"],
    ["source", "\"/endpoints/<$.dynamodb.NewImage.endpoint.S>\""],
    ["type", "<$.dynamodb.NewImage.type.S>"],
    ["subject", "<$.dynamodb.NewImage.subject.S>"],
    ["time", "<$.dynamodb.NewImage.occurred_at.S>"],
    ["datacontenttype", "<$.dynamodb.NewImage.content_type.S>"],
    ["dataref", "\"<$.dynamodb.NewImage.dataref.S>\""],
    ["datasha256", "<$.dynamodb.NewImage.sha256.S>"],
    ["datasize", "<$.dynamodb.NewImage.size.N>"],
    ["ref", "<$.dynamodb.NewImage.ref.S>"],
    ["receivedat", "<$.dynamodb.NewImage.received_at.S>"],
    ["traceparent", "<$.dynamodb.NewImage.traceparent.S>"],
    ["replayid", "<$.dynamodb.NewImage.replayid.S>"],
    ["replayforce", "<$.dynamodb.NewImage.replayforce.S>"],
    ["partitionkey", "<$.dynamodb.NewImage.group.S>"],
  ]

  # What endpoints declare, as it is stored: `%`, `"` and `\` as %25, %22 and %5C, so that it can stand between quotes. A path
  # in quotes that is missing leaves nothing there.
  declared = [for name in var.attributes : [name, "\"<$.dynamodb.NewImage.x_${name}.S>\""]]
  carried  = [for name in var.attributes : "\"${name}\":\"<$.body.${name}>\""]

  # The order texts of numbers that a filter compares. Only the topic, the queues and their readers need them. No attribute
  # can have such a name.
  compared = [for name in var.compared : ["0${name}", "\"<$.dynamodb.NewImage.n_${name}.S>\""]]

  stream_members = [for a in concat(local.image, local.declared, local.compared) : "\"${a[0]}\":${a[1]}"]
  queue_members  = concat([for a in local.image : "\"${a[0]}\":<$.body.${a[0]}>"], local.carried)

  # `deliveryid` is what a partial failure must name: it differs with the pipe's source.
  from_stream = "{\"specversion\":\"1.0\",${join(",", local.stream_members)},\"deliveryid\":<$.eventID>}"
  from_queue  = "{\"specversion\":\"1.0\",${join(",", local.queue_members)},\"deliveryid\":<$.messageId>}"
}
