"""No retry helps an event that is rejected: it goes into its dead-letter queue at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from .deliveries import DeadLetter
from .failures import Failure, Reject, store_failure
from .log import Log
from .report import EventReport, Outcome

# The most that it uses of the time that an invocation keeps back for its answer.
_TO_SEND_S = 1.5
# Sends under way at the same time.
_AT_ONCE = 8


class DeadLetterQueues:
    """The queues of the stack, by the names that Terraform gives them."""

    def __init__(self, sqs: Any, stack: str, processor: str, log: Log) -> None:
        self._sqs = sqs
        self._stack = stack
        self._inbox = f"{stack}-{processor}-inbox-dlq"
        self._log = log
        self._urls: dict[str, str] = {}

    def give_up(self, reports: list[EventReport], in_order: bool, left_s: float) -> None:
        """Puts each rejected event whole into its queue and marks it, so that the answer leaves it out.

        First the queue, then the answer: a crash in between makes two messages of one, and loses none. An event that
        cannot be put there stays a failure. In order, the pipe delivers all events from the first retried one again, so
        those behind it wait for it. Half of the time left is for the answer.
        """
        rejected: list[tuple[EventReport, DeadLetter]] = []
        for report in reports:
            if in_order and _is_retried(report.outcome):
                break
            if isinstance(report.outcome, Reject) and report.dead_letter:
                rejected.append((report, report.dead_letter))
        if not rejected:
            return
        pool = ThreadPoolExecutor(_AT_ONCE)
        sends = {pool.submit(self._send, dead_letter): report for report, dead_letter in rejected}
        wait(sends, timeout=min(_TO_SEND_S, max(0.0, left_s) / 2))
        pool.shutdown(wait=False, cancel_futures=True)
        for send, report in sends.items():
            problem = send.exception() if send.done() and not send.cancelled() else TimeoutError()
            report.given_up = problem is None
            if problem is None:
                self._log.line("INFO", "given up: the rejected event is in the dead-letter queue", report.event)
            else:
                message = "the rejected event could not be given up at once: its tries are used up first"
                self._log.line("WARN", message, report.event, cause=str(store_failure("sqs:SendMessage", problem)))

    def _send(self, dead_letter: DeadLetter) -> None:
        subscription = dead_letter.subscription
        name = self._inbox if subscription is None else f"{self._stack}-{subscription}-dlq"
        if name not in self._urls:
            self._urls[name] = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        self._sqs.send_message(QueueUrl=self._urls[name], MessageBody=dead_letter.body)


def _is_retried(outcome: Outcome) -> bool:
    return isinstance(outcome, Failure) and not isinstance(outcome, Reject)
