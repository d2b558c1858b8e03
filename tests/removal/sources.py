"""What statements there are, and what tests, as the sources say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# `terraform test` compares it with a real plan, statement by statement.
EXPECTED = ROOT / "terraform" / "tests" / "policies.expected.json"

# Statements of resources, which no role has: of the key, the bucket, the topic and the queues.
OF_RESOURCES = {
    "AccountGovernsThroughIam", "EventBridgeDeliversToAdmitsEncryptedQueues", "LogGroupsOfThisStack", "OnlyOverTls",
    "OnlyTls12AndLater", "RulesDeliver", "TopicDelivers", "TopicDeliversToEncryptedQueues",
}

# A statement's name: of a policy document, of a map of rights, or of the use of a key.
SID = re.compile(r'\b[sS]id\s*=\s*"([A-Za-z0-9]+)"|\b([A-Z][A-Za-z0-9]+)\s*=\s*\{\s*use\s*=')

# A whole role has its own name; many of a kind share that of the kind.
SINGLE = {"admit", "admit-schema", "authorizer", "fan", "ingest", "ingest-schema", "redact", "rehydrate", "sweep", "watch"}


def role_of(name: str) -> str:
    """The role of a name without the stack's: function-ingest, pipe-audit."""
    kind, _, rest = name.partition("-")
    if kind == "function":
        return rest if rest in SINGLE else "deliver" if rest.startswith("deliver-") else "processor"
    if kind == "pipe":
        return name if rest in ("router", "fan") else "pipe"
    return {"workflow": "workflow"}.get(kind, name)


def of_holder(holder: str, policy: str) -> str | None:
    """The role of a policy in policies.expected.json; None where it is no role's."""
    if policy.endswith("trust"):
        return None
    if policy.startswith("workflow-"):
        return "workflow"
    if holder == "operators":
        return policy
    kind = holder.partition("_")[0]
    if kind == "subscription":
        return None if policy in ("queue", "dlq") else "pipe"
    if kind in ("processor", "deliver"):
        return kind
    return {"router": "pipe-router", "fan_pipe": "pipe-fan", "api_direct": "api-direct"}.get(
        holder, holder if holder in SINGLE else None
    )


def known() -> set[tuple[str, str]]:
    """Role and sid of each statement that the plan of `terraform test` has."""
    found = set()
    for holder, policies in json.loads(EXPECTED.read_text()).items():
        for policy, statements in policies.items():
            if role := of_holder(holder, policy):
                found |= {(role, statement.split(" ")[1]) for statement in statements}
    return found


def sids() -> set[str]:
    """Every statement of a role in the sources of Terraform."""
    files = (path for path in (ROOT / "terraform").rglob("*.tf") if "tests" not in path.parts and ".terraform" not in path.parts)
    found = {one or other for path in files for one, other in SID.findall(path.read_text())}
    return found - OF_RESOURCES


def tests() -> Iterator[str]:
    """The names of the suite's tests, as cargo test prints them."""
    folder = ROOT / "tests" / "it"
    for path in folder.rglob("*.rs"):
        parts = [part for part in path.relative_to(folder).with_suffix("").parts if part != "mod"]
        for name in re.findall(r"#\[tokio::test[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*async fn (\w+)", path.read_text()):
            yield "::".join([*parts, name])
