"""The bodies that the compared providers send: they break any code that does not keep the bytes."""

from __future__ import annotations

import json
from collections.abc import Callable

# Escapes that a parser would rewrite, numbers that a float would change, text in four alphabets.
AWKWARD = {
    "utf8": "Zoë 日本語 🧥 \u2028",
    "html": "<b>\"a\" & 'b'</b> \\ / \t",
    "numbers": [1.0, 1e-7, 12345678901234567890, -0.0],
    "nested": {"b": None, "a": [True, [], {}]},
}


def json_bodies(fields: dict) -> dict[str, bytes]:
    """The same event in the forms that JSON allows."""
    whole = {**fields, **AWKWARD}
    return {
        "compact": json.dumps(fields, separators=(",", ":")).encode(),
        "escaped": json.dumps(whole).encode(),
        "utf8": json.dumps(whole, ensure_ascii=False).encode(),
        "indented": json.dumps(whole, indent=2, ensure_ascii=False).replace("\n", "\r\n").encode() + b"\r\n",
        "slashes": json.dumps({**fields, "url": "https://example.com/a"}).replace("/", "\\/").encode(),
        "large": json.dumps({**fields, "rows": [AWKWARD] * 400}, ensure_ascii=False).encode(),
    }


def list_bodies(fields: dict) -> dict[str, bytes]:
    """Likewise, where a delivery is a list of events."""
    return {name: b"[" + body.strip() + b"]" for name, body in json_bodies(fields).items()}


def text_bodies(fields: dict) -> dict[str, bytes]:
    """Where the library does not look into the body: any text, and none."""
    return {**json_bodies(fields), "text": "plain, über ∞\n".encode(), "empty": b""}


def bytes_bodies(fields: dict) -> dict[str, bytes]:
    """Where it takes bytes as they are."""
    return {**text_bodies(fields), "binary": bytes(range(256)), "bom": b"\xef\xbb\xbf{}"}


def forms(_fields: dict) -> dict[str, bytes]:
    """Twilio's: parameters, some empty, some twice, escapes of every kind."""
    return {
        "sms": b"MessageSid=SM1&Body=Hello+you%21&From=%2B15550001111&To=%2B15550002222&SmsStatus=received",
        "utf8": b"Body=Zo%C3%AB+%E6%97%A5%E6%9C%AC+%F0%9F%A7%A5&MessageSid=SM2",
        "empty values": b"A=&Body=a%0D%0Ab&B=&MessageSid=SM3",
        "order": b"b=1&a=2&B=3&A=4&a1=5&a-=6&_=7",
        "repeated": b"MediaUrl=b&MediaUrl=a&MediaUrl=b&MessageSid=SM4",
        "signs": b"x=%26%3D%25%2B%23&y=%3Cb%3E&z=*-._~",
    }


def adyen_items(fields: dict) -> dict[str, bytes]:
    """Adyen's notifications; each change is one that its documentation or its libraries allow."""

    def notification(*changes: dict) -> bytes:
        items = [{"NotificationRequestItem": {**fields, **change}} for change in changes]
        return json.dumps({"live": "false", "notificationItems": items}).encode()

    return {
        "plain": notification({}),
        "two items": notification({}, {"pspReference": "8835517812932302", "success": "false"}),
        "original": notification({"originalReference": "8835517812932399"}),
        "colons": notification({"merchantReference": "order:17:b"}),
        "utf8": notification({"merchantReference": "Zoë 日本語"}),
        "zero": notification({"amount": {"value": 0, "currency": "JPY"}}),
        "negative": notification({"amount": {"value": -1130, "currency": "EUR"}}),
        "no reference": notification({"merchantReference": ""}),
        # As node's library does; Python's writes None.
        "null": notification({"originalReference": None, "merchantReference": None}),
    }


def same_letter(byte: int) -> int:
    """Another digit for a digit, another letter for a letter."""
    for low, high in (b"09", b"az", b"AZ"):
        if low <= byte <= high:
            return low + (byte - low + 1) % (high - low + 1)
    return byte


def one_letter(body: bytes) -> bytes:
    """Another body of the same length and shape, or one byte where there was none."""
    places = [at for at, byte in enumerate(body) if same_letter(byte) != byte]
    if not places:
        return body + b"1"
    # A letter inside a value: near the end, where there is no member's name.
    at = places[-1]
    return body[:at] + bytes([same_letter(body[at])]) + body[at + 1 :]


Bodies = Callable[[dict], dict[str, bytes]]
