"""The three shapes in which a function gets events: a pipe's array, one event, the messages of its own queue."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Callable

from .event import Claim, Event, decode
from .failures import Input, Reject

# What SQS accepts as a group or as a deduplication id.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_ACCEPTED = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True)
class DeadLetter:
    """The event as it was delivered, for its dead-letter queue."""

    subscription: str | None
    """The subscription that delivered it; None: the processor's own queue did."""
    body: str
    group: str
    """Its group in a FIFO queue: its partition key, else a digest of its ref."""
    deduplication_id: str
    """In a FIFO queue: the id of the delivery, so that a second try to send it makes no second message."""


@dataclass(frozen=True)
class Delivery:
    """One event as it was delivered."""

    identifier: str | None
    """What an answer must name to get it again; None: the sender left it out."""
    event: Event | Reject
    dead_letter: DeadLetter | None
    """None: its dead-letter queue is unknown."""
    group: str | None
    """The partition key of an event that cannot be decoded, if that much can be read."""


def read(value: object, redeem: Callable[[Claim], bytes]) -> list[Delivery]:
    """Every event of the input, in its order."""
    if isinstance(value, list):
        return [_from_pipe(one, redeem) for one in value]
    if isinstance(value, dict) and "Records" not in value:
        return [_from_pipe(value, redeem)]
    if isinstance(value, dict) and isinstance(value["Records"], list):
        return [_from_queue(record, redeem) for record in value["Records"]]
    raise Input("the input cannot be read: neither an array of events, nor an event, nor messages of a queue")


def _from_pipe(value: object, redeem: Callable[[Claim], bytes]) -> Delivery:
    subscription = _named(value, "subscription")
    identifier = _named(value, "deliveryid")
    dead_letter = _dead_letter(subscription, json.dumps(value), value, identifier) if subscription else None
    return Delivery(identifier, _event(value, redeem), dead_letter, _named(value, "partitionkey"))


def _from_queue(record: object, redeem: Callable[[Claim], bytes]) -> Delivery:
    """A queue knows a message by its id. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html"""
    body = record.get("body") if isinstance(record, dict) else None
    value: object = None
    if isinstance(body, str):
        try:
            value = json.loads(body)
        except ValueError:
            pass  # Not an object: rejected as such.
    identifier = _named(record, "messageId")
    dead_letter = _dead_letter(None, body, value, identifier) if isinstance(body, str) else None
    return Delivery(identifier, _event(value, redeem), dead_letter, _named(value, "partitionkey"))


def _dead_letter(subscription: str | None, body: str, value: object, identifier: str | None) -> DeadLetter:
    group = _accepted(_named(value, "partitionkey")) or _digest(_named(value, "ref") or "")
    return DeadLetter(subscription, body, group, _accepted(identifier) or _digest(body))


def _accepted(text: str | None) -> str | None:
    return text if text is not None and _ACCEPTED.fullmatch(text) else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def _event(value: object, redeem: Callable[[Claim], bytes]) -> Event | Reject:
    try:
        return decode(value, redeem)
    except Reject as problem:
        return problem


def _named(value: object, name: str) -> str | None:
    text = value.get(name) if isinstance(value, dict) else None
    return text if isinstance(text, str) and text else None
