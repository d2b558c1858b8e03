"""Copies of a local cloud's recordings in which bodies are bytes, so that they can be searched."""

from __future__ import annotations

import base64
import json
from pathlib import Path


def answers(folder: Path, seen: Path) -> None:
    """Copies of what the suite recorded, with bodies as they were."""
    for name in ("answers.jsonl", "http-events.jsonl"):
        if (folder / name).exists():
            with (folder / name).open(encoding="utf-8") as lines, (seen / name).open("wb") as copy:
                for entry in map(json.loads, lines):
                    # The suite writes bytes as numbers.
                    body = bytes(entry.pop("body", []))
                    copy.write(json.dumps(entry).encode() + b" " + body + b"\n")


def requests(folder: Path, to: Path) -> None:
    """The recorded requests by service, with their bodies as they were."""
    to.mkdir(parents=True)
    if not (folder / "requests.jsonl").exists():
        return
    with (folder / "requests.jsonl").open(encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            if "service" in entry:
                body = base64.b64decode(entry.pop("body") or "")
                with (to / entry["service"]).open("ab") as copy:
                    copy.write(json.dumps(entry).encode() + b" " + body + b"\n")
