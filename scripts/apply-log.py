"""Copies Terraform's output to a file and to the screen: `terraform apply 2>&1 | apply-log.py FILE`.

The screen shows everything at once, except the outputs at the end, some 900 lines. Terraform's question ends without a
newline, and you must see it.
"""

import os
import signal
import sys

OUTPUTS = b"\nOutputs:\n"


def shown(held, more):
    """The text to show now, the text to hold because it may begin the outputs, and whether they have begun."""
    text = held + more
    at = text.find(OUTPUTS)
    if at >= 0:
        return text[:at], b"", True
    keep = next((n for n in range(len(OUTPUTS) - 1, 0, -1) if text.endswith(OUTPUTS[:n])), 0)
    return text[: len(text) - keep], text[len(text) - keep :], False


def show(text):
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def main():
    # On Ctrl-C Terraform stops by itself and reports what it left.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    held, ended = b"", False
    with open(sys.argv[1], "wb") as file:
        while more := os.read(0, 65536):
            file.write(more)
            file.flush()
            if not ended:
                now, held, ended = shown(held, more)
                show(now)
    show(held)


if __name__ == "__main__":
    main()
