"""The events in a recording: what the pipes gave to each kind of target, and what went to the topic and the dead letters."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from witness.models.__main__ import entries
from witness.models.decode import decode
from witness.models.tap import Request

# Where an event is in the input of an operation, by its receiver.
TARGETS = {
    "Invoke": ("Lambda", lambda given: [given.get("Payload")]),
    "StartExecution": ("Step Functions", lambda given: [given.get("input")]),
    "StartSyncExecution": ("Step Functions", lambda given: [given.get("input")]),
    "SendMessage": ("SQS", lambda given: [given.get("MessageBody")]),
    "SendMessageBatch": ("SQS", lambda given: [entry.get("MessageBody") for entry in given.get("Entries", [])]),
    "Publish": ("SNS", lambda given: [given.get("Message")]),
    "PublishBatch": ("SNS", lambda given: [entry.get("Message") for entry in given.get("PublishBatchRequestEntries", [])]),
    "PutEvents": ("event bus", lambda given: [entry.get("Detail") for entry in given.get("Entries", [])]),
    "PutRecords": ("Kinesis", lambda given: [record.get("Data") for record in given.get("Records", [])]),
    "PutRecordBatch": ("Firehose", lambda given: [record.get("Data") for record in given.get("Records", [])]),
    "RunTask": ("ECS", lambda given: environments(given.get("overrides", {}).get("containerOverrides", []))),
    "SubmitJob": ("Batch", lambda given: environments([given.get("containerOverrides", {})])),
}
SERVICES = {"lambda", "sqs", "states", "sns", "events", "kinesis", "firehose", "ecs", "batch"}
# Between the topic and the pipe: nobody but the pipe reads it.
OWN_QUEUE = "a subscription's own queue"
NAMES = ("FunctionName", "QueueUrl", "stateMachineArn", "TopicArn")


def events(log: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each event with its target. Other messages (dead letters, announcements) are not events."""
    for entry, _ in entries(log):
        if entry["service"] not in SERVICES or entry["body"] is None:
            continue
        request = Request(entry["method"], entry["path"], entry["headers"], base64.b64decode(entry["body"]), entry["length"])
        call = decode(entry["service"], request, lambda *_: None)
        if call.operation.name not in TARGETS:
            continue
        service, places = TARGETS[call.operation.name]
        name = next((str(call.parameters[one]) for one in NAMES if one in call.parameters), "")
        for text in places(call.parameters):
            for event in in_text(text):
                yield taker(service, name), event


def environments(containers: list[dict[str, Any]]) -> list[Any]:
    """The variable EVENT of each container."""
    return [one.get("value") for container in containers for one in container.get("environment", []) if one.get("name") == "EVENT"]


def taker(service: str, name: str) -> str:
    """The kind of target, read from the names that the suite and the module use."""
    if service == "SQS":
        return {"inbox": "SQS", "dlq": "dead-letter queue"}.get(name.removesuffix(".fifo").rsplit("-", 1)[-1], OWN_QUEUE)
    return f"{service}, ordered" if name.endswith("-ordered") else service


def in_text(text: Any) -> Iterator[dict[str, Any]]:
    """The events in a message: one, or a batch."""
    try:
        value = json.loads(text)
    except (TypeError, ValueError):
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and "specversion" in one:
            yield one


def kinds(taken_by: str, event: dict[str, Any]) -> list[str]:
    """What an event is an example of: its target, its lane, and why it was sent."""
    found = [taken_by]
    if "/incoming/" in str(event.get("dataref", "")):
        found.append("direct lane")
    if event.get("replayid"):
        found.append("replay")
    if event.get("type") == "coatcheck.heartbeat":
        found.append("heartbeat")
    return found
