"""Makes real plans and keeps them for the witnesses of one run."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import sts
from .names import REGION, with_names

ROOT = Path(__file__).resolve().parents[3]
KEPT = ROOT / "target" / "witness"
VARIABLES = ROOT / "tests" / "witness" / "variables"
ENVIRONMENTS = ROOT / "terraform" / "environments"

# The variables of each plan, by name. Together they use every kind of endpoint, processor, target and
# reader of a queue.
PLANS: dict[str, list[Path]] = {
    "everything": [ENVIRONMENTS / "e2e.tfvars", VARIABLES / "everything.tfvars"],
    "targets": [VARIABLES / "targets.tfvars"],
    "guardrails": [ENVIRONMENTS / "e2e.tfvars", VARIABLES / "everything.tfvars", VARIABLES / "guardrails.tfvars"],
    "example": [ENVIRONMENTS / "example.tfvars"],
}


class PlanFailed(Exception):
    """Terraform made no plan; the message is Terraform's own."""


def copy_configuration(to: Path) -> Path:
    """A copy with names in place of what AWS computes (names.py), and next to it the files that it refers to by path."""
    copy = to / "terraform"
    leave = shutil.ignore_patterns("tests", ".terraform", "*.tfstate*")
    shutil.copytree(ROOT / "terraform", copy, ignore=leave)
    for file in copy.rglob("*.tf"):
        file.write_text(with_names(file.read_text()))
    for beside in ("functions", "examples", "tests"):
        (to / beside).symlink_to(ROOT / beside)
    return copy


def packages(variables: list[Path], to: Path) -> None:
    """A file for each package that may be named: a plan reads their hashes and nothing else."""
    to.mkdir()
    names = {path.parent.name for path in (ROOT / "functions").rglob("Cargo.toml")}
    for file in variables:
        # All names of members and all packages of processors: more files than needed do no harm.
        names.update(re.findall(r'([a-z][a-z0-9-]*)"?\s*[:=] \{', file.read_text()))
        names.update(re.findall(r'package"?\s*[:=] "([^"]+)"', file.read_text()))
    for name in names:
        (to / f"{name}.zip").write_bytes(b"")


def terraform(directory: Path, environment: dict[str, str], *arguments: str) -> str:
    """Runs Terraform in `directory`; its output, or PlanFailed."""
    done = subprocess.run(
        ["terraform", f"-chdir={directory}", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise PlanFailed(done.stderr[-4000:])
    return done.stdout


def make(variables: list[Path]) -> dict:
    """The plan from nothing to the whole stack, as `terraform show -json` gives it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    data = KEPT / "terraform"
    with tempfile.TemporaryDirectory(prefix="witness-") as folder, sts.running() as server:
        work = Path(folder)
        here = f"http://127.0.0.1:{server.server_port}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            "AWS_ACCESS_KEY_ID": "witness",
            "AWS_SECRET_ACCESS_KEY": "witness",
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": here,
            "AWS_EC2_METADATA_DISABLED": "true",
            "TF_DATA_DIR": str(data),
        }
        # A name that leads nowhere only makes Terraform warn.
        if not Path(environment.get("TF_CLI_CONFIG_FILE", "/")).exists():
            del environment["TF_CLI_CONFIG_FILE"]
        subprocess.run([ROOT / "scripts" / "terraform-init", "-backend=false"], env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        copy = copy_configuration(work)
        packages(variables, work / "packages")
        files = [f"-var-file={file}" for file in variables]
        terraform(copy, environment, "plan", "-no-color", "-input=false", "-lock=false", f"-out={work}/plan",
                  f"-var=packages={{dir=\"{work}/packages\"}}", *files)
        shown = json.loads(terraform(copy, environment, "show", "-json", f"{work}/plan"))
        if server.others:
            raise PlanFailed("the plan asked AWS for more than the account:\n  " + "\n  ".join(sorted(set(server.others))))
        return shown


def digest(variables: list[Path]) -> str:
    """A digest of everything that a plan depends on."""
    hashed = hashlib.sha256()
    # A link to a folder is not followed by itself.
    folders = [(ROOT / folder).resolve() for folder in ("terraform", "terraform/presets", "terraform/ranges", "functions", "examples")]
    sources = [path for folder in folders for path in folder.rglob("*")
               if path.suffix in (".tf", ".tftpl", ".json") and "node_modules" not in path.parts and ".terraform" not in path.parts]
    for file in sorted([*sources, *Path(__file__).parent.glob("*.py")]) + variables:
        hashed.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return hashed.hexdigest()[:16]


def kept(name: str, variables: list[Path] | None = None) -> dict:
    """The plan of that name. It is made again only if something that it depends on has changed."""
    files = PLANS[name] if variables is None else variables
    path = KEPT / f"plan-{name}-{digest(files)}.json"
    if not path.exists():
        shown = make(files)
        for old in KEPT.glob(f"plan-{name}-*.json"):
            old.unlink()
        path.write_text(json.dumps(shown))
    return json.loads(path.read_text())
