"""The entry points: what Lambda calls."""

from __future__ import annotations

import os
import threading
import time
from typing import Any, Callable, NamedTuple, Protocol

import boto3
from botocore.config import Config

from .batch import Batch, batch_answer, task_answer
from .dead_letters import DeadLetterQueues
from .deliveries import read
from .event import Claim
from .log import Log, write_metrics
from .payload import redeem
from .records import Records
from .settings import Settings
from .settings import read as read_settings
from .work import Handler, Time, Work


class LambdaContext(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends the invocation."""


LambdaHandler = Callable[[Any, LambdaContext], Any]


class Clients(NamedTuple):
    """The services that a processor calls. Low-level clients may be shared by threads.

    https://boto3.amazonaws.com/v1/documentation/api/latest/guide/clients.html#multithreading-or-multiprocessing-with-clients
    """

    s3: Any
    dynamodb: Any
    sqs: Any


def processor(handle: Handler) -> LambdaHandler:
    """A function that a pipe calls, or that reads its own queue: it answers which events must be delivered again.

    What the handler rejects is in the dead-letter queue at once, if the function knows the queue and may send to it.
    """
    return _Lazy(handle, task=False)


def task(handle: Handler) -> LambdaHandler:
    """A task of a workflow: it answers `{"ref", "summary"}` for one event, a list of them for a list.

    It fails with the error `Retry` or `Reject` if an event fails.
    """
    return _Lazy(handle, task=True)


class _Lazy:
    """Reads settings and makes clients at the first call, so that a test can import your handler without either."""

    def __init__(self, handle: Handler, task: bool) -> None:
        self._handle = handle
        self._task = task
        self._function: Function | None = None
        self._lock = threading.Lock()

    def __call__(self, value: Any, context: LambdaContext) -> Any:
        with self._lock:
            if self._function is None:
                settings = read_settings(os.environ)
                self._function = Function(self._handle, self._task, settings, _clients(settings.at_once))
        return self._function(value, context)


def _clients(at_once: int) -> Clients:
    # A stuck connection must end before the invocation does.
    patient = Config(
        connect_timeout=2,
        read_timeout=4,
        max_pool_connections=at_once + 2,
        retries={"mode": "standard", "max_attempts": 3},
    )
    # Called at the end of an invocation: a slow answer is better than none.
    hurried = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "max_attempts": 2})
    return Clients(
        s3=boto3.client("s3", config=patient),
        dynamodb=boto3.client("dynamodb", config=patient),
        sqs=boto3.client("sqs", config=hurried),
    )


class Function:
    """A processor with everything that it needs."""

    def __init__(self, handle: Handler, task: bool, settings: Settings, clients: Clients) -> None:
        self._settings = settings
        self._task = task
        self._s3 = clients.s3
        log = Log(settings.log_level)
        records = None
        if settings.table is not None:
            records = Records(clients.dynamodb, settings.table, settings.processor, settings.ttl_s)
        work = Work(handle, records, settings.claims, settings.event_timeout_s, log)
        self._batch = Batch(work, settings.at_once, settings.keep_order)
        self._queues = DeadLetterQueues(clients.sqs, settings.stack, settings.processor, log)

    def __call__(self, value: Any, context: LambdaContext) -> Any:
        left_ms = context.get_remaining_time_in_millis()
        ends = time.monotonic() + left_ms / 1_000
        reports = self._batch.process(read(value, self._redeem), Time.until(left_ms))
        if not self._task:
            self._queues.give_up(reports, ends - time.monotonic())
        write_metrics(self._settings.stack, self._settings.processor, reports)
        alone = isinstance(value, dict) and "Records" not in value
        return task_answer(reports, alone) if self._task else batch_answer(reports)

    def _redeem(self, claim: Claim) -> bytes:
        return redeem(self._s3, claim)
