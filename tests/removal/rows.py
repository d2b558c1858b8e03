"""statements.json: each statement of each role, with a test of the suite that fails without it, or why none does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "statements.json"


@dataclass(frozen=True)
class Row:
    """A statement of a role. `at` is where the run finds it: a role's name after the stack's, or a policy for people."""

    role: str
    sid: str
    at: str
    test: str | None
    reason: str | None


def rows(document: dict) -> Iterator[Row]:
    """Each row of the file."""
    for entry in document["statements"]:
        for sid, test in entry.get("tests", {}).items():
            yield Row(entry["role"], sid, entry["at"], test, None)
        for sid, reason in entry.get("none", {}).items():
            yield Row(entry["role"], sid, entry["at"], None, document["reasons"].get(reason))


def read() -> dict:
    """The file."""
    return json.loads(FILE.read_text())


def wrong(document: dict, known: set[tuple[str, str]], sids: set[str], tests: set[str]) -> Iterator[str]:
    """What the file lacks or has too much of.

    `known` has the statements of a plan, by role; `sids` is every statement's name in the sources of Terraform; `tests`
    are those of the suite.
    """
    found = list(rows(document))
    pairs = {(row.role, row.sid) for row in found}
    anywhere = {sid for role, sid in pairs if role == "every function"}
    for role, sid in sorted(known - pairs):
        if sid not in anywhere:
            yield f"{role} has the statement {sid}, and no row says which test needs it"
    for sid in sorted(sids - {sid for _, sid in pairs}):
        yield f"Terraform has a statement {sid}, and no row says which test needs it"
    for sid in sorted({sid for _, sid in pairs} - sids):
        yield f"there is a row for {sid}, and Terraform has no such statement"
    for row in found:
        if row.test is None and row.reason is None:
            yield f"{row.role}/{row.sid}: the reason is not among the reasons"
        if row.test is not None and row.test not in tests:
            yield f"{row.role}/{row.sid}: the suite has no test {row.test}"
    used = {key for entry in document["statements"] for key in entry.get("none", {}).values()}
    for key in sorted(document["reasons"].keys() - used):
        yield f"no row has the reason {key}"
