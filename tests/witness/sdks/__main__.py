"""Compares our engine with providers' own libraries: each accepts what the other signs, and neither accepts a forgery.

`python -m witness.sdks [NAME...]`: only those.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from witness.sdks import compare
from witness.sdks.providers import PROVIDERS, Provider
from witness.sdks.talk import Ours, Process, Theirs

HERE = Path(__file__).parent
NODE = HERE / "node"
HEADS = ("provider", "library", "signs", "to us", "from us", "refused by both")


def missing() -> str | None:
    """Why the witness cannot run here, if it cannot."""
    if shutil.which("node") is None:
        return "node is not there: install node 20 or later"
    if not (NODE / "node_modules").exists() or not python().exists():
        return "scripts/tools sdks has not run"
    return None


def python() -> Path:
    """The interpreter of the environment that has the libraries."""
    return Path(os.environ.get("TOOLS", ".tools")) / "sdks/bin/python"


def build() -> Path:
    """Our engine as a process. All of the workspace is selected, so that nothing is compiled for other features."""
    subprocess.run(["cargo", "build", "--quiet", "--workspace", "--example", "lines"], check=True)
    answer = subprocess.run(["cargo", "metadata", "--no-deps", "--format-version", "1"], check=True, capture_output=True)
    return Path(json.loads(answer.stdout)["target_directory"]) / "debug/examples/lines"


def version(provider: Provider) -> str:
    """Of the library."""
    if provider.language == "node":
        return json.loads((NODE / "node_modules" / provider.package / "package.json").read_text())["version"]
    site = next((python().parent.parent / "lib").glob("python*/site-packages"))
    found = next(iter(metadata.distributions(name=provider.package, path=[str(site)])))
    return found.version


def table(rows: list[tuple[str, ...]]) -> str:
    """A table with columns as wide as their values."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows)


def main(names: list[str]) -> int:
    """Compares all providers, or those named."""
    if reason := missing():
        print(f"SKIPPED: {reason}")
        return 0
    engine = Process(build())
    libraries = {"node": Process("node", str(NODE / "serve.mjs")), "python": Process(str(python()), str(HERE / "python/serve.py"))}
    rows, findings, known = [HEADS], [], set()
    for provider in PROVIDERS:
        if names and provider.adapter not in names:
            continue
        theirs = Theirs(libraries[provider.language], provider.adapter, provider.url)
        result = compare.run(provider, Ours(engine, provider.scheme, provider.url), theirs)
        library = f"{provider.package} {version(provider)} ({provider.language})"
        signs = "library" if theirs.about()["signs"] == "sdk" else "recipe"
        rows.append((provider.adapter, library, signs, str(result.to_us), str(result.from_us), str(result.forged)))
        findings += result.wrong
        known |= {f"{provider.name}: {reason}" for reason in result.known}
    for process in (engine, *libraries.values()):
        process.close()
    print(table(rows))
    for difference in sorted(known):
        print(f"known difference: {difference}")
    for finding in findings:
        print(finding)
    return 1 if findings or len(rows) == 1 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
