"""Writes what a running local cloud holds into DIR/seen, so that it can be searched: logs, metrics, dead letters, alerts."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session

from .recordings import answers, requests

# A queue that others read at the same time may never look empty.
QUEUE_S = 20


def client(service: str) -> Any:
    """A client of the local cloud."""
    return botocore.session.get_session().create_client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def log_groups(to: Path) -> None:
    """Every line of every log group: of functions, pipes and workflows; metrics are such lines too."""
    logs = client("logs")
    to.mkdir()
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in (found["logGroupName"] for found in page["logGroups"]):
            with (to / group.strip("/").replace("/", "_")).open("w", encoding="utf-8") as file:
                for message in messages(logs, group):
                    file.write(message + "\n")


def messages(logs: Any, group: str) -> Iterator[str]:
    """The lines of a log group."""
    for page in logs.get_paginator("describe_log_streams").paginate(logGroupName=group):
        for stream in page["logStreams"]:
            token: dict[str, str] = {}
            while True:
                got = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True, **token)
                yield from (event["message"] for event in got["events"])
                if got["nextForwardToken"] == token.get("nextToken") or not got["events"]:
                    break
                token = {"nextToken": got["nextForwardToken"]}


def metrics(to: Path) -> None:
    """The names and dimensions of all metrics."""
    pages = client("cloudwatch").get_paginator("list_metrics").paginate()
    to.write_text(json.dumps([metric for page in pages for metric in page["Metrics"]]))


def queues(seen: Path) -> None:
    """Dead letters, their attributes apart from their bodies, and what those on call were told. All of it stays there."""
    sqs = client("sqs")
    with (seen / "dead-letter-attributes").open("wb") as attributes, (seen / "dead-letters").open("w", encoding="utf-8") as bodies, (
        seen / "alerts"
    ).open("w", encoding="utf-8") as alerts:
        for url in sqs.list_queues().get("QueueUrls", []):
            name = url.rsplit("/", 1)[1].removesuffix(".fifo")
            if not name.endswith(("-dlq", "-letters", "oncall")):
                continue
            for message in received(sqs, url):
                (alerts if name == "oncall" else bodies).write(message["Body"] + "\n")
                for key, value in message.get("MessageAttributes", {}).items():
                    attributes.write(key.encode() + b" " + value.get("StringValue", "").encode() + value.get("BinaryValue", b"") + b"\n")


def received(sqs: Any, url: str) -> Iterator[dict]:
    """The messages of a queue, each once."""
    known, end = set(), time.monotonic() + QUEUE_S
    while time.monotonic() < end:
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=QUEUE_S, MessageAttributeNames=["All"])
        fresh = [message for message in got.get("Messages", []) if message["MessageId"] not in known]
        if not fresh:
            return
        known.update(message["MessageId"] for message in fresh)
        yield from fresh


def gather(folder: Path) -> None:
    """Fills DIR/seen anew, except for Terraform's plan, which scripts/canaries puts there."""
    seen = folder / "seen"
    for old in ("log-groups", "requests"):
        shutil.rmtree(seen / old, ignore_errors=True)
    seen.mkdir(exist_ok=True)
    log_groups(seen / "log-groups")
    metrics(seen / "metrics")
    queues(seen)
    answers(folder, seen)
    requests(folder, seen / "requests")
