"""Checks a decoded request against AWS's model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import regex
from botocore.model import Shape

SIZED = {"string", "list", "map", "blob"}
NUMBERS = {"integer", "long", "float", "double"}
SHOWN = 120


@dataclass(frozen=True)
class Violation:
    """One rule that a request breaks. `where` names the member, never its index."""

    rule: str
    where: str
    what: str


Report = Callable[[str, str, str], None]


def check(shape: Shape, value: Any, where: str, report: Report) -> None:
    """Checks a value against its shape: required members, lengths, ranges, patterns, enums, unions."""
    if value is None:
        return
    kind = shape.type_name
    bounds(shape, value, where, report)
    if kind == "structure" and isinstance(value, dict):
        for name in shape.required_members:
            if value.get(name) is None:
                report("required", f"{where}.{name}", "missing")
        if getattr(shape, "is_tagged_union", False) and len(value) != 1:
            report("union", where, f"exactly one member expected, not {sorted(value)}")
        for name, member in value.items():
            if name in shape.members:
                check(shape.members[name], member, f"{where}.{name}", report)
    elif kind == "list" and isinstance(value, list):
        for one in value:
            check(shape.member, one, f"{where}[]", report)
    elif kind == "map" and isinstance(value, dict):
        for key, one in value.items():
            check(shape.key, key, f"{where} key", report)
            check(shape.value, one, f"{where}{{}}", report)
    elif kind == "string" and isinstance(value, str):
        words(shape, value, where, report)


def bounds(shape: Shape, value: Any, where: str, report: Report) -> None:
    """Lengths, and ranges of numbers."""
    limits = shape.metadata
    if shape.type_name in SIZED and hasattr(value, "__len__"):
        size = len(value)
    elif shape.type_name in NUMBERS and isinstance(value, (int, float)):
        size = value
    else:
        return
    if "min" in limits and size < limits["min"]:
        report("min", where, f"{size} is less than {limits['min']}")
    if "max" in limits and size > limits["max"]:
        report("max", where, f"{size} is more than {limits['max']}")


def words(shape: Shape, value: str, where: str, report: Report) -> None:
    """Enums, and patterns: the whole text has to match, whether or not the pattern is anchored."""
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        report("enum", where, f"{value[:SHOWN]!r} is none of {', '.join(allowed[:8])}")
    pattern = shape.metadata.get("pattern")
    if pattern and not regex.fullmatch(pattern, value):
        report("pattern", where, f"{value[:SHOWN]!r} does not match {pattern[:SHOWN]}")
