"""Apache Velocity itself, a second engine for mapping templates, if Debian's package `velocity` and Java are installed."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

from .engines import Answer, Question

JARS = [Path("/usr/share/java") / name for name in ("velocity.jar", "commons-collections3.jar", "commons-lang.jar")]


def missing() -> str | None:
    """Why it cannot run here, if it cannot."""
    if shutil.which("java") is None or not all(jar.exists() for jar in JARS):
        return "Java and Debian's package velocity are not both there"
    return None


def encoded(text: str) -> str:
    """Text as one word."""
    return base64.b64encode(text.encode()).decode()


def ask(questions: list[Question]) -> list[Answer]:
    """The output of each template."""
    lines = []
    for question in questions:
        authorizer = [encoded(f"{name}={value}") for name, value in question.context.get("authorizer", {}).items()]
        lines.append(" ".join([encoded(question.text), "-" if question.body is None else encoded(question.body), *authorizer]))
    command = ["java", "-cp", ":".join(map(str, JARS)), str(Path(__file__).parent / "Ask.java")]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True, timeout=300)
    answers = [line.split(" ") for line in done.stdout.splitlines()]
    return [Answer(base64.b64decode(text).decode(), {} if status == "-" else {"status": int(status)}) for text, status in answers]
