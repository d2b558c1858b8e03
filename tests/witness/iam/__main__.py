"""Checks every policy of the real plans. The largest ones: largest.py."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from witness.plan import make

from . import check, policies, sizes

ACCEPTED = Path(__file__).parent.parent / "approved" / "iam.json"

def findings(plans: Iterable[dict]) -> set[tuple[str, str, str]]:
    """Policy, sid and finding. A policy that is in two plans is checked once."""
    seen = {(policy.kind, policy.text): policy for plan in plans for policy in policies.policies(plan)}
    return {(policy.name, sid, text) for policy in seen.values() for sid, text in check.of_policy(policy)}


def unaccepted(found: set[tuple[str, str, str]], accepted: list[dict]) -> Iterator[str]:
    """One line for each finding that no entry accepts (by sid and start), and for each entry that accepts no finding."""
    used = set()
    for name, sid, text in sorted(found):
        fitting = [i for i, entry in enumerate(accepted) if entry["sid"] == sid and text.startswith(entry["finding"])]
        used.update(fitting)
        if not fitting:
            yield f"{name}, {sid}: {text}"
    for i, entry in enumerate(accepted):
        if i not in used:
            yield f"{entry['sid']}: {entry['finding']}: accepted, but no policy has it: take it out"


def main(arguments: list[str]) -> int:
    """Checks the real plans, or the JSON files named (of a plan or a state)."""
    plans = [json.loads(Path(path).read_text()) for path in arguments] or [make.kept(name) for name in make.PLANS]
    wrong = [line for plan in plans for line in policies.unknown(plan)]
    wrong += unaccepted(findings(plans), json.loads(ACCEPTED.read_text()))
    wrong += [line for plan in plans for line in sizes.too_large(plan)]
    looked = sum(1 for plan in plans for _ in policies.policies(plan))
    print("\n".join(wrong) or f"{looked} policies, nothing to object to")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
