"""What a processor gets of an event: a CloudEvents 1.0 event whose data is a claim check (the `dataref` extension)."""

from __future__ import annotations

import base64
import binascii
import re
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Callable, Mapping
from urllib.parse import unquote

from .failures import Failure, Reject

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_ENDPOINT = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_SIZE = re.compile(r"\+?[0-9]{1,20}")
_DATAREF = re.compile(r"s3://([^/]+)/(.+)|data:[^,]*;base64,(.*)", re.DOTALL)
_SIZE_MAX = 2**64 - 1
# How three characters are written in attributes that endpoints declare, and which attributes are not such ones.
_ESCAPES = {"%25": "%", "%22": '"', "%5C": "\\"}
_ESCAPE = re.compile("|".join(_ESCAPES))
_OWN = frozenset(
    "specversion id source type subject time datacontenttype dataref datasha256 datasize ref receivedat traceparent replayid"
    " replayforce partitionkey subscription deliveryid".split()
)


@dataclass(frozen=True)
class Claim:
    """The claim check: where the payload is and what it must be. Either an object holds it, or the event itself."""

    bucket: str | None
    """Of the object; None if the event holds the payload."""
    key: str | None
    """Of the object; None if the event holds the payload."""
    sha256: str
    size: int
    inline: bytes | None = field(default=None, repr=False)
    """The bytes that the event holds; None if an object does."""


@dataclass
class _State:
    """What is learned of an event while it is handled."""

    attempt: int | None = None
    ends_at: float | None = None
    redemption: Failure | None = None


@dataclass(frozen=True)
class Event:
    """One event. Attributes that this class does not know are ignored, as CloudEvents requires."""

    id: str
    """The provider's id of the event."""
    source: str = field(repr=False)
    """`/endpoints/{endpoint}`"""
    type: str
    """The provider's type of the event, for instance `invoice.paid`."""
    subject: str | None = field(repr=False)
    """What the event is about, if the endpoint has a location for it."""
    time: datetime = field(repr=False)
    """When it happened, by the provider's clock."""
    content_type: str = field(repr=False)
    """The payload's content type, as received."""
    ref: str
    """Names the event everywhere. Deduplicate by it: it is the same at every delivery."""
    received_at: datetime = field(repr=False)
    """When the delivery came in, by Coatcheck's clock."""
    traceparent: str = field(repr=False)
    """W3C trace context: make it the parent of your spans, or pass it on."""
    replay_id: str | None = field(repr=False)
    """Which replay this delivery belongs to; None if the provider delivered it."""
    replay_is_forced: bool = field(repr=False)
    """Whether the event is handled although it was done before."""
    delivery_id: str = field(repr=False)
    """Names this delivery in an answer. It differs from delivery to delivery."""
    partition_key: str | None = field(repr=False)
    """Events with the same one have an order; None: the event was sent before Coatcheck passed it on."""
    claim: Claim = field(repr=False)
    """Where the payload is and what it must be."""
    ordering: tuple[str, str] = field(repr=False)
    """The partition key, or endpoint and ordering key of an event that has none. Events with the same one are handled one
    after the other."""
    _declared: Mapping[str, str] = field(repr=False)
    _redeem: Callable[[Claim], bytes] = field(repr=False, compare=False)
    _state: _State = field(default_factory=_State, repr=False, compare=False)

    def payload(self) -> bytes:
        """The provider's exact bytes, checked against the length and the SHA-256 of their pointer.

        Raises `RedeemProblem` or `Retry`. A handler that catches it does not succeed all the same: the event gets the
        failure of its last redemption.
        """
        try:
            payload = self._redeem(self.claim)
        except Failure as failure:
            self._state.redemption = failure
            raise
        self._state.redemption = None
        return payload

    def attribute(self, name: str) -> str | None:
        """The value of an attribute that the event's endpoint declares, for instance `event.attribute("customer")`.

        A number is a text in plain decimal, such as `100.5`. None: the delivery had no such value, or none that could be kept.
        """
        return self._declared.get(name)

    @property
    def trace_id(self) -> str:
        """The part of the trace context that stays the same on the whole path."""
        return (self.traceparent.split("-") + [""])[1]

    @property
    def attempt(self) -> int | None:
        """The number of this processor's attempt, from 1; None if idempotency is off, which counts none."""
        return self._state.attempt

    def time_left(self) -> float:
        """Seconds until the handler must be done; 0 when its time is over. A handler that takes long should ask."""
        ends_at = self._state.ends_at
        return max(0.0, ends_at - time.monotonic()) if ends_at is not None else 0.0


def decode(value: object, redeem: Callable[[Claim], bytes]) -> Event:
    """Reads one event. Raises `Reject` with the first attribute that is wrong, and without any value."""
    if not isinstance(value, dict):
        raise Reject("the event is not a JSON object")
    if _text(value, "specversion") != "1.0":
        raise _unusable("specversion")
    bucket, key, inline = _dataref(value)
    forced = _optional(value, "replayforce")
    if forced not in ("true", "false", ""):
        raise _unusable("replayforce")
    named = {name: _named(value, name) for name in ("id", "source", "type", "datacontenttype", "deliveryid")}
    subject = _optional(value, "subject")
    replay_id = _optional(value, "replayid") or None
    partition_key = _optional(value, "partitionkey") or None
    ordering = _ordering(value)
    return Event(
        id=named["id"],
        source=named["source"],
        type=named["type"],
        subject=subject if subject not in ("", named["id"]) else None,
        time=_time(value, "time"),
        content_type=named["datacontenttype"],
        ref=_text(value, "ref"),
        received_at=_time(value, "receivedat"),
        traceparent=_text(value, "traceparent"),
        replay_id=replay_id,
        replay_is_forced=forced == "true" and replay_id is not None,
        delivery_id=named["deliveryid"],
        partition_key=partition_key,
        claim=Claim(bucket, key, _matched(value, "datasha256", _SHA256).group().lower(), _size(value), inline),
        ordering=("", partition_key) if partition_key else ordering,
        _declared={name: _decoded(text) for name, text in value.items() if _is_declared(name, text)},
        _redeem=redeem,
    )


def _is_declared(name: str, text: object) -> bool:
    """Empty: the event has none."""
    return name not in _OWN and isinstance(text, str) and text != ""


def _decoded(text: str) -> str:
    return _ESCAPE.sub(lambda escape: _ESCAPES[escape.group()], text)


def _unusable(name: str) -> Reject:
    return Reject(f"the event has no usable attribute `{name}`")


def _text(value: Mapping[str, object], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise _unusable(name)
    return text


def _named(value: Mapping[str, object], name: str) -> str:
    text = _text(value, name)
    if not text:
        raise _unusable(name)
    return text


def _optional(value: Mapping[str, object], name: str) -> str:
    """An event may lack it: a subject, or what was added later."""
    return "" if value.get(name) is None else _text(value, name)


def _matched(value: Mapping[str, object], name: str, pattern: re.Pattern[str]) -> re.Match[str]:
    matched = pattern.fullmatch(_text(value, name))
    if not matched:
        raise _unusable(name)
    return matched


def _dataref(value: Mapping[str, object]) -> tuple[str | None, str | None, bytes | None]:
    """The object that holds the payload, or the bytes of a `data:` URI (RFC 2397)."""
    bucket, key, text = _matched(value, "dataref", _DATAREF).groups()
    if text is None:
        return bucket, key, None
    try:
        inline = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _unusable("dataref") from None
    if base64.b64encode(inline).decode() != text:
        raise _unusable("dataref")
    return None, None, inline


def _time(value: Mapping[str, object], name: str) -> datetime:
    date, clock, fraction, offset = _matched(value, name, _TIME).groups()
    micros = f"{(fraction or '0')[:6]:0<6}"
    try:
        return datetime.fromisoformat(f"{date}T{clock}.{micros}{'+00:00' if offset in 'Zz' else offset}")
    except ValueError:
        raise _unusable(name) from None


def _size(value: Mapping[str, object]) -> int:
    """A template of Pipes writes it as text, other senders as a number."""
    size = value.get("datasize")
    if isinstance(size, str) and _SIZE.fullmatch(size):
        size = int(size)
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= _SIZE_MAX:
        raise _unusable("datasize")
    return size


def _ordering(value: Mapping[str, object]) -> tuple[str, str]:
    """A ref is endpoint/event-key or endpoint/ordering-key/event-key, percent-encoded."""
    endpoint, *parts = _text(value, "ref").split("/")
    try:
        keys = [unquote(part, errors="strict") for part in parts]
    except UnicodeDecodeError:
        raise _unusable("ref") from None
    if not _ENDPOINT.fullmatch(endpoint) or len(keys) not in (1, 2) or "" in keys:
        raise _unusable("ref")
    return endpoint, keys[0]
