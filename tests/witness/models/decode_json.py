"""Decodes JSON and CBOR into the shape of an operation's input, and reports what the shape does not know."""

from __future__ import annotations

import base64
import binascii
import datetime
from typing import Any

from botocore.model import Shape

from witness.models.rules import Report

SHOWN = 80
PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str, datetime.datetime),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
    "blob": (str, bytes),
}


def decode(shape: Shape, value: Any, where: str, report: Report) -> Any:
    """The value by the names of the model; None for what is null or of another type than the model says."""
    kind = shape.type_name
    if value is None or getattr(shape, "is_document_type", False):
        return value
    if not isinstance(value, PYTHON[kind]) or (isinstance(value, bool) and kind != "boolean"):
        report("type", where, f"{kind} expected, not {str(value)[:SHOWN]!r}")
        return None
    if kind == "structure":
        return members(shape, value, where, report)
    if kind == "list":
        return [decode(shape.member, one, f"{where}[]", report) for one in value]
    if kind == "map":
        return {key: decode(shape.value, one, f"{where}{{}}", report) for key, one in value.items()}
    if kind == "blob" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except binascii.Error:
            report("type", where, "base64 expected")
            return None
    return value


def members(shape: Shape, value: dict[str, Any], where: str, report: Report) -> dict[str, Any]:
    """The members of a structure that travel in the body."""
    names = {
        member.serialization.get("name", name): (name, member)
        for name, member in shape.members.items()
        if not member.serialization.get("location")
    }
    found = {}
    for key, one in value.items():
        if key not in names:
            report("unknown member", f"{where}.{key}", str(one)[:SHOWN])
            continue
        name, member = names[key]
        found[name] = decode(member, one, f"{where}.{name}", report)
    return found
