"""No retry helps an event that is rejected: it goes into its dead-letter queue at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from botocore.exceptions import ClientError

from .deliveries import DeadLetter
from .failures import Reject, store_failure
from .log import Log
from .report import EventReport

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

    def give_up(self, reports: list[EventReport], left_s: float) -> None:
        """Puts each rejected event whole into its queue and marks it, so that the answer leaves it out.

        First the queue, then the answer: a crash in between makes two messages of one, and loses none. An event that
        cannot be put there stays a failure. In order, an event behind a failed one of its group was held back and not
        rejected, so each rejected one is the first of its group that failed. Half of the time left is for the answer.
        """
        rejected = [
            (report, report.dead_letter)
            for report in reports
            if isinstance(report.outcome, Reject) and report.dead_letter
        ]
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
            self._urls[name] = self._find(name)
        url = self._urls[name]
        in_order = {"MessageGroupId": dead_letter.group, "MessageDeduplicationId": dead_letter.deduplication_id}
        try:
            self._sqs.send_message(
                QueueUrl=url, MessageBody=dead_letter.body, **(in_order if url.endswith(".fifo") else {})
            )
        except Exception:
            # It is looked up again: a subscription that became ordered has another one.
            self._urls.pop(name, None)
            raise

    def _find(self, name: str) -> str:
        """The queue of this name, or the FIFO queue of it, which an ordered subscription has.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
        """
        try:
            return str(self._sqs.get_queue_url(QueueName=name)["QueueUrl"])
        except ClientError as error:
            if not error.response["Error"]["Code"].endswith(("QueueDoesNotExist", "NonExistentQueue")):
                raise
            return str(self._sqs.get_queue_url(QueueName=f"{name}.fifo")["QueueUrl"])
