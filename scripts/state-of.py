"""Reads a Terraform state on stdin and prints which stack it belongs to: stack, account and region, separated by tabs.

It prints nothing for a state without resources. If the state holds resources of several stacks, accounts or regions, it
prints a line for each: then the state is not usable.

    state-of.py --protected

prints instead, in one line, the resources that would stop a destroy. By then the API would be deleted already.
"""

import json
import re
import sys

# The services whose ARNs name a region and an account.
ARN = re.compile(r"arn:[a-z-]+:(?:dynamodb|kms|lambda|sqs):([a-z0-9-]+):(\d{12}):")


def made(resource):
    """The stack, account and region of one resource."""
    for instance in resource["instances"]:
        attributes = instance.get("attributes") or {}
        arn = ARN.match(str(attributes.get("arn") or ""))
        stack = (attributes.get("tags_all") or {}).get("stack")
        if arn and stack:
            yield stack, arn[2], arn[1]


def protected(resource):
    """Resources that AWS refuses to delete, or deletes only if they are empty."""
    for instance in resource["instances"]:
        attributes = instance.get("attributes") or {}
        if resource["type"] == "aws_dynamodb_table" and attributes.get("deletion_protection_enabled"):
            yield f"table {attributes.get('name')} (deletion_protection = true)"
        if resource["type"] == "aws_s3_bucket" and not attributes.get("force_destroy"):
            yield f"bucket {attributes.get('bucket')} (force_destroy = false)"


def main():
    text = sys.stdin.read()
    state = json.loads(text) if text.strip() else {}
    managed = [resource for resource in state.get("resources", []) if resource["mode"] == "managed"]
    if sys.argv[1:] == ["--protected"]:
        print(", ".join(sorted(kept for resource in managed for kept in protected(resource))))
        return
    for of in sorted({of for resource in managed for of in made(resource)}):
        print(*of, sep="\t")


if __name__ == "__main__":
    main()
