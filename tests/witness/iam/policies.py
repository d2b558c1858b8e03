"""Every policy of a plan or a state, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from witness.plan import document

# Where a policy is, by resource type: its attribute, and whether it belongs to a role (identity) or to a
# resource.
PLACES = {
    "aws_iam_role_policy": ("policy", "identity"),
    "aws_iam_role": ("assume_role_policy", "trust"),
    "aws_sqs_queue": ("policy", "resource"),
    "aws_sqs_queue_policy": ("policy", "resource"),
    "aws_sns_topic_policy": ("policy", "resource"),
    "aws_s3_bucket_policy": ("policy", "resource"),
    "aws_kms_key": ("policy", "resource"),
    "aws_dynamodb_resource_policy": ("policy", "resource"),
    "aws_secretsmanager_secret_policy": ("policy", "resource"),
}


@dataclass(frozen=True)
class Policy:
    """A policy document and where it comes from."""

    name: str
    kind: str
    text: str

    @property
    def statements(self) -> list[dict]:
        """Its statements."""
        found = json.loads(self.text)["Statement"]
        return found if isinstance(found, list) else [found]


def many(value: str | list[str] | None) -> list[str]:
    """IAM writes one value with or without a list."""
    return [value] if isinstance(value, str) else value or []


def policies(shown: dict) -> Iterator[Policy]:
    """The policies of roles and of resources, and those in outputs."""
    for resource in document.resources(shown):
        attribute, kind = PLACES.get(resource["type"], ("", ""))
        if text := resource["values"].get(attribute):
            yield Policy(resource["address"], kind, text)
    for name, text in (document.changed_output(shown, "operator_policies") or {}).items():
        yield Policy(f"output.operator_policies.{name}", "identity", text)
    for name, subscription in (document.changed_output(shown, "subscriptions") or {}).items():
        yield Policy(f"output.subscriptions.{name}", "identity", subscription["redeem_policy_json"])


def unknown(shown: dict) -> Iterator[str]:
    """Policies that the plan does not know, which therefore cannot be checked: plan/names.py lacks a name."""
    required = {kind: place for kind, place in PLACES.items() if kind != "aws_sqs_queue"}
    for resource in document.resources(shown):
        attribute, _ = required.get(resource["type"], ("", ""))
        if attribute and not resource["values"].get(attribute):
            yield f"{resource['address']}: the plan does not know its {attribute}: teach plan/names.py the ARN it holds"
