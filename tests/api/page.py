"""docs/api.md names every path, status and code."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/api.md"


def codes(text: str) -> set[tuple[str, str]]:
    """The statuses and codes in the table of answers: the status in the first column, codes in the second."""
    found = set()
    for status, names in re.findall(r"^\| (\d\d\d|4XX) \| ([^|]*) \|", text, re.MULTILINE):
        found |= {(status, name) for name in re.findall(r"`([a-z0-9_]+)`", names)}
    return found


def findings(text: str, paths: set[tuple[str, str]], described: set[tuple[str, str]]) -> list[str]:
    """What the page lacks or has too much."""
    named = set(re.findall(r"`(GET|HEAD|POST) (/[a-z]+/\{endpoint\})`", text))
    found = [f"docs/api.md does not name {method} {path}" for method, path in sorted(paths - named)]
    found += [f"docs/api.md names {method} {path}, which api/openapi.yaml does not have" for method, path in sorted(named - paths)]
    has = {(status, code) for status, code in codes(text) if code not in ("accepted", "duplicate", "erased")}
    found += [f"docs/api.md does not name {code} with {status}" for status, code in sorted(described - has)]
    found += [f"docs/api.md names {code} with {status}, which api/openapi.yaml does not have" for status, code in sorted(has - described)]
    return found
