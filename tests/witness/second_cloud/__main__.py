"""Applies, plans again and destroys the real Terraform on the second cloud; fails at an error, a change or a leftover.

    python -m witness.second_cloud [LIFE]...    company, plain; default: both

Each life is that of a stack from nothing: see LIVES.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from witness import guardrails
from witness.plan import document
from witness.second_cloud import door, holdings
from witness.second_cloud.account import Cloud, make_company, make_zone, remove_company
from witness.second_cloud.cloud import environment, second_cloud

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".local" / "second-cloud"
ENVIRONMENTS = ROOT / "terraform" / "environments"
# A variable in a later file replaces the whole one in an earlier.
PLAIN = [ENVIRONMENTS / "local.tfvars", Path(__file__).with_name("variables.tfvars")]
COMPANY = [ENVIRONMENTS / "local.tfvars", ENVIRONMENTS / "e2e.tfvars", Path(__file__).with_name("variables.tfvars"),
           ROOT / "tests" / "witness" / "variables" / "guardrails.tfvars", FOLDER / "company.tfvars.json"]
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


@dataclass(frozen=True)
class Stack:
    """A stack in the second cloud: the name of its life, which its logs have, its own, and the files of its variables."""

    url: str
    name: str
    stack: str
    files: list[Path]

    def terraform(self, command: str, *arguments: str, allowed: tuple[int, ...] = (0,)) -> int:
        """Runs a Terraform command about this stack; its status."""
        known = [f"-state={FOLDER / self.name}.tfstate", f"-var=packages={{dir=\"{FOLDER / 'packages'}\"}}"]
        # A name for each life: moto keeps the tags of what is deleted, and gives them to the next of the same name.
        known += [*(f"-var-file={file}" for file in self.files), f"-var=stack={self.stack}"]
        # The provider mostly waits: it polls each queue for 25 s, all at once if allowed.
        line = ["terraform", f"-chdir={ROOT / 'terraform'}", command, "-no-color", "-parallelism=64", *known, *arguments]
        return step(self.url, f"{self.name}-{command}", line, allowed)

    def state(self) -> dict:
        """What Terraform knows of it, as `terraform show -json`."""
        command = ["terraform", f"-chdir={ROOT / 'terraform'}", "show", "-json", str(FOLDER / f"{self.name}.tfstate")]
        env = environment(self.url) | {"TF_DATA_DIR": str(FOLDER / "terraform")}
        return dict(json.loads(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout))

    def life(self, look: Callable[[dict], list[str]]) -> None:
        """Apply, a look at what is there, a second plan, destroy, and a look at what is left."""
        self.terraform("apply", "-auto-approve")
        if found := look(self.state()):
            print(*found, sep="\n")
            raise Failed(f"{self.name}: {len(found)} findings in what the cloud holds")
        if self.terraform("plan", "-detailed-exitcode", allowed=(0, 2)) == 2:
            text = (FOLDER / f"{self.name}-plan.log").read_text(encoding="utf-8").splitlines()
            print(*[line for line in text if line.lstrip().startswith(("#", "~", "+", "-"))], sep="\n")
            raise Failed(f"a second plan is not empty, see .local/second-cloud/{self.name}-plan.log")
        self.terraform("destroy", "-auto-approve")


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


def company(url: str, cloud: Cloud) -> None:
    """Everything that the end-to-end suite has, every guardrail, and a front door with everything on."""
    zone, owner = make_zone(cloud), make_company(cloud)
    (FOLDER / "company.tfvars.json").write_text(json.dumps(owner.variables() | {"front_door": door.variables(zone)}), encoding="utf-8")
    tags = guardrails.TAGS | {"stack": "second"}

    def look(state: dict) -> list[str]:
        found = [*holdings.findings(cloud, state, owner.demands(), tags), *door.findings(cloud, state, zone)]
        if not found:
            print(f"    {sum(1 for _ in document.resources(state))} resources; the cloud holds each as the company demands", flush=True)
        return found

    Stack(url, "company", "second", COMPANY).life(look)
    remove_company(cloud, owner)
    cloud.client("route53").delete_hosted_zone(Id=zone)


def plain(url: str, _: Cloud) -> None:
    """A stack with none of it: its own key, the API's own host name."""
    Stack(url, "plain", "plain", PLAIN).life(lambda _: [])


LIVES = {"company": company, "plain": plain}


def run(url: str, cloud: Cloud, names: list[str]) -> None:
    """One life after the other, in one account."""
    step(url, "init", [str(ROOT / "scripts" / "terraform-init")])
    for name in names:
        LIVES[name](url, cloud)
        left = [sys.executable, str(ROOT / "scripts" / "leftovers.py")]
        if subprocess.run(left, env=environment(url), check=False).returncode:
            raise Failed(f"{name}: destroy left something")


def main() -> int:
    """Runs it, then checks its requests against AWS's models and the deploying principal's rights."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends with it
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    packages(FOLDER / "packages")
    with second_cloud(FOLDER) as (url, direct):
        try:
            run(url, Cloud(direct), sys.argv[1:] or list(LIVES))
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
