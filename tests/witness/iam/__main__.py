"""Checks every policy of the real plans, and every role's size at the largest variables."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from witness.plan import make

from . import check, large, policies, sizes

ACCEPTED = Path(__file__).parent.parent / "approved" / "iam.json"

# Part of the message of a validation or precondition that knows IAM's limit: IAM then never sees the policy.
REFUSALS = ("IAM allows 10240", "IAM allows 10,240")


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


def planned(variables: dict) -> dict | None:
    """The plan with these variables; None if it refuses because it knows IAM's limit."""
    with tempfile.NamedTemporaryFile("w", suffix=".tfvars.json") as file:
        json.dump(variables, file)
        file.flush()
        try:
            return make.make([Path(file.name)])
        except make.PlanFailed as refused:
            if not any(refusal in " ".join(str(refused).split()) for refusal in REFUSALS):
                raise
            return None


def at_the_largest() -> Iterator[str]:
    """Roles that are too large although the variables' validations accept them."""
    plans = {"everything large": planned(large.together())}
    if plans["everything large"] is None:
        # One of them may hide the total of the others.
        plans = {case: planned(variables) for case, variables in large.CASES.items()}
    for case, plan in plans.items():
        if plan is None:
            print(f"  {case}: refused by the plan")
            continue
        for role, characters in sizes.inline(plan).most_common(3):
            print(f"  {case}: {characters} characters in {role}")
        yield from (f"{case}: {finding}" for finding in sizes.too_large(plan))


def main(arguments: list[str]) -> int:
    """Checks the real plans, or the JSON files named (of a plan or a state), and without any the largest too."""
    plans = [json.loads(Path(path).read_text()) for path in arguments] or [make.kept(name) for name in make.PLANS]
    wrong = [line for plan in plans for line in policies.unknown(plan)]
    wrong += unaccepted(findings(plans), json.loads(ACCEPTED.read_text()))
    wrong += [line for plan in plans for line in sizes.too_large(plan)]
    if not arguments:
        wrong += at_the_largest()
    looked = sum(1 for plan in plans for _ in policies.policies(plan))
    print("\n".join(wrong) or f"{looked} policies, nothing to object to")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
