"""Finds values in a real plan that no line of ours sets, and that are not approved.

The provider has defaults of its own, and `terraform test` with a mock provider shows none of them. One of them would have
made API Gateway answer 401 to every delivery. So each is either set by us, or stands in approved/defaults.json with the
reason why it is right.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .plan import document, make

APPROVED = Path(__file__).parent / "approved" / "defaults.json"

# The source that every request has. Anything else makes API Gateway answer 401 by itself where it
# is missing. https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html
IDENTITY_SOURCE = "context.identity.sourceIp"

def is_set(expression: Any) -> bool:
    """Whether an expression of the configuration gives a value. A plain null leaves it to the provider."""
    return isinstance(expression, list) or bool(expression.get("references")) or expression.get("constant_value") is not None


def names_within(expression: Any) -> set[str]:
    """Every name that is given a value inside a block, at any depth."""
    if isinstance(expression, list):
        return set().union(*map(names_within, expression))
    if not isinstance(expression, dict) or "references" in expression or "constant_value" in expression:
        return set()
    return {name for name, given in expression.items() if is_set(given)}.union(*map(names_within, expression.values()))


def dynamic_names(configuration: str) -> dict[str, set[str]]:
    """By resource type: the names of `dynamic` blocks and of everything in them. A plan's JSON lacks them."""
    found: dict[str, set[str]] = {}
    for kind, body in re.findall(r'^resource "(\w+)" "\w+" \{\n(.*?)^\}', configuration, re.MULTILINE | re.DOTALL):
        for indent, block, inside in re.findall(r'^( +)dynamic "(\w+)" \{\n(.*?)^\1\}', body, re.MULTILINE | re.DOTALL):
            names = re.findall(r'^\s*(?:dynamic ")?(\w+)"?\s*[={]', inside, re.MULTILINE)
            found.setdefault(kind, set()).update([block, *names])
    return found


def written(plan: dict, configuration: str) -> dict[str, dict[str, set[str]]]:
    """By resource type and attribute: the names that our code sets inside it (none for an argument)."""
    found: dict[str, dict[str, set[str]]] = {}
    dynamic = dynamic_names(configuration)
    for resource in document.configured(plan):
        kind = resource["type"]
        ours = found.setdefault(kind, {name: dynamic[kind] for name in dynamic.get(kind, ())})
        for name, expression in resource.get("expressions", {}).items():
            if is_set(expression):
                ours[name] = ours.get(name, set()) | names_within(expression) | dynamic.get(kind, set())
    return found


def is_block(value: Any) -> bool:
    """Whether a value is that of a block: Terraform gives those as lists of objects."""
    return isinstance(value, list) and all(isinstance(member, dict) for member in value)


def within(block: dict, ours: set[str], path: str) -> Iterator[tuple[str, Any]]:
    """The values in a block that our code does not set."""
    for name, value in block.items():
        if value in (None, "", [], {}):
            continue
        if name not in ours:
            yield path + name, value
        elif is_block(value):
            for inner in value:
                yield from within(inner, ours, f"{path}{name}.")


def hidden(plan: dict, configuration: str) -> set[str]:
    """Every default of a plan, as JSON, so that a set can hold it."""
    ours = written(plan, configuration)
    found = set()
    for resource in document.resources(plan):
        kind, values = resource["type"], resource["values"]
        for name, value in values.items():
            if value in (None, "", [], {}) or name in ("tags", "tags_all"):
                continue
            known = ours.get(kind, {}).get(name)
            if known is None:
                found.add(json.dumps([kind, name, value], sort_keys=True))
            elif known and is_block(value):
                for block in value:
                    found.update(json.dumps([kind, *default], sort_keys=True) for default in within(block, known, f"{name}."))
    return found


def unapproved(found: set[str], approved: dict) -> Iterator[str]:
    """One line for each default that is not approved, and for each approval that no plan needs."""
    allowed = {json.dumps([kind, name, entry["value"]], sort_keys=True) for kind, names in approved.items() for name, entry in names.items()}
    for kind, attribute, value in sorted(map(json.loads, found - allowed), key=json.dumps):
        yield f"{kind}.{attribute} = {json.dumps(value)}: the provider's default; set it, or approve it with a reason"
    for kind, attribute, value in sorted(map(json.loads, allowed - found), key=json.dumps):
        yield f"{kind}.{attribute} = {json.dumps(value)}: approved, but no plan has it: take it out"


def wrong_identity_source(plan: dict) -> Iterator[str]:
    """An authorizer whose identity source some requests lack."""
    for authorizer in document.of_type(plan, "aws_api_gateway_authorizer"):
        source = authorizer["values"].get("identity_source")
        if source != IDENTITY_SOURCE:
            yield f"{authorizer['address']}: identity_source is {source}, so requests without it get a 401; it must be {IDENTITY_SOURCE}"


def main() -> int:
    """Looks at every plan."""
    configuration = "\n".join(path.read_text() for path in sorted((make.ROOT / "terraform").rglob("*.tf")))
    plans = {name: make.kept(name) for name in make.PLANS}
    found = set().union(*(hidden(plan, configuration) for plan in plans.values()))
    findings = list(unapproved(found, json.loads(APPROVED.read_text())))
    findings += [finding for plan in plans.values() for finding in wrong_identity_source(plan)]
    print("\n".join(findings) or f"{len(found)} values come from the provider, and all are approved")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
