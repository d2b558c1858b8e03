"""Asks the official CloudEvents SDKs, and our own published schema, about every event that a recording holds; exits 1 if one of them refuses one.

    python -m witness.cloudevents LOG [--whole]

LOG is what witness.models.recorder wrote. --whole: the whole suite ran, so every kind of target must be there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from api import events as schema
from witness.cloudevents import found, sdks

# Where and how the end-to-end suite sends events.
WANTED = (
    *("Lambda", "Lambda, ordered", "SQS", "Step Functions", "SNS", "event bus", "Kinesis", "Firehose", "ECS", "Batch"),
    *("dead-letter queue", "direct lane", "replay", "heartbeat"),
)
# Not what a target gets: the router's messages, of which some are heartbeats.
INTERNAL = ("SNS", found.OWN_QUEUE)


def lacking(seen: Counter[str]) -> list[str]:
    """Kinds of target that got no event."""
    return [f"no event of this kind was recorded: {kind}" for kind in WANTED if not seen[kind]]


def refused(events: list[str], judges: dict[str, sdks.Judge]) -> list[str]:
    """Each reason once, with its number of events and one of them."""
    findings = []
    for name, judge in judges.items():
        verdicts = judge(events)
        if len(verdicts) != len(events):
            findings.append(f"{name} judged {len(verdicts)} of {len(events)} events")
        reasons = Counter(verdict for verdict in verdicts if verdict)
        for reason, times in reasons.most_common():
            findings.append(f"{name}: {reason}: {times} times, e.g. {events[verdicts.index(reason)]}")
    return findings


def main(arguments: list[str]) -> int:
    """Reads the arguments, asks the SDKs and prints the findings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args(arguments)
    judges = dict(sdks.JUDGES)
    if reason := sdks.missing():
        print(f"SKIPPED the SDK of JavaScript: {reason}")
        del judges["JavaScript"]
    seen: Counter[str] = Counter()
    distinct: dict[str, int] = Counter()
    published: dict[str, None] = {}
    for taken_by, event in found.events(options.log):
        seen.update(found.kinds(taken_by, event))
        text = json.dumps(event, ensure_ascii=False)
        distinct[text] += 1
        if taken_by not in INTERNAL:
            published[text] = None
    findings = refused(list(distinct), judges) if distinct else ["the recording holds no event"]
    findings += refused(list(published), {"api/event.schema.json": schema.judge})
    if options.whole:
        findings += lacking(seen)
    print(f"{sum(distinct.values())} events, {len(distinct)} of them distinct, {len(findings)} findings")
    for kind, times in sorted(seen.items()):
        print(f"  {kind}: {times}")
    for finding in findings:
        print(f"  {finding[:600]}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
