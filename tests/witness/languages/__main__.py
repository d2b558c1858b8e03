"""Checks state machines, mapping templates, texts with variables, and filters of the real plans."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from witness.plan import document, make

from . import apache, direct, engines, patterns, substitution


def machines(plans: list[dict]) -> Iterator[tuple[str, dict]]:
    """Every state machine of the plans, and the examples of the docs."""
    for plan in plans:
        for machine in document.of_type(plan, "aws_sfn_state_machine"):
            yield machine["address"], json.loads(machine["values"]["definition"])
    for path in sorted((make.ROOT / "examples" / "workflows").glob("*.asl.json")):
        yield str(path.relative_to(make.ROOT)), json.loads(filled(path))


def filled(path: Path) -> str:
    """A template of a state machine with a value in each of its placeholders."""
    places = {"partition": "aws"}
    return re.sub(r"\$\{(\w+)\}", lambda place: places.get(place[1], f"arn:aws:lambda:eu-west-1:123456789012:function:{place[1]}"), path.read_text())


def main() -> int:
    """Checks everything, with one call of the engines."""
    plans = [make.kept(name) for name in make.PLANS]
    wrong = {finding for plan in plans for look in (substitution, patterns) for finding in look.findings(plan)}
    looked = "filters and texts"
    if reason := engines.missing():
        print(f"SKIPPED: state machines and mapping templates: {reason}")
    else:
        states, cases = list(machines(plans)), list(direct.cases(plans[0]))
        faults, answers = engines.ask([definition for _, definition in states], [case.question for case in cases])
        wrong |= {f"{name}: {fault}" for (name, _), found in zip(states, faults) for fault in found}
        wrong |= {finding for case, answer in zip(cases, answers) if (finding := direct.wrong(case, answer))}
        looked += f", {len(states)} state machines, {len(cases)} answers of the direct lane"
    if reason := apache.missing():
        print(f"  not asked: Apache Velocity: {reason}")
    else:
        cases = list(direct.cases(plans[0]))
        answers = apache.ask([case.question for case in cases])
        wrong |= {f"{finding} (Apache Velocity)" for case, answer in zip(cases, answers) if (finding := direct.wrong(case, answer))}
        looked += ", twice"
    print("\n".join(sorted(wrong)) or f"{looked}: nothing to object to")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
