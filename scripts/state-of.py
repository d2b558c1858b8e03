"""Reads a state of Terraform on stdin and says what it is the state of: stack, account and region, separated by tabs.

Prints nothing for a state without resources. Where the state holds things of more than one stack, account or region it
prints a line for each: such a state is nobody's.
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


def main():
    text = sys.stdin.read()
    state = json.loads(text) if text.strip() else {}
    found = {of for resource in state.get("resources", []) if resource["mode"] == "managed" for of in made(resource)}
    for of in sorted(found):
        print(*of, sep="\t")


if __name__ == "__main__":
    main()
