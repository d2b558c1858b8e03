"""A secret as it may be written: itself, and in base64, hex, a URL or JSON."""

from __future__ import annotations

import base64
import binascii
import json
import re
import urllib.parse
from collections.abc import Iterator

# What a text of base64 or hex looks like inside of a key or a header's value: whsec_..., v1,...
ENCODED = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
# Shorter ones would be found by chance.
SHORTEST = 16
# The end of a long text tells it apart from others: the keys of one algorithm begin alike.
LONGEST = 24


def base64_anywhere(value: bytes) -> Iterator[bytes]:
    """What stays the same in the base64 of any text that holds the value: it depends on where the value begins."""
    for before in range(3):
        begin = (before * 8 + 5) // 6
        for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * before + value)
            # The last characters depend on what follows.
            end = (before + len(value)) * 8 // 6
            yield whole[begin:end]


def decoded(value: bytes) -> Iterator[bytes]:
    """The bytes that a value stands for, if it may be hex or base64."""
    for found in ENCODED.findall(value):
        text = found.removeprefix(b"whsec_").rstrip(b"=")
        if re.fullmatch(rb"(?:[0-9a-fA-F]{2})+", text):
            yield binascii.unhexlify(text)
        elif len(text) % 4 != 1:
            yield base64.urlsafe_b64decode(text.replace(b"+", b"-").replace(b"/", b"_") + b"=" * (-len(text) % 4))


def encoded(value: bytes) -> Iterator[bytes]:
    """A value as others may write it."""
    yield value
    yield value.hex().encode()
    yield value.hex().upper().encode()
    yield from base64_anywhere(value)
    yield urllib.parse.quote_from_bytes(value, safe="").encode()
    yield urllib.parse.quote_plus(value).encode()
    yield json.dumps(value.decode("latin-1"))[1:-1].encode()


def forms(value: str) -> set[bytes]:
    """Every form of a canary that is searched for."""
    raw = value.encode()
    found = set(encoded(raw))
    for inner in decoded(raw):
        found.update(encoded(inner))
    # grep takes a line for a pattern.
    lines = (max(form.split(b"\n"), key=len) for form in found)
    return {line[-LONGEST:] for line in lines if len(line) >= SHORTEST}
