"""Builds the packages for arm64, starts each under qemu, and gives it one event: an answer, not a crash.

arm64 [DIR]: with a folder of packages that are already built.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from .functions import FUNCTIONS, SHARED, Function
from .runtime_api import Answer, invoke

ROOT = Path(__file__).resolve().parents[3]
TARGET = "aarch64-unknown-linux-gnu"
# Where Debian's libc6-arm64-cross and libgcc-s1-arm64-cross put the libraries.
LIBRARIES = Path("/usr/aarch64-linux-gnu")
# An emulated start takes seconds.
SECONDS = 120


def emulator() -> list[str] | None:
    """The command that runs an arm64 binary here: empty on an arm64 machine, else qemu; None if there is none."""
    if platform.machine() in ("aarch64", "arm64"):
        return []
    qemu = shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64")
    if qemu is None or not (LIBRARIES / "lib" / "ld-linux-aarch64.so.1").exists():
        return None
    return [qemu, "-L", str(LIBRARIES)]


def has_target() -> bool:
    """Whether Rust can build for arm64; asks rustup for it once."""
    def there() -> bool:
        asked = ["rustc", "--print", "target-libdir", "--target", TARGET]
        return Path(subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "/nowhere").is_dir()

    if not there() and shutil.which("rustup"):
        subprocess.run(["rustup", "target", "add", TARGET], capture_output=True, check=False, timeout=300)
    return there()


def build() -> Path:
    """Builds the packages with the project's own script and returns their folder."""
    made = subprocess.run([ROOT / "scripts" / "package"], env=os.environ | {"ARCH": "arm64"}, stdout=subprocess.PIPE, text=True, check=True)
    return Path(made.stdout.strip().splitlines()[-1])


def missing(packages: Path) -> Iterator[str]:
    """Functions without a package, and packages that this witness does not start."""
    known = {function.name for function in FUNCTIONS}
    there = {path.stem for path in packages.glob("*.zip")}
    yield from (f"{name}: there is no package" for name in sorted(known - there))
    yield from (f"{name}: a package, but arm64/functions.py does not say how to start it" for name in sorted(there - known))


def start(function: Function, packages: Path, before: list[str]) -> Answer:
    """Unpacks the bootstrap and gives it the function's event."""
    with tempfile.TemporaryDirectory(prefix="witness-") as folder:
        with zipfile.ZipFile(packages / f"{function.name}.zip") as package:
            bootstrap = Path(package.extract("bootstrap", folder))
        bootstrap.chmod(0o755)
        return invoke([*before, str(bootstrap)], SHARED | function.environment, function.event, SECONDS)


def wrong(function: Function, answer: Answer) -> str | None:
    """What is wrong with an answer, None if nothing is."""
    if answer.kind not in function.answers:
        return f"{function.name}: {answer.kind}: {answer.body[:800]}"
    if function.holds not in answer.body.replace(": ", ":"):
        return f"{function.name}: answered without {function.holds}: {answer.body[:800]}"
    return None


def main(arguments: list[str]) -> int:
    """Starts all packages. If this machine cannot, it says why."""
    before = emulator()
    if before is None:
        print("SKIPPED: nothing here runs arm64 binaries: apt-get install qemu-user-static libc6-arm64-cross libgcc-s1-arm64-cross")
        return 0
    if not arguments and not has_target():
        print(f"SKIPPED: Rust cannot build for {TARGET}: rustup target add {TARGET}")
        return 0
    packages = Path(arguments[0]) if arguments else build()
    findings = list(missing(packages))
    for function in FUNCTIONS:
        if (packages / f"{function.name}.zip").exists():
            answer = start(function, packages, before)
            print(f"  {function.name}: {answer.kind}: {answer.body[:100]}")
            if finding := wrong(function, answer):
                findings.append(finding)
    print("\n".join(findings) or f"{len(FUNCTIONS)} functions start and answer")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
