"""Checks every role's size with variables as large as their own validations accept."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from witness.plan import make

from . import sizes

# Part of the message of a validation or precondition that knows IAM's limit: IAM then never sees the policy.
REFUSALS = ("IAM allows 10240", "IAM allows 10,240")

ENDPOINTS = 150
SUBSCRIPTIONS = 100
# As many as one subscription can name: a filter has 4,096 characters for them.
NAMED = 80


def name(kind: str, number: int) -> str:
    """A name of 24 characters: with the stack's, 100 of them fill the 3,000 that there are for subscriptions."""
    return f"{kind}-{number:03}".ljust(23, "x") + "z"


def variables(processor: str, subscriptions: int, named: int = 0, preset: str = "github", target: dict | None = None) -> dict:
    """`subscriptions` on one processor (or the target), each naming `named` endpoints of its own (0: all endpoints)."""
    known = [name("endpoint", i) for i in range(ENDPOINTS)]
    chosen = [[known[(i * named + j) % ENDPOINTS] for j in range(named)] for i in range(subscriptions)]
    return {
        "stack": "wt",
        "endpoints": {endpoint: {"preset": preset} for endpoint in known},
        "processors": {processor: {"kind": "lambda"}},
        "subscriptions": {
            name(processor, i): {"types": ["order.*"], "target": target or {"processor": processor}, **({"endpoints": ends} if ends else {})}
            for i, ends in enumerate(chosen)
        },
    }


# Each fills another policy: a processor's redeem policies, in three ways, those of a function `deliver`, and the authorizer's keys. Together
# they have the maximum of subscriptions, which fill the policy of watch. The last endpoints win: those with
# tokens.
CASES = {
    "many subscriptions to one processor": variables("many", SUBSCRIPTIONS - 42),
    "many endpoints in one subscription": variables("one", 1, named=NAMED),
    "many endpoints of an HTTP destination": variables("http", 1, named=NAMED, target={"http": {"url": "https://a.example/"}}),
    "many subscriptions that name endpoints": variables("named", 40, named=3),
    "many endpoints with tokens": variables("token", 0, preset="gitlab-token"),
}


def together() -> dict:
    """All cases in one plan, which takes a quarter of the time."""
    whole: dict = {"stack": "wt"}
    for member in ("endpoints", "processors", "subscriptions"):
        whole[member] = {key: value for case in CASES.values() for key, value in case[member].items()}
    return whole


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
    plans = {"everything large": planned(together())}
    if plans["everything large"] is None:
        # One of them may hide the total of the others.
        plans = {case: planned(variables) for case, variables in CASES.items()}
    for case, plan in plans.items():
        if plan is None:
            print(f"  {case}: refused by the plan")
            continue
        for role, characters in sizes.inline(plan).most_common(3):
            print(f"  {case}: {characters} characters in {role}")
        yield from (f"{case}: {finding}" for finding in sizes.too_large(plan))


if __name__ == "__main__":
    found = list(at_the_largest())
    print("\n".join(found) or "every role fits into IAM")
    sys.exit(1 if found else 0)
