"""Decides whether a failed `terraform apply`, read on stdin, only has to be repeated.

The exit code is 0 if it failed only at pipes, and only because IAM had not yet spread the rights of their roles. It is 1
if there is any other error, or none at all.

AWS may refuse a pipe that is created within minutes of its role and its stream, although everything is right:
https://github.com/hashicorp/terraform-provider-aws/issues/40572 (stream) and
https://github.com/terraform-aws-modules/terraform-aws-eventbridge/pull/133 (queue) show the two messages.
"""

import re
import sys

PIPE = re.compile(r"EventBridge Pipes Pipe \(")
LATE = re.compile(
    r"Cannot access stream .*ensure the customer role can perform actions on source stream"
    r"|provided customer role does not have permissions to call"
)


def errors(log):
    """Each error as one line, without Terraform's colours, frames and line breaks."""
    log = re.sub(r"\x1b\[[0-9;]*m", "", log)
    log = re.sub(r"^[ \t]*[│╷╵]", "", log, flags=re.MULTILINE)
    parts = re.split(r"^\s*Error: ", log, flags=re.MULTILINE)[1:]
    return [" ".join(part.split()) for part in parts]


def main():
    found = errors(sys.stdin.read())
    late = bool(found) and all(PIPE.search(error) and LATE.search(error) for error in found)
    sys.exit(0 if late else 1)


if __name__ == "__main__":
    main()
