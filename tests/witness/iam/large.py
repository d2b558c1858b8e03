"""Variables as large as the variables' own validations let through, to see what still fits into IAM."""

from __future__ import annotations

ENDPOINTS = 150
SUBSCRIPTIONS = 100


def name(kind: str, number: int) -> str:
    """A name of 24 characters: with the stack's, 100 of them fill the 3,000 that there are for subscriptions."""
    return f"{kind}-{number:03}".ljust(23, "x") + "z"


def endpoints(count: int = ENDPOINTS) -> dict:
    """Half verified by ingest and half by the authorizer alone, whose keys are named in its policy."""
    return {name("endpoint", i): {"preset": "gitlab-token" if i % 2 else "github"} for i in range(count)}


def variables(named: int, subscriptions: int, headers_only: bool) -> dict:
    """`subscriptions` on one processor, each naming `named` endpoints of its own (0: all endpoints)."""
    known = list(endpoints())
    chosen = [[known[(i * named + j) % len(known)] for j in range(named)] for i in range(subscriptions)]
    return {
        "stack": "wt",
        "endpoints": endpoints() if headers_only else {each: {"preset": "github"} for each in known},
        "processors": {"worker": {"kind": "lambda"}},
        "subscriptions": {
            name("sub", i): {"types": ["order.*"], "target": {"processor": "worker"}, **({"endpoints": ends} if ends else {})}
            for i, ends in enumerate(chosen)
        },
    }


# Each presses on another policy: the watch's list of pipes, a processor's redeem policies, the authorizer's keys.
CASES = {
    "many subscriptions to one processor": variables(named=0, subscriptions=SUBSCRIPTIONS, headers_only=False),
    "many endpoints in one subscription": variables(named=ENDPOINTS, subscriptions=1, headers_only=False),
    "many subscriptions that name endpoints": variables(named=3, subscriptions=40, headers_only=False),
    "many endpoints with token schemes": variables(named=0, subscriptions=1, headers_only=True),
}
