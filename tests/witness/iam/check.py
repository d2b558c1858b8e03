"""Checks statements against IAM's own list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parliament import analyze_policy_string

from .database import Action, action
from .globs import of_arn_format, overlap
from .policies import Policy, many

# Parliament's findings that our checks do better, with the action's name.
LEFT_TO_US = {"RESOURCE_MISMATCH", "RESOURCE_STAR", "UNKNOWN_ACTION"}


def knows_key(known: Action, key: str) -> bool:
    """Whether an action supports a condition key. kms:EncryptionContext:${Key} and s3:RequestObjectTag/<key> are patterns."""
    return key.startswith("aws:") or any(overlap(of_condition(pattern), key) for pattern in known.conditions)


def of_condition(pattern: str) -> str:
    """AWS's condition key as a pattern. A tag's name may contain a slash and a colon."""
    return re.sub(r"\$\{[^}]+\}|<[^>]+>", "*", pattern)


def of_resources(name: str, known: Action, resources: list[str]) -> Iterator[str]:
    """Resources that the action does not support."""
    typed = {of_arn_format(pattern) for pattern in known.formats} - {"*"}
    for resource in resources:
        if not typed and resource != "*":
            yield f"{name} supports the resource * only, not {resource}"
        elif typed and resource == "*" and "*" not in known.formats:
            yield f"{name} is granted for *, although it takes {', '.join(sorted(typed))}"
        elif typed and resource != "*" and not any(overlap(pattern, resource) for pattern in typed):
            yield f"{name} takes {', '.join(sorted(typed))}, not {resource}"


def of_statement(statement: dict, kind: str) -> Iterator[str]:
    """What is wrong with the actions, resources and conditions of a statement."""
    # A resource's policy concerns only that resource, and a key's policy says * for the key itself.
    resources = many(statement.get("Resource")) if kind == "identity" else []
    for name in many(statement.get("Action")):
        if name == "*" or name.endswith(":*"):
            continue
        known = action(name)
        if known is None:
            yield f"{name} is no action that AWS knows"
            continue
        yield from of_resources(name, known, resources)
        for keys in statement.get("Condition", {}).values():
            for key in keys:
                if not knows_key(known, key.lower()):
                    yield f"{name} does not support the condition key {key}"


def of_policy(policy: Policy) -> Iterator[tuple[str, str]]:
    """Sid and finding, for each finding."""
    for statement in policy.statements:
        for finding in of_statement(statement, policy.kind):
            yield statement.get("Sid", "-"), finding
    if policy.kind == "identity":
        for finding in analyze_policy_string(policy.text).findings:
            if finding.issue not in LEFT_TO_US:
                yield "-", f"{finding.issue}: {finding.detail}"
