"""Asks one library, as node/serve.mjs does: a line of JSON in, a line of JSON out.

Each adapter stands in a file of its own, with SIGNS, sign(question) and verify(question); headers are a dictionary.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import io
import json
import logging
import sys


def ask(line: str) -> dict:
    """The answer to one question."""
    question = json.loads(line)
    adapter = importlib.import_module("adapters." + question.pop("adapter").replace("-", "_"))
    action = question.pop("do")
    if action == "about":
        return {"signs": adapter.SIGNS}
    question["body"] = base64.b64decode(question["body"])
    question["headers"] = dict(question["headers"])
    if action == "sign":
        headers = adapter.sign(**question)
        body = headers.pop("", question["body"])
        return {"body": base64.b64encode(body).decode(), "headers": [[name.lower(), str(value)] for name, value in headers.items()]}
    question.pop("now", None)
    try:
        return {"valid": adapter.verify(**question) is True}
    except Exception as problem:  # noqa: BLE001 - whatever a library raises is its refusal
        return {"valid": False, "why": str(problem) or type(problem).__name__}


def main() -> None:
    """Answers until the questions end."""
    logging.disable()
    for line in sys.stdin:
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                answer = ask(line)
            except Exception as problem:  # noqa: BLE001 - reported to the witness, which fails
                answer = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
