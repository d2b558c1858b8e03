"""One JSON line for each event, with nothing of its payload, and the metrics of an invocation."""

from __future__ import annotations

import json
import sys
from typing import Iterable, Mapping

from . import clock
from .event import Event
from .failures import Reject
from .records import iso
from .report import DoneBefore, EventReport, Outcome, Processed

_LEVELS = {"ERROR": 0, "WARN": 1, "INFO": 2, "DEBUG": 3}
# CloudWatch takes so many values of a metric in a line.
_VALUES_MAX = 100
_DIMENSION_MAX_BYTES = 1_024


class Log:
    """Standard output, which Lambda hands to CloudWatch Logs."""

    def __init__(self, level: str) -> None:
        self._level = _LEVELS[level.upper()]

    def line(self, level: str, message: str, event: Event | None = None, **more: object) -> None:
        """About this event, with its names only."""
        if _LEVELS[level] > self._level:
            return
        about: dict[str, object] = {}
        if event is not None:
            about = {
                "ref": event.ref,
                "type": event.type,
                "delivery": event.delivery_id,
                "traceparent": event.traceparent,
                "trace_id": event.trace_id,
            }
            about |= {"attempt": event.attempt} if event.attempt is not None else {}
            about |= {"replay": event.replay_id} if event.replay_id is not None else {}
        _write({"timestamp": iso(clock.now_ms()), "level": level, "message": message, **about, **more})

    def outcome(self, event: Event, outcome: Outcome, took_ms: int) -> None:
        """The line that every event gets. It took so long with the wait for another attempt's lease."""
        if isinstance(outcome, Processed):
            claim = event.claim
            facts = {"sha256": claim.sha256, "size": claim.size, "age_ms": outcome.age_ms}
            self.line("INFO", "processed", event, **facts, took_ms=took_ms)
        elif isinstance(outcome, DoneBefore):
            self.line("INFO", "done before: skipped", event, took_ms=took_ms)
        elif isinstance(outcome, Reject):
            self.line("ERROR", "rejected", event, reason=str(outcome), took_ms=took_ms)
        else:
            self.line("WARN", "to be retried", event, reason=str(outcome), took_ms=took_ms)


def write_metrics(stack: str, processor: str, reports: list[EventReport]) -> None:
    """One line of counts, and for each type the ages of what was processed, in CloudWatch's embedded metric format.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    of = {"Stack": stack, "Processor": processor}
    counts = dict.fromkeys(("EventsProcessed", "EventsSkipped", "EventsRetried", "EventsRejected"), 0)
    ages: dict[str, list[int]] = {}
    for report in reports:
        counts[_metric(report.outcome)] += 1
        if report.event and isinstance(report.outcome, Processed):
            ages.setdefault(report.event.type, []).append(report.outcome.age_ms)
    found = {name: count for name, count in counts.items() if count}
    if found:
        _emit(of, [["Stack"], ["Stack", "Processor"]], found, "Count")
    sets = [["Stack"], ["Stack", "Processor"], ["Stack", "Processor", "Type"]]
    for kind, all_ages in sorted(ages.items()):
        for start in range(0, len(all_ages), _VALUES_MAX):
            some = all_ages[start : start + _VALUES_MAX]
            _emit({**of, "Type": kind}, sets, {"EventAge": some[0] if len(some) == 1 else some}, "Milliseconds")


def _metric(outcome: Outcome) -> str:
    if isinstance(outcome, Processed):
        return "EventsProcessed"
    if isinstance(outcome, DoneBefore):
        return "EventsSkipped"
    return "EventsRejected" if isinstance(outcome, Reject) else "EventsRetried"


def _emit(dimensions: dict[str, str], sets: list[list[str]], values: Mapping[str, object], unit: str) -> None:
    now = clock.now_ms()
    metrics = [{"Name": name, "Unit": unit} for name in values]
    about = {"Namespace": "Coatcheck", "Dimensions": sets, "Metrics": metrics}
    line: dict[str, object] = {name: _dimension(value) for name, value in dimensions.items()}
    _write({**line, **values, "timestamp": iso(now), "_aws": {"Timestamp": now, "CloudWatchMetrics": [about]}})


def _dimension(value: str) -> str:
    """CloudWatch accepts printable ASCII, and no empty text."""
    return "".join(_printable(value))[:_DIMENSION_MAX_BYTES] or "-"


def _printable(value: str) -> Iterable[str]:
    named = {"\t": "\\t", "\r": "\\r", "\n": "\\n", "'": "\\'", '"': '\\"', "\\": "\\\\"}
    for character in value:
        plain = character if " " <= character <= "~" else f"\\u{{{ord(character):x}}}"
        yield named.get(character, plain)


def _write(line: dict[str, object]) -> None:
    """In one piece: several threads write."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
