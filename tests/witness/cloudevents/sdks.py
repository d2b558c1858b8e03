"""The official SDKs, as judges: each says why it refuses an event, or None."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

HERE = Path(__file__).parent
NODE = HERE.parent / "node"

Judge = Callable[[list[str]], list[str | None]]


def python(events: list[str]) -> list[str | None]:
    """pip's `cloudevents`."""

    def judge(event: str) -> str | None:
        try:
            JSONFormat().read(CloudEvent, event)
        except Exception as problem:  # noqa: BLE001 - whatever the SDK raises is its refusal
            return str(problem) or type(problem).__name__
        return None

    return [judge(event) for event in events]


def javascript(events: list[str]) -> list[str | None]:
    """npm's `cloudevents`, with the JSON schema of the specification."""
    done = subprocess.run(["node", NODE / "events.mjs"], input="\n".join(events), capture_output=True, text=True, check=True, timeout=300)
    return [json.loads(line) for line in done.stdout.splitlines()]


def rust(events: list[str]) -> list[str | None]:
    """crates.io's `cloudevents-sdk`, which checks the types of text, times and URIs."""
    target = HERE.parents[2] / "target/witness/cloudevents"
    manifest = HERE / "rust/Cargo.toml"
    command = ["cargo", "run", "--quiet", "--locked", "--manifest-path", manifest]
    done = subprocess.run(
        command, input="\n".join(events) + "\n", capture_output=True, text=True, check=True, timeout=1200, env={**os.environ, "CARGO_TARGET_DIR": str(target)}
    )
    return [line or None for line in done.stdout.splitlines()]


def missing() -> str | None:
    """Why node's SDK cannot run, if it cannot."""
    if shutil.which("node") is None:
        return "node is not there: install node 20 or later"
    if not (NODE / "node_modules/cloudevents").exists():
        return "npm ci --ignore-scripts has not run in tests/witness/node"
    return None


JUDGES: dict[str, Judge] = {"Python": python, "JavaScript": javascript, "Rust": rust}
