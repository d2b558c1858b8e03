"""Checks on a real plan that every role, function, log group and store has what a company demands of it.

The plan has each guardrail set (variables/guardrails.tfvars). What is demanded here is what organisations write into
service control policies and permissions boundaries: a boundary and a path on every role, tags, a key of one's own,
retention, a VPC, nothing public, nothing without TLS.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator

from .plan import document, make

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
PATH = "/platform/webhooks/"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-4333-8444-555555555555"
RETENTION_DAYS = 30
TAGS = {"cost-centre": "4711", "owner": "platform", "stack": "coatcheck"}
SUBNETS = {"subnet-0123456789abcdef0", "subnet-0123456789abcdef1"}
GROUPS = {"sg-0123456789abcdef0"}

Values = dict
Rule = tuple[str, Callable[[Values], bool]]


def refuses_plain_http(policy: str | None) -> bool:
    """Whether a resource's policy denies everyone what comes without TLS."""
    statements = json.loads(policy or "{}").get("Statement", [])
    return any(
        one["Effect"] == "Deny" and one.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") == "false" for one in statements
    )


def in_vpc(values: Values) -> bool:
    return any(set(one["subnet_ids"]) == SUBNETS and set(one["security_group_ids"]) == GROUPS for one in values["vpc_config"])


# By type: what each resource of it must have. The attributes are the provider's.
RULES: dict[str, list[Rule]] = {
    "aws_iam_role": [
        ("the permissions boundary", lambda v: v["permissions_boundary"] == BOUNDARY),
        ("the path", lambda v: v["path"] == PATH),
    ],
    "aws_lambda_function": [("the VPC", in_vpc)],
    "aws_cloudwatch_log_group": [
        ("the key", lambda v: v["kms_key_id"] == KEY),
        ("the retention", lambda v: v["retention_in_days"] == RETENTION_DAYS),
    ],
    "aws_dynamodb_table": [
        ("the key", lambda v: [(one["enabled"], one["kms_key_arn"]) for one in v["server_side_encryption"]] == [(True, KEY)]),
    ],
    "aws_sqs_queue": [
        ("the key", lambda v: v["kms_master_key_id"] == KEY),
        ("the refusal of plain HTTP", lambda v: refuses_plain_http(v["policy"])),
    ],
    "aws_sns_topic": [("the key", lambda v: v["kms_master_key_id"] == KEY)],
    "aws_sns_topic_policy": [("the refusal of plain HTTP", lambda v: refuses_plain_http(v["policy"]))],
    "aws_secretsmanager_secret": [("the key", lambda v: v["kms_key_id"] == KEY)],
    "aws_s3_bucket_policy": [("the refusal of plain HTTP", lambda v: refuses_plain_http(v["policy"]))],
    "aws_s3_bucket_public_access_block": [
        (name, lambda v, name=name: v[name] is True)
        for name in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    ],
    "aws_s3_bucket_server_side_encryption_configuration": [
        (
            "the key",
            lambda v: all(
                default["kms_master_key_id"] == KEY and default["sse_algorithm"] == "aws:kms"
                for rule in v["rule"]
                for default in rule["apply_server_side_encryption_by_default"]
            ),
        ),
    ],
    "aws_kms_key": [("no key of its own beside yours", lambda _: False)],
    "aws_lambda_function_url": [("no public URL of a function", lambda _: False)],
}

# What is not held to them, by its type and a part of its address, and why.
EXEMPT = {
    ("aws_s3_bucket_server_side_encryption_configuration", ".truststore["): "what CAs publish is no secret, and it is encrypted by S3",
    ("aws_s3_object", ".truststore["): "S3 takes ten tags of an object; its bucket has all",
}

# A plan without one of these would prove nothing about it.
NEEDED = {kind for kind in RULES if kind not in ("aws_kms_key", "aws_lambda_function_url")}


def findings(plan: dict) -> Iterator[str]:
    """What is missing, a line each."""
    seen: Counter[str] = Counter()
    for resource in document.resources(plan):
        kind, values = resource["type"], resource["values"]
        if any(kind == of and part in resource["address"] for of, part in EXEMPT):
            continue
        seen[kind] += 1
        for what, holds in RULES.get(kind, []):
            if not holds(values):
                yield f"{resource['address']}: lacks {what}"
        if "tags" in values and not TAGS.items() <= (values["tags"] or {}).items():
            yield f"{resource['address']}: lacks tags, has {values['tags']}"
    yield from (f"the plan has no {kind}" for kind in sorted(NEEDED - seen.keys()))


def endpoint_findings(plan: dict) -> Iterator[str]:
    """Whether the VPC endpoints that the stack names are those of AWS (PrivateLink's list, in models/)."""
    named = document.changed_output(plan, "vpc_endpoints")
    if not named or not {"dynamodb", "s3", "secretsmanager", "sqs"} <= set(named):
        yield f"the output vpc_endpoints is {named}"


def main() -> int:
    plan = make.kept("guardrails")
    found = [*findings(plan), *endpoint_findings(plan)]
    for line in found:
        print(line)
    if not found:
        print(f"{sum(1 for _ in document.resources(plan))} resources have every guardrail; endpoints: "
              + ", ".join(document.changed_output(plan, "vpc_endpoints")))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
