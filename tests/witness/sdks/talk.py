"""The three programs that are asked: our engine in Rust, and the libraries in node and in Python.

Each is a process that reads one question a line.
"""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Delivery:
    """What a provider sends: headers as pairs, names in lower case, and the body's bytes."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header."""
        return dict(self.headers).get(name)

    def with_header(self, name: str, value: str | None) -> Delivery:
        """The same with one header replaced; None removes it."""
        kept = ((have, value if have == name else old) for have, old in self.headers)
        return replace(self, headers=tuple((have, new) for have, new in kept if new is not None))


class Failure(Exception):
    """One of the three programs failed."""


class Process:
    """A process that answers each line with one."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **question) -> dict:
        """The answer."""
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Failure(f"{self.process.args[0]} ended with {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise Failure(answer["error"])
        return answer

    def close(self) -> None:
        """Ends it."""
        self.process.stdin.close()
        self.process.wait(timeout=30)


def _asked(delivery: Delivery) -> dict:
    return {"headers": delivery.headers, "body": base64.b64encode(delivery.body).decode()}


@dataclass(frozen=True)
class Ours:
    """Our engine under one scheme."""

    process: Process
    scheme: str | dict
    url: str | None

    def sign(self, delivery: Delivery, secret: str, now: int) -> Delivery:
        """What our signer sends."""
        answer = self.process.ask(do="sign", scheme=self.scheme, secret=secret, now=now, url=self.url, **_asked(delivery))
        return replace(delivery, headers=tuple(map(tuple, answer["headers"])))

    def verify(self, delivery: Delivery, secret: str, now: int) -> str:
        """`valid`, or the code of the refusal."""
        return self.process.ask(do="verify", scheme=self.scheme, secret=secret, now=now, url=self.url, **_asked(delivery))["outcome"]


@dataclass(frozen=True)
class Theirs:
    """A provider's library, through its adapter."""

    process: Process
    adapter: str
    url: str

    def about(self) -> dict:
        """Whether the library itself signs."""
        return self.process.ask(do="about", adapter=self.adapter)

    def sign(self, delivery: Delivery, secret: str, now: int) -> Delivery:
        """What the library, or the recipe of its documentation, sends."""
        answer = self.process.ask(do="sign", adapter=self.adapter, secret=secret, now=now, url=self.url, **_asked(delivery))
        made = dict(delivery.headers) | dict(answer["headers"])
        return Delivery(tuple(made.items()), base64.b64decode(answer["body"]))

    def verify(self, delivery: Delivery, secret: str, now: int) -> str:
        """`valid`, or why not."""
        answer = self.process.ask(do="verify", adapter=self.adapter, secret=secret, url=self.url, **_asked(delivery))
        return "valid" if answer["valid"] else answer.get("why", "refused")
