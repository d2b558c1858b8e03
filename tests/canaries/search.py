"""Searches files for canaries. What it prints names the place and the kind, never the canary."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from .forms import forms

PLANTED = "canaries.jsonl"
# Each of these must have been planted, otherwise nothing was proven of it.
KINDS = {
    "signing key", "signature", "body", "inline body", "authorization", "cookie", "query", "credential", "oauth secret", "private key",
}
# Of these, there are decoded copies in `seen`; or they hold what was delivered, and are no output of ours.
NOT_SEARCHED = (PLANTED, "answers.jsonl", "http-events.jsonl", "requests.jsonl", "tmp/s3/", "pids/")
# The functions' programs, as the local cloud unpacks them: older than what was planted, and most of all bytes.
PROGRAMS = "tmp/ministack-provided-code-*/*/bootstrap"
# Command lines hold so many names.
AT_ONCE = 1000


@dataclass(frozen=True)
class Canary:
    """The kinds of a form, and where it may be: the beginnings of paths."""

    kinds: frozenset[str]
    may_be: frozenset[str]


def planted(folder: Path) -> dict[bytes, Canary]:
    """Every form of what the suite planted. One secret may be of two kinds: a token is a key and a header."""
    found: dict[bytes, Canary] = {}
    values: dict[str, tuple[set[str], set[str]]] = {}
    for line in (folder / PLANTED).read_text().splitlines():
        entry = json.loads(line)
        kinds, may_be = values.setdefault(entry["value"], (set(), set()))
        kinds.add(entry["kind"])
        may_be.update(entry["may_be"])
    for value, (kinds, may_be) in values.items():
        for form in forms(value):
            known = found.get(form, Canary(frozenset(), frozenset()))
            found[form] = Canary(known.kinds | kinds, known.may_be | may_be)
    return found


def searched(folder: Path) -> Iterator[Path]:
    """The files to search."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.is_symlink() and not name.startswith(NOT_SEARCHED) and not fnmatch(name, PROGRAMS):
            yield path


def matches(patterns: Path, files: list[Path]) -> Iterator[tuple[Path, int, bytes]]:
    """File, offset and form of each match. grep goes through many patterns in one pass."""
    command = ["grep", "--null", "-aboHF", "-f", str(patterns), "--", *map(str, files)]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})
    if done.returncode > 1:
        raise RuntimeError(f"grep: {done.stderr.decode(errors='replace')}")
    for line in done.stdout.split(b"\n"):
        if line:
            name, _, rest = line.partition(b"\0")
            offset, _, form = rest.partition(b":")
            yield Path(os.fsdecode(name)), int(offset), form


def hits(folder: Path, canaries: dict[bytes, Canary], files: Iterable[Path]) -> Iterator[str]:
    """File, offset and kind of each canary that is where it may not be."""
    files = list(files)
    with tempfile.NamedTemporaryFile() as patterns:
        patterns.write(b"\n".join(canaries))
        patterns.flush()
        for begin in range(0, len(files), AT_ONCE):
            for path, offset, form in matches(Path(patterns.name), files[begin : begin + AT_ONCE]):
                name, canary = path.relative_to(folder).as_posix(), canaries[form]
                if not name.startswith(tuple(canary.may_be)):
                    yield f"{name}: {' or '.join(sorted(canary.kinds))} at byte {offset}"


def search(folder: Path, kinds_needed: Iterable[str], must_have: Iterable[str]) -> list[str]:
    """What is wrong: canaries where they may not be, kinds that were not planted, places that have no file."""
    canaries = planted(folder)
    kinds = {kind for canary in canaries.values() for kind in canary.kinds}
    files = list(searched(folder))
    names = [path.relative_to(folder).as_posix() for path in files]
    wrong = [f"no {kind} was planted" for kind in sorted(set(kinds_needed) - kinds)]
    wrong += [f"there is nothing to search in {place}" for place in must_have if not any(name.startswith(place) for name in names)]
    wrong += hits(folder, canaries, files)
    size = sum(path.stat().st_size for path in files)
    print(f"{len(files)} files, {size / 1e6:.0f} MB, {len(canaries)} forms of canaries of {len(kinds)} kinds")
    return wrong
