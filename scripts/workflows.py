"""The rules for .github. See scripts/workflows."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

# A tag can be moved to other code, a commit cannot. The comment is what Dependabot reads and raises.
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
VERSION = re.compile(r"\s+# v\d+(\.\d+)*$")
# What one job may write. Whoever adds to this says why in the workflow.
WRITES = {("release.yml", "publish"): {"contents", "id-token", "attestations"}}
# They run with the repository's secrets on what a stranger sends.
DANGEROUS = {"pull_request_target", "workflow_run"}
LOCKS = {
    r"Cargo\.lock": "cargo",
    r"package-lock\.json": "npm",
    r"requirements.*\.txt|pyproject\.toml": "pip",
    r"\.terraform\.lock\.hcl": "terraform",
}


def steps_of(workflow):
    for name, job in workflow["jobs"].items():
        yield name, job
        for step in job.get("steps", []):
            yield name, step


def actions(workflow, lines):
    for _, step in steps_of(workflow):
        action = step.get("uses", "")
        if not action or action.startswith("./"):
            continue
        if not PINNED.fullmatch(action):
            yield f"{action} is not pinned: write the commit's 40 hexadecimal digits, and the version as a comment"
        elif not all(VERSION.match(line.split(action, 1)[1]) for line in lines if action in line):
            yield f"{action} has no version behind it: write it as a comment, `# v1.2.3`"
        if action.startswith("actions/checkout@") and step.get("with", {}).get("persist-credentials") is not False:
            yield "actions/checkout leaves its token on the machine: set persist-credentials to false"


def rights(file, workflow):
    if workflow.get("permissions") not in ({}, {"contents": "read"}):
        yield "permissions at the top must be {} or contents: read; a job may ask for more"
    for name, job in workflow["jobs"].items():
        asked = job.get("permissions", {})
        if not isinstance(asked, dict):
            yield f"job {name} has permissions: {asked}; name each"
            continue
        written = {what for what, right in asked.items() if right == "write"}
        for what in sorted(written - WRITES.get((file, name), set())):
            yield f"job {name} may write {what}: name it in scripts/workflows.py if it must"


def commands(workflow):
    # YAML 1.1 reads the key `on` as true.
    events = workflow.get("on", workflow.get(True))
    for event in sorted(DANGEROUS & set([events] if isinstance(events, str) else events)):
        yield f"it runs on {event}, with the repository's secrets and what a stranger wrote"
    for name, step in steps_of(workflow):
        if "${{" in step.get("run", ""):
            yield f"job {name} writes an expression into a script, where its text becomes a command: pass it in env"


def workflows(root):
    pins = {}
    for path in sorted((root / ".github/workflows").glob("*.y*ml")):
        text = path.read_text()
        workflow = yaml.safe_load(text)
        for problem in (*actions(workflow, text.splitlines()), *rights(path.name, workflow), *commands(workflow)):
            yield f"{path.name}: {problem}"
        for _, step in steps_of(workflow):
            action, _, commit = step.get("uses", "").partition("@")
            if pins.setdefault(action, commit) != commit:
                yield f"{path.name}: {action} is pinned to another commit elsewhere"
    if not pins:
        yield "there are no workflows"


def updates(root):
    listed = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.splitlines()
    needed = {("github-actions", "/")}
    for file in files:
        folder, _, name = file.rpartition("/")
        needed |= {(kind, f"/{folder}") for pattern, kind in LOCKS.items() if re.fullmatch(pattern, name)}
    config = yaml.safe_load((root / ".github/dependabot.yml").read_text())
    there = {(update["package-ecosystem"], folder) for update in config["updates"] for folder in update["directories"]}
    for kind, folder in sorted(needed - there):
        yield f"dependabot.yml: {kind} lacks {folder}"
    for kind, folder in sorted(there - needed):
        yield f"dependabot.yml: {kind} has {folder}, where nothing is pinned"


if __name__ == "__main__":
    where = Path(sys.argv[1])
    sys.exit("\n".join([*workflows(where), *updates(where)]) or 0)
