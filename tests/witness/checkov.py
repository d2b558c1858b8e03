"""What checkov says about the module, its caller and the examples. Each skip is beside its resource, with the reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECKOV = Path(os.environ.get("TOOLS", ROOT / ".tools")) / "checkov/bin/checkov"
# Tests hold no resource that anyone applies.
COMMAND = ["--framework", "terraform", "--skip-path", "/tests/", "--skip-path", "/.terraform/", "--skip-download", "--compact", "--output", "json"]


def results(folder: Path) -> dict:
    """What checkov found in a folder."""
    run = subprocess.run([CHECKOV, "--directory", folder, *COMMAND], capture_output=True, text=True, check=False)
    try:
        return json.loads(run.stdout)
    except ValueError:
        raise SystemExit(f"checkov gave no answer for {folder} (exit {run.returncode}): {run.stderr[-2000:]}") from None


def findings(folder: Path) -> tuple[int, int, list[str]]:
    """How many checks passed, how many are skipped, and what is wrong. A file that checkov could not read is wrong too."""
    found = results(folder)["results"]
    failed = [f"{one['check_id']} {one['file_path']} {one['resource']}: {one['check_name']}" for one in found["failed_checks"]]
    bare = [f"{one['check_id']} {one['file_path']} {one['resource']}: skipped without a reason" for one in found["skipped_checks"] if not reason(one)]
    unread = [f"checkov cannot read {file}" for file in found["parsing_errors"]]
    return len(found["passed_checks"]), len(found["skipped_checks"]), [*failed, *bare, *unread]


def reason(skipped: dict) -> str:
    """Why a check is skipped. checkov says so itself where nothing is given."""
    given = skipped["check_result"].get("suppress_comment") or ""
    return "" if given.startswith("No comment provided") else given


def main() -> int:
    passed, skipped, wrong = findings(ROOT / "terraform")
    for line in wrong:
        print(line)
    if passed == 0:
        print("checkov looked at nothing")
        return 1
    print(f"{passed} checks passed, {skipped} skipped with a reason, {len(wrong)} findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
