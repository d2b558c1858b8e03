"""All events of an invocation, each alone, and the answer about them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from .deliveries import Delivery
from .event import Event
from .failures import Failure, Nameless, Reject, Retry
from .report import DoneBefore, EventReport, Processed
from .work import Time, Work


@dataclass(frozen=True)
class Batch:
    """Handles batches with this work."""

    work: Work
    at_once: int
    keep_order: bool
    """After an event fails, the later ones of its ordering key are held back."""

    def process(self, deliveries: list[Delivery], time: Time) -> list[EventReport]:
        """Events of one ordering key come one after the other, others at the same time. The reports have the order of
        the batch."""
        rows: dict[object, list[int]] = {}
        for place, delivery in enumerate(deliveries):
            key: object = place
            if isinstance(delivery.event, Event):
                key = delivery.event.ordering
            elif delivery.group:
                # In the row of its group, so that it neither overtakes nor is overtaken.
                key = ("", delivery.group)
            rows.setdefault(key, []).append(place)
        reports: dict[int, EventReport] = {}

        def process_row(row: list[int]) -> None:
            failed = False
            for place in row:
                reports[place] = self._report(deliveries[place], failed, time)
                failed = failed or isinstance(reports[place].outcome, Failure)

        with ThreadPoolExecutor(self.at_once) as pool:
            list(pool.map(process_row, rows.values()))
        return [reports[place] for place in range(len(deliveries))]

    def _report(self, delivery: Delivery, failed: bool, time: Time) -> EventReport:
        event = delivery.event
        if failed and self.keep_order:
            held_back = Retry("held back: an earlier event with its ordering key failed")
            decoded = event if isinstance(event, Event) else None
            return EventReport(delivery.identifier, decoded, held_back, delivery.dead_letter)
        if not isinstance(event, Event):
            self.work.log.line("ERROR", "rejected", delivery=delivery.identifier, reason=str(event))
            return EventReport(delivery.identifier, None, event, delivery.dead_letter)
        return EventReport(delivery.identifier, event, self.work.one(event, time), delivery.dead_letter)


def batch_answer(reports: list[EventReport]) -> dict[str, Any]:
    """Which events must be delivered again; the others are done. Pipes, and Lambda for queues, read the same shape.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
    """
    failed = [report.identifier for report in reports if isinstance(report.outcome, Failure) and not report.given_up]
    nameless = failed.count(None)
    if nameless:
        raise Nameless(f"{nameless} failed events have no deliveryid: fix the pipe's template")
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


def task_answer(reports: list[EventReport], alone: bool) -> Any:
    """What was made of each event. A task with a failed event can only fail: with `Retry` if one must be retried."""
    failed = [(report, report.outcome) for report in reports if isinstance(report.outcome, Failure)]
    if failed:
        report, failure = next((one for one in failed if not isinstance(one[1], Reject)), failed[0])
        word, kind = ("rejected", Reject) if isinstance(failure, Reject) else ("to be retried", Retry)
        first = report.event.ref if report.event else report.identifier or "one without a name"
        raise kind(f"{len(failed)} of {len(reports)} events failed, the first being {first}: {word}: {failure}")
    summaries = [
        {"ref": report.event.ref, "summary": report.outcome.summary}
        for report in reports
        if report.event and isinstance(report.outcome, (Processed, DoneBefore))
    ]
    return summaries[0] if alone else summaries
