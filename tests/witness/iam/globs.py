"""Do two patterns of ARNs have a text in common?

`*` and `?` are IAM's. `%` stands for a name in a format of AWS's: any text without `/` and `:`.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Names that may contain a slash, or more than one part.
LONG = {"LogGroupName", "LogStreamName", "ObjectName", "SecretId", "RoleNameWithPath", "KeyId", "StreamLabel"}


@lru_cache(maxsize=None)
def overlap(one: str, other: str) -> bool:
    """Whether some text fits both: `log-group:x:*` and `log-group:*:log-stream:*` do, `bucket/x` and `%` do not."""
    if not one or not other:
        return not (one + other).strip("*%")
    if one[0] == "*":
        return overlap(one[1:], other) or overlap(one, other[1:])
    if other[0] == "*":
        return overlap(other, one)
    if one[0] == "%":
        return overlap(one[1:], other) or (other[0] not in "/:" and overlap(one, other[1:]))
    if other[0] == "%":
        return overlap(other, one)
    return ("?" in (one[0], other[0]) or one[0] == other[0]) and overlap(one[1:], other[1:])


def of_arn_format(arn_format: str) -> str:
    """AWS's `arn:${Partition}:sqs:${Region}:...` as a pattern."""
    return re.sub(r"\$\{([^}]+)\}", lambda name: "*" if name[1] in LONG else "%", arn_format)
