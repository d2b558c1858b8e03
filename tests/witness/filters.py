"""Asks those who evaluate SNS filters elsewhere about every case of shared/domain/fixtures/filters: moto, and the local cloud's SNS.

The events are built here, with exact fractions and not by the functions' code: how a value is stored, and the order text of a
number. compiled.json has what Terraform makes of each filter.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

FOLDER = Path("shared/domain/fixtures/filters")
NUMBERS = {"amount"}
ATTRIBUTES = ("amount", "customer", "plan")
LARGEST = Fraction(5_000_000_000)

Matcher = Callable[[dict, str], bool]


class Written(str):
    """A number of the table as it is written."""


def text_of(name: str, value: object) -> str:
    """The value that is kept; empty if none is."""
    if value is None or isinstance(value, (list, dict)):
        return ""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    if name in NUMBERS:
        try:
            text = format(Decimal(text).normalize() + 0, "f")
        except InvalidOperation:
            return ""
        text = "0" if text == "-0" else text
    return text if len(text.encode()) <= 128 else ""


def stored(text: str) -> str:
    """As an event carries it."""
    return text.translate({ord("%"): "%25", ord('"'): "%22", ord("\\"): "%5C"})


def order(text: str) -> str:
    """The order text of a number: empty for a missing one, and - for one that cannot be compared."""
    if not text:
        return ""
    value = Fraction(text)
    if abs(value) > LARGEST:
        return "-"
    millionths = (value + LARGEST) * 1_000_000
    whole = math.floor(millionths)
    return format(2 * whole + (millionths != whole), "055b")


def event_of(case: dict, compared: list[str]) -> dict[str, str]:
    """What the router publishes."""
    texts = {name: text_of(name, case["values"].get(name)) for name in ATTRIBUTES}
    event = {"type": "push", "source": "/endpoints/github"} | {name: stored(text) for name, text in texts.items()}
    return event | {f"0{name}": order(texts[name]) for name in compared}


def moto() -> Matcher:
    from moto.sns.utils import FilterPolicyMatcher

    return lambda policy, body: FilterPolicyMatcher(policy, "MessageBody").matches(None, body)


def ministack() -> Matcher | None:
    """The local cloud's, from its own environment; None if it is not installed."""
    tools = Path(os.environ["TOOLS"])
    folders = sorted(tools.glob("venv/lib/python3*/site-packages"))
    if not folders:
        return None
    # Behind everything: nothing of it may replace a package of this environment.
    sys.path.append(str(folders[0]))
    if importlib.util.find_spec("ministack") is None:
        return None
    from ministack.services import sns

    def matches(policy: dict, body: str) -> bool:
        attributes = {"FilterPolicy": json.dumps(policy), "FilterPolicyScope": "MessageBody"}
        return sns._matches_filter_policy({"attributes": attributes}, {}, body)

    return matches


def findings(matchers: dict[str, Matcher], cases: list[dict], compiled: dict) -> Iterator[str]:
    """Each case that an evaluator judges otherwise. A topic may let more through than the reader of a queue, never less."""
    by_filter = {json.dumps(json.loads(text), sort_keys=True): patterns for text, patterns in compiled.items()}
    for case in cases:
        patterns = by_filter[json.dumps(case["plain_filter"], sort_keys=True)]
        body = json.dumps(event_of(case, patterns["compared"]))
        for who, matches in matchers.items():
            if matches(patterns["patterns"], body) != case["passes"]:
                yield f"{case['name']}: {who} {'passes' if not case['passes'] else 'holds back'} it"
            if case["passes"] and not matches(patterns["topic_patterns"], body):
                yield f"{case['name']}: {who} holds it back at the topic"


def table() -> list[dict]:
    """The cases, with numbers as they are written."""
    text = (FOLDER / "cases.json").read_text()
    written = json.loads(text, parse_int=Written, parse_float=Written)
    plain = json.loads(text)
    return [case | {"plain_filter": twin["filter"]} for case, twin in zip(written, plain, strict=True)]


def main() -> int:
    cases, compiled = table(), json.loads((FOLDER / "compiled.json").read_text())
    matchers = {"moto": moto()}
    local = ministack()
    if local:
        matchers["the local cloud"] = local
    found = list(findings(matchers, cases, compiled))
    for finding in found:
        print(f"filters: {finding}")
    print(f"filters: {len(cases)} cases, {' and '.join(matchers)}: {len(found)} findings")
    return 1 if found or len(cases) < 60 else 0


if __name__ == "__main__":
    sys.exit(main())
