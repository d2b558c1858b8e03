"""Checks the files in api/ against the code, and what a suite saw against the files; exits 1 if something differs.

    python -m api                what needs no stack: the files themselves, the codes in the source, the page in docs
    python -m api DIR [--whole]  what the end-to-end suite wrote into DIR. --whole: the whole suite ran, so every usual
                                 answer must be there
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api import codes, events, page
from api.described import Described, template

ASYNC = Path(__file__).parents[2] / "api/asyncapi.yaml"
# What a whole run meets.
USUAL = (
    *(f"POST /hooks/{{endpoint}} {status}" for status in (200, 400, 401, 403, 413, 429)),
    *(f"POST /direct/{{endpoint}} {status}" for status in (200, 401, 403, 413, 415)),
    "GET /hooks/{endpoint} 200",
)
USUAL_EVENTS = ("HTTP, binary", "HTTP, structured")


def files(described: Described) -> list[str]:
    """Faults of the files themselves. asyncapi.mjs looks at the rest of asyncapi.yaml."""
    found = [f"api/openapi.yaml: {error.message}" for error in OpenAPIV31SpecValidator(described.whole).iter_errors()]
    Draft202012Validator.check_schema(events.SCHEMA)
    for name, message in yaml.safe_load(ASYNC.read_text(encoding="utf-8"))["components"]["messages"].items():
        place = message["payload"].get("$ref", "").partition("#/$defs/")[2]
        for example in message.get("examples", []):
            if problem := events.problem(events.part(place) if place else events.EVENT, example["payload"]):
                found.append(f"api/asyncapi.yaml: the example {example['name']} of {name}: {problem}")
    return found


def source(described: Described) -> list[str]:
    """Codes that the source and the file do not share, and what the page lacks."""
    made, has = codes.made(), described.codes()
    found = [f"api/openapi.yaml does not have {code} with {status}, which the code answers" for status, code in sorted(made - has)]
    found += [f"api/openapi.yaml has {code} with {status}, which nothing answers" for status, code in sorted(has - made)]
    for what, ours, theirs in (
        ("the attribute", events.SCHEMA["properties"].keys(), codes.attributes()),
        ("the header", {name for name in events.SCHEMA["$defs"]["headers"]["properties"] if name.startswith("ce-")}, codes.headers()),
    ):
        found += [f"api/event.schema.json does not have {what} {name}" for name in sorted(theirs - ours)]
        found += [f"api/event.schema.json has {what} {name}, which nothing sends" for name in sorted(ours - theirs)]
    text = page.PAGE.read_text(encoding="utf-8")
    paths = {(method, path) for method, path, _ in described.operations()}
    return found + page.findings(text, paths, has)


def lines(file: Path) -> Iterator[str]:
    """The lines of a recording. A torn last line is passed over."""
    if not file.exists():
        return
    with file.open(encoding="utf-8") as recording:
        for line in recording:
            if line.endswith("\n"):
                yield line


def seen(described: Described, folder: Path, *, whole: bool) -> list[str]:
    """What a suite saw that the files do not describe."""
    met: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    for line in lines(folder / "answers.jsonl"):
        answer = json.loads(line)
        met[f"{answer['method']} {template(answer['path'])} {answer['status']}"] += 1
        if problem := described.judge(answer):
            faults[problem] += 1
    for mode, problem in events.over_http(lines(folder / "http-events.jsonl")):
        met[mode] += 1
        if problem:
            faults[f"{mode}: {problem}"] += 1
    for what, times in sorted(met.items()):
        print(f"  {what}: {times}")
    found = [f"{fault}: {times} times" for fault, times in faults.most_common()]
    return found + [f"not seen: {what}" for what in (*USUAL, *USUAL_EVENTS) if whole and not met[what]]


def main(arguments: list[str]) -> int:
    """Reads the arguments, checks, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args(arguments)
    described = Described()
    if options.folder:
        found = seen(described, options.folder, whole=options.whole)
    else:
        found = files(described) + source(described)
    for finding in found:
        print(f"  {finding}")
    print(f"{len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
