"""Applies, plans again and destroys the real Terraform on the second cloud; fails at an error, a change or a leftover."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import botocore.session

from witness.second_cloud.cloud import environment, second_cloud

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".local" / "second-cloud"
VARIABLES = ("environments/local.tfvars", str(FOLDER / "e2e.tfvars"), str(Path(__file__).with_name("variables.tfvars")))
# The packages of examples/processors.
EXAMPLES = ("python-audit", "rust-audit", "typescript-audit")


class Failed(Exception):
    """A step failed; the message says what to read."""


def packages(folder: Path) -> None:
    """A zip for every function. They are empty, because nothing runs them here."""
    folder.mkdir()
    manifests = [*ROOT.glob("functions/*/Cargo.toml"), *ROOT.glob("functions/processors/*/Cargo.toml")]
    names = [path.parent.name for path in manifests]
    for name in (*names, "trial", *EXAMPLES):
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as package:
            package.writestr("bootstrap", f"#!/bin/sh\n# stands for {name}\n")


def with_stack(command: str, *arguments: str) -> list[str]:
    """A Terraform command about the stack: its state and its variables."""
    stack = [f"-state={FOLDER / 'terraform.tfstate'}", f"-var=packages={{dir=\"{FOLDER / 'packages'}\"}}"]
    stack += [f"-var-file={name}" for name in VARIABLES]
    # The provider mostly waits: it polls each queue for 25 s, all at once if allowed.
    return ["terraform", f"-chdir={ROOT / 'terraform'}", command, "-no-color", "-parallelism=64", *stack, *arguments]


def step(url: str, name: str, command: list[str], allowed: tuple[int, ...] = (0,)) -> int:
    """Runs one command and prints its result; its output goes into a log of its own."""
    log = FOLDER / f"{name}.log"
    env = environment(url) | {"TF_DATA_DIR": str(FOLDER / "terraform")}
    start = time.monotonic()
    with log.open("w", encoding="utf-8") as out:
        status = subprocess.run(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT, check=False).returncode
    lines = log.read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if "complete! Resources:" in line or line.startswith(("Plan:", "No changes."))]
    print(f"    {name}: {' '.join(said[-1:])} ({time.monotonic() - start:.0f} s)", flush=True)
    if status not in allowed:
        print(*[line for line in lines if line.startswith(("Error", "  with "))], *lines[-25:], sep="\n")
        raise Failed(f"{name} failed, see {log.relative_to(ROOT)}")
    return status


def route_53(url: str) -> Any:
    """Route 53 of this cloud."""
    known = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    return botocore.session.get_session().create_client("route53", endpoint_url=url, **known)


def hosted_zone(url: str) -> str:
    """Makes the front door's zone, and writes the suite's variables with its id."""
    made = route_53(url).create_hosted_zone(Name="coatcheck.test.", CallerReference="second-cloud")["HostedZone"]["Id"].rpartition("/")[2]
    text = (ROOT / "terraform" / "environments" / "e2e.tfvars").read_text(encoding="utf-8")
    (FOLDER / "e2e.tfvars").write_text(text.replace("Z0OUTSIDE", made), encoding="utf-8")
    return made


def run(url: str) -> None:
    """The whole life of a stack."""
    zone = hosted_zone(url)
    step(url, "init", [str(ROOT / "scripts" / "terraform-init")])
    step(url, "apply", with_stack("apply", "-auto-approve"))
    if step(url, "second-plan", with_stack("plan", "-detailed-exitcode"), allowed=(0, 2)) == 2:
        text = (FOLDER / "second-plan.log").read_text(encoding="utf-8").splitlines()
        print(*[line for line in text if line.lstrip().startswith(("#", "~", "+", "-"))], sep="\n")
        raise Failed("a second plan is not empty, see .local/second-cloud/second-plan.log")
    step(url, "destroy", with_stack("destroy", "-auto-approve"))
    route_53(url).delete_hosted_zone(Id=zone)
    left = [sys.executable, str(ROOT / "scripts" / "leftovers.py")]
    if subprocess.run(left, env=environment(url), check=False).returncode:
        raise Failed("destroy left something")


def main() -> int:
    """Runs it, then checks its requests against AWS's models and the deploying principal's rights."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends with it
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    packages(FOLDER / "packages")
    with second_cloud(FOLDER) as url:
        try:
            run(url)
        except Failed as failure:
            print(f"error: {failure}")
            return 1
    actions = str(FOLDER / "deployer-actions.txt")
    models = ["-m", "witness.models", str(FOLDER / "requests.jsonl"), "--deployer", actions]
    policy = [str(ROOT / "scripts" / "deployer-policy.py"), "check", actions]
    # Both, so that one run reports everything that is wrong.
    return int(any([subprocess.run([sys.executable, *check], check=False).returncode for check in (models, policy)]))


if __name__ == "__main__":
    sys.exit(main())
