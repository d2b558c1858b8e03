"""api/event.schema.json, and whether an event is what it describes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

FILE = Path(__file__).parents[2] / "api/event.schema.json"
SCHEMA: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
CHECKER = FormatChecker()
REGISTRY: Registry = Registry().with_resource(SCHEMA["$id"], DRAFT202012.create_resource(SCHEMA))
EVENT = Draft202012Validator(SCHEMA, format_checker=CHECKER)


def part(name: str) -> Draft202012Validator:
    """A validator of one of its definitions."""
    reference = {"$ref": f"{SCHEMA['$id']}#/$defs/{name}"}
    return Draft202012Validator(reference, registry=REGISTRY, format_checker=CHECKER)


def problem(validator: Draft202012Validator, value: Any) -> str | None:
    """Why a value is not what the schema says; names the place and the rule, and no value."""
    found = validator.iter_errors(value)
    return next((f"{'/'.join(map(str, error.absolute_path)) or 'it'} breaks {error.validator}" for error in found), None)


def judge(events: list[str]) -> list[str | None]:
    """As a judge of the witness `cloudevents`: one event, as JSON, for each verdict."""
    return [problem(EVENT, json.loads(event)) for event in events]


def over_http(lines: Iterator[str]) -> Iterator[tuple[str, str | None]]:
    """The mode and the problem of each request to an HTTP destination: `{"headers", "body"}` on each line."""
    headers = part("headers")
    for line in lines:
        request = json.loads(line)
        kind = request["headers"].get("content-type", "")
        if kind.startswith("application/cloudevents"):
            yield "HTTP, structured", problem(EVENT, json.loads(bytes(request["body"])))
        elif "ce-specversion" in request["headers"]:
            yield "HTTP, binary", problem(headers, request["headers"])
