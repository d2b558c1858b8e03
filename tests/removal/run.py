"""Takes statements away, one after the other, and runs the test that should notice."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from . import rows
from .cloud import Absent, Cloud
from .rows import Row

# A test that waits for what does not come has failed: after this, or after so many times what it takes otherwise.
AT_LEAST_S = 45
TIMES = 4
SUITE = ["cargo", "test", "--quiet", "--workspace", "--test", "suite", "--", "--exact"]


class Suite:
    """The end-to-end suite, one test at a time."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.green: dict[str, float | None] = {}

    def passes(self, test: str, more: dict[str, str], limit: float | None = None) -> bool:
        """Whether a test passes within the limit. One that is not there passes nothing."""
        environment = {**os.environ, **self.cloud.environment(), **more}
        process = subprocess.Popen([*SUITE, test], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0)
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 15)
            process.communicate()
            return False
        return process.returncode == 0 and "1 passed" in output

    def takes(self, test: str) -> float | None:
        """How long a test takes with all rights in place, in seconds; None if it fails."""
        if test not in self.green:
            start = time.monotonic()
            passed = self.passes(test, {})
            self.green[test] = time.monotonic() - start if passed else None
        return self.green[test]


def judge(cloud: Cloud, suite: Suite, row: Row) -> tuple[bool, str]:
    """Whether the test noticed, and in words."""
    took = suite.takes(row.test)
    if took is None:
        return False, "not judged: the test fails with all rights in place"
    start = time.monotonic()
    try:
        with cloud.without(row) as more:
            passed = suite.passes(row.test, more, max(AT_LEAST_S, TIMES * took))
    except Absent as absent:
        return False, f"not judged: {absent}"
    return not passed, f"{'STILL GREEN' if passed else 'red'} ({took:.0f} s with it, {time.monotonic() - start:.0f} s without)"


def run(cloud: Cloud, chosen: list[str]) -> int:
    """Judges the chosen rows (ROLE, or ROLE/SID), or all that have a test; prints a table."""
    found = list(rows.rows(rows.read()))
    known = {(row.role, row.sid) for row in found}
    missing = sorted(f"{role}/{sid}" for role, sid in cloud.statements() - known if ("every function", sid) not in known)
    for name in missing:
        print(f"the stack has {name}, and no row says which test needs it", file=sys.stderr)
    judged = [row for row in found if row.test and (not chosen or row.role in chosen or f"{row.role}/{row.sid}" in chosen)]
    if not judged:
        print("no row was chosen", file=sys.stderr)
        return 2
    suite, red = Suite(cloud), 0
    print("| role | statement | test | without it |\n|---|---|---|---|")
    for row in judged:
        noticed, words = judge(cloud, suite, row)
        red += noticed
        print(f"| {row.role} | {row.sid} | `{row.test}` | {words} |", flush=True)
    print(f"{red} of {len(judged)} statements: their test goes red without them", file=sys.stderr)
    return 0 if red == len(judged) and not missing else 1
