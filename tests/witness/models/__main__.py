"""Checks recorded requests against AWS's models; exits 1 if one of them would be refused.

    python -m witness.models LOG [--deployer FILE]

LOG is what witness.models.recorder wrote. --deployer writes the IAM actions that Terraform's requests need.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policy_sentry.querying.all import get_all_actions

from witness.models import actions
from witness.models.decode import Call, Unknown, decode
from witness.models.rules import Violation, check
from witness.models.tap import Request


@dataclass
class Findings:
    """The results of a recording."""

    requests: int = 0
    distinct: int = 0
    operations: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    violations: dict[tuple[str, str, str], Counter[str]] = field(default_factory=dict)
    deployer: set[str] = field(default_factory=set)

    def add(self, entry: dict[str, Any], times: int = 1) -> None:
        """Checks one recorded request."""
        self.distinct += 1
        request = Request(entry["method"], entry["path"], entry["headers"], None, entry["length"])
        if entry["body"] is not None:
            request.body = base64.b64decode(entry["body"])
        try:
            call, found = judge(entry["service"], request)
        except (Unknown, ValueError, SyntaxError) as error:
            self.unread[f"{type(error).__name__}: {str(error)[:160]}"] += times
            return
        service = call.operation.service_model.service_name
        self.operations[f"{service} {call.operation.name}"] += times
        for one in found:
            self.violations.setdefault((service, one.rule, one.where), Counter())[one.what] += times
        if actions.is_deployer(request.headers.get("user-agent", "")):
            self.deployer |= actions.needed(entry["service"], request, call)


def judge(signed_for: str, request: Request) -> tuple[Call, list[Violation]]:
    """The call that a request makes, and every rule of the model that it breaks."""
    found: list[Violation] = []

    def report(rule: str, where: str, what: str) -> None:
        found.append(Violation(rule, where, what))

    call = decode(signed_for, request, report)
    shape = call.operation.input_shape
    if shape is not None:
        check(shape, call.parameters, call.operation.name, report)
    if not call.body_seen:
        found = [one for one in found if one.rule != "required"]
    return call, found


def entries(log: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """The distinct requests of a recording, and how often each was sent. A torn last line is passed over."""
    distinct: list[dict[str, Any]] = []
    times: Counter[int] = Counter()
    with log.open(encoding="utf-8") as lines:
        for text in lines:
            if not text.endswith("\n"):
                break
            entry = json.loads(text)
            if "again" in entry:
                times[entry["again"]] += 1
            else:
                times[len(distinct)] += 1
                distinct.append(entry)
    for number, entry in enumerate(distinct):
        yield entry, times[number]


def show(findings: Findings, seconds: float) -> None:
    """Prints the sums, then every finding on a line of its own."""
    print(
        f"{findings.requests} requests, {findings.distinct} of them distinct, {len(findings.operations)} operations: "
        f"{len(findings.violations)} violations, {len(findings.unread)} unread ({seconds:.0f} s)"
    )
    for (service, rule, where), whats in sorted(findings.violations.items()):
        print(f"  {service}: {where}: {rule}: {sum(whats.values())} times, e.g. {whats.most_common(1)[0][0]}")
    for what, times in findings.unread.most_common():
        print(f"  cannot be read: {what}: {times} times")


def main() -> int:
    """Reads the arguments, checks, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("--deployer", type=Path)
    parser.add_argument("--operations", action="store_true", help="list the operations seen")
    arguments = parser.parse_args()
    start = time.monotonic()
    findings = Findings()
    for entry, times in entries(arguments.log):
        findings.requests += times
        findings.add(entry, times)
    if arguments.operations:
        for name, times in sorted(findings.operations.items()):
            print(f"  {name} {times}")
    show(findings, time.monotonic() - start)
    unknown: set[str] = set()
    if arguments.deployer:
        arguments.deployer.write_text("".join(f"{one}\n" for one in sorted(findings.deployer)), encoding="ascii")
        print(f"{len(findings.deployer)} actions of the deployer: {arguments.deployer}")
        unknown = findings.deployer - set(get_all_actions())
        print(*[f"  IAM has no action {one}: name the right one in actions.py\n" for one in sorted(unknown)], sep="", end="")
    if not findings.requests:
        print("the recording is empty")
    return 1 if findings.violations or findings.unread or unknown or not findings.requests else 0


if __name__ == "__main__":
    sys.exit(main())
