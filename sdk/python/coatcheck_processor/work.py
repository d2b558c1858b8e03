"""What happens to one event: claim, handle, mark."""

from __future__ import annotations

import threading
import time
import uuid
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Callable

from . import clock
from .event import Event
from .failures import Failure, Retry, StillRunning, failure_of
from .log import Log
from .records import Completed, Ours, Records
from .report import DoneBefore, Outcome, Processed

Handler = Callable[[Event], "str | None"]

_SUMMARY_MAX_BYTES = 1_024
# Kept back from an invocation's end: time to report the results for its events.
_TO_ANSWER_S = 2.0
# The wait between two checks of a lease that another attempt holds.
_LEASE_POLL_S = 0.5
# Time for a handler to notice that its time is over.
_TO_STOP_S = 0.1


@dataclass(frozen=True)
class Time:
    """The time of one invocation."""

    handlers_end: float
    """When every handler must be done, by `time.monotonic`."""
    ends_at_ms: int
    """When Lambda ends the invocation, in milliseconds of the epoch: no handler survives this."""

    @staticmethod
    def until(left_ms: int) -> Time:
        """The time of an invocation that has so much left."""
        left_s = max(0, left_ms) / 1_000
        return Time(time.monotonic() + left_s - min(_TO_ANSWER_S, left_s / 4), clock.now_ms() + left_ms)

    def of_event(self, at_most_s: float | None) -> float | None:
        """When an event that begins now must be done; None: no time is left."""
        now = time.monotonic()
        end = self.handlers_end if at_most_s is None else min(self.handlers_end, now + at_most_s)
        return end if now < end else None


@dataclass(frozen=True)
class Work:
    """A processor's tools."""

    handle: Handler
    records: Records | None
    """None: the handler itself deals with repeated deliveries."""
    claims: bool
    """Otherwise the mark is the only write: for handlers that may run again."""
    event_timeout_s: float | None
    log: Log

    def one(self, event: Event, time_: Time) -> Outcome:
        """Handles one event. Without its mark an event is not done: it is delivered again. Raises nothing."""
        began = time.monotonic()
        try:
            outcome = self._steps(event, time_)
        except Failure as failure:
            outcome = failure
        except Exception as error:
            outcome = failure_of(error)
        self.log.outcome(event, outcome, int((time.monotonic() - began) * 1_000))
        return outcome

    def _steps(self, event: Event, time_: Time) -> Outcome:
        if time_.of_event(self.event_timeout_s) is None:
            raise _no_time()
        owner = uuid.uuid4().hex
        if self.records and self.claims:
            claimed = self._claim(self.records, event, owner, time_)
            if isinstance(claimed, Completed):
                return DoneBefore(claimed.summary)
            event._state.attempt = claimed.attempts
        try:
            # Its own time begins here: until now it waited for others.
            end = time_.of_event(self.event_timeout_s)
            if end is None:
                raise _no_time()
            summary = self._call(event, end)
        except StillRunning:
            raise
        except Failure as failure:
            self._failed(event, owner, failure)
            raise
        now = clock.now_ms()
        age_ms = max(0, now - int(event.received_at.timestamp() * 1_000))
        if self.records and not self.claims:
            if not self.records.mark(event, owner, now, summary, age_ms):
                self.log.line("WARN", "it was processed before: its handler ran again", event)
        elif self.records and not self.records.complete(event, owner, now, summary, age_ms):
            self.log.line("WARN", "its time was over: another delivery of it has taken the lease", event)
        return Processed(summary, age_ms)

    def _claim(self, records: Records, event: Event, owner: str, time_: Time) -> Ours | Completed:
        """Waits for another attempt's lease while there is time.

        To fail at once would use up the tries of an event whose first processor was killed.
        """
        while True:
            claimed = records.claim(event, owner, clock.now_ms(), time_.ends_at_ms)
            if isinstance(claimed, (Ours, Completed)):
                return claimed
            if time.monotonic() + _LEASE_POLL_S >= time_.handlers_end:
                raise Retry("another delivery of it is in work")
            time.sleep(_LEASE_POLL_S)

    def _call(self, event: Event, end: float) -> str:
        """A thread of its own: a handler that never ends does not stop the other events."""
        event._state.ends_at = end
        called: Future[str | None] = Future()

        def call() -> None:
            try:
                called.set_result(self.handle(event))
            except BaseException as error:
                called.set_exception(error)

        threading.Thread(target=call, daemon=True, name=f"event {event.ref}").start()
        if not wait([called], timeout=max(0.0, end - time.monotonic())).done:
            if not wait([called], timeout=_TO_STOP_S).done:
                raise StillRunning("the handler took longer than the event's time, and does not stop")
            raise Retry("the handler took longer than the event's time")
        error = called.exception()
        if error is not None:
            raise failure_of(error) from error
        if event._state.redemption is not None:
            raise event._state.redemption
        summary = (called.result() or "").encode()[:_SUMMARY_MAX_BYTES]
        return summary.decode(errors="ignore")

    def _failed(self, event: Event, owner: str, failure: Failure) -> None:
        """Without this mark the lease ends by itself."""
        if not self.records or not self.claims:
            return
        try:
            if not self.records.fail(event, owner, clock.now_ms(), failure):
                self.log.line("WARN", "its time was over: another delivery of it has taken the lease", event)
        except Failure as problem:
            self.log.line("WARN", "the failure is not on record", event, cause=str(problem))


def _no_time() -> Retry:
    return Retry("the invocation had no time left for it")
