"""The engines that know the languages: node's asl-validator and velocityjs."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

NODE = Path(__file__).parent.parent / "node"


@dataclass(frozen=True)
class Question:
    """A mapping template, what $context holds, and the body to map; None for a body that cannot be read."""

    text: str
    body: str | None
    context: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What a template made, and what it set in $context.responseOverride."""

    text: str
    override: dict


def missing() -> str | None:
    """Why the engines cannot run here, if they cannot."""
    if shutil.which("node") is None:
        return "node is not there: install node 20 or later"
    if not (NODE / "node_modules").exists():
        return "npm ci --ignore-scripts has not run in tests/witness/node"
    return None


def ask(machines: list[dict], templates: list[Question]) -> tuple[list[list[str]], list[Answer]]:
    """By state machine: its mistakes. By template: its output."""
    question = {"machines": machines, "templates": [asdict(template) for template in templates]}
    done = subprocess.run(["node", NODE / "ask.mjs"], input=json.dumps(question), capture_output=True, text=True, check=True, timeout=300)
    answers = json.loads(done.stdout)
    return answers["machines"], [Answer(**answer) for answer in answers["templates"]]
