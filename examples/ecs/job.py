"""A job in a container of its own: put your work in place of `work`.

The subscription's pipe starts a task with one event in the variable EVENT, and is done with it. Nobody looks at how the
task ends. So the job itself tries again, and gives an event up by sending it to the subscription's DLQ.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, Callable, Mapping, Protocol

import boto3
from coatcheck_processor import Event, processor

TRIES = 3
PAUSE_S = 30.0
LONGEST_S = 6 * 60 * 60


def work(event: Event) -> str:
    """What it returns is kept in the event's record. Raise `Retry` or `Reject` if you are not done with the event."""
    return f"{event.type} {len(event.payload())} bytes"


class Deadline:
    """What the package asks of Lambda's context: until when another task cannot claim the event."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._end - time.monotonic()) * 1_000))


class Queues(Protocol):
    """What is used of the SQS client."""

    def get_queue_url(self, *, QueueName: str) -> Any: ...

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> Any: ...


def read(environment: Mapping[str, str]) -> dict[str, Any]:
    """The event, with the subscription that delivers it. The text is JSON; do not rely on its spaces."""
    event: dict[str, Any] = json.loads(environment["EVENT"])
    return event | {"subscription": environment["SUBSCRIPTION"]}


def run(
    handle: Callable[[Any, Deadline], Any],
    environment: Mapping[str, str],
    queues: Queues,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """The exit status: 0 if the event is done or was rejected, 1 if it was given up."""
    event = read(environment)
    for attempt in range(TRIES):
        if attempt:
            pause(PAUSE_S * attempt)
        if not handle([event], Deadline(LONGEST_S))["batchItemFailures"]:
            return 0
    url = queues.get_queue_url(QueueName=f"{environment['STACK']}-{environment['SUBSCRIPTION']}-dlq")["QueueUrl"]
    queues.send_message(QueueUrl=url, MessageBody=environment["EVENT"])
    return 1


if __name__ == "__main__":
    sys.exit(run(processor(work), os.environ, boto3.client("sqs")))
