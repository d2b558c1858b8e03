"""Reads a state of Terraform on stdin and says what it is the state of: stack, account and region, separated by tabs.

Prints nothing for a state without resources. Where the state holds things of more than one stack, account or region it
prints a line for each: such a state is nobody's.

    state-of.py --protected

says instead, in one line, what a destroy would not get through: by then the API would be gone.
"""

import json
import re
import sys

# The services whose ARNs name a region and an account.
ARN = re.compile(r"arn:[a-z-]+:(?:dynamodb|kms|lambda|sqs):([a-z0-9-]+):(\d{12}):")


def made(resource):
    """What one resource says of where it was made."""
    for instance in resource["instances"]:
        attributes = instance.get("attributes") or {}
        arn = ARN.match(str(attributes.get("arn") or ""))
        stack = (attributes.get("tags_all") or {}).get("stack")
        if arn and stack:
            yield stack, arn[2], arn[1]


def protected(resource):
    """What AWS refuses to delete, or deletes only while it is empty."""
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
