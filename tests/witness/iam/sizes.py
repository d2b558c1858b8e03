"""How much of IAM's limit each role uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from witness.plan import document

# All inline policies of a role together, without white space; and one managed policy, which an output may become.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
ROLE, MANAGED, TRUST = 10_240, 6_144, 2_048


def size(text: str) -> int:
    """Characters that IAM counts."""
    return len("".join(text.split()))


def inline(shown: dict) -> Counter[str]:
    """By role: the characters of its inline policies."""
    found: Counter[str] = Counter()
    for resource in document.of_type(shown, "aws_iam_role_policy"):
        found[resource["address"].partition(".aws_iam_role_policy.")[0]] += size(resource["values"]["policy"])
    return found


def too_large(shown: dict) -> Iterator[str]:
    """Roles that IAM would refuse."""
    for role, characters in inline(shown).items():
        if characters > ROLE:
            yield f"{role}: {characters} characters of inline policies; IAM takes {ROLE}"
    for resource in document.of_type(shown, "aws_iam_role"):
        characters = size(resource["values"].get("assume_role_policy") or "")
        if characters > TRUST:
            yield f"{resource['address']}: a trust policy of {characters} characters; IAM takes {TRUST}"
