"""Events for the tests of your handler."""

from __future__ import annotations

import hashlib
import time

from .event import Event, decode


def event(kind: str, payload: bytes, **attributes: str) -> Event:
    """An event of this type with this payload: `example/1`, of the endpoint `example`, in JSON, with a minute's time.

    `attributes` replaces or adds CloudEvents attributes: `event("push", b"{}", subject="main")`.
    """
    value = {
        "specversion": "1.0",
        "id": "1",
        "source": "/endpoints/example",
        "type": kind,
        "subject": "1",
        "time": "2026-11-21T20:59:57.000Z",
        "datacontenttype": "application/json",
        "dataref": "s3://bucket/payloads/example/1",
        "datasha256": hashlib.sha256(payload).hexdigest(),
        "datasize": str(len(payload)),
        "ref": "example/1",
        "receivedat": "2026-11-21T20:59:57.414Z",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "replayid": "",
        "replayforce": "false",
        "partitionkey": "32ca689566a46ad60dc39f14e3667e36",
        "deliveryid": "delivery-of-1",
    }
    event = decode(value | attributes, lambda claim: payload)
    event._state.ends_at = time.monotonic() + 60
    return event
