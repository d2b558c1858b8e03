"""The cases that processors in all languages agree on: sdk/contract."""

import contextlib
import io
import json
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from coatcheck_processor import Reject, Retry
from coatcheck_processor.failures import Failure
from coatcheck_processor.function import Clients, Function
from coatcheck_processor.settings import Settings

CONTRACT = Path(__file__).parents[2] / "contract"
BASE = (CONTRACT / "event.json").read_text()
WRITES = json.loads((CONTRACT / "writes.json").read_text())
NOW_MS = 1_795_294_800_000
# The line that every event gets has one of these messages.
ENDS = {"processed", "done before: skipped", "to be retried", "rejected"}


def expand(value):
    """`$event` is the event of event.json with these attributes, without those that are null; `$text` is JSON as text."""
    if isinstance(value, list):
        return [expand(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "$event" in value:
        event = json.loads(BASE.replace("{id}", value["$event"]["id"])) | value["$event"]
        return {name: attribute for name, attribute in event.items() if attribute is not None}
    if "$text" in value:
        return json.dumps(expand(value["$text"]))
    return {name: expand(one) for name, one in value.items()}


class Conflict(ClientError):
    def __init__(self, item):
        super().__init__({"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem")
        self.response["Item"] = {name: attribute(value) for name, value in item.items()}


def attribute(value):
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def refused(code, operation):
    return ClientError({"Error": {"Code": code, "Message": "canary"}}, operation)


class Table:
    """Takes only the writes of writes.json, and does what they say."""

    exceptions = mock.Mock(ConditionalCheckFailedException=Conflict)

    def __init__(self, case):
        self.items = {ref: dict(record) for ref, record in case.get("table", {}).items()}
        self.fails = case.get("table_fails", {})
        self.at_claim = case.get("table_at_claim", {})
        self.exact = case.get("exact_writes", False)
        self.writes = []
        self.lock = threading.Lock()

    def update_item(self, **call):
        with self.lock:
            kind = next(kind for kind, write in WRITES.items() if self.is_kind(call, write))
            self.writes.append(kind)
            values = {name[1:]: self.plain(value) for name, value in call["ExpressionAttributeValues"].items()}
            if self.exact:
                assert {**WRITES[kind]["Values"], "owner": values["owner"]} == values, values
            ref = call["Key"]["ref"]["S"]
            if "mark" in kind:
                return self.mark_alone(ref, values)
            return self.claim(ref, values) if "claim" in kind else self.mark(ref, kind, values)

    def is_kind(self, call, write):
        expressions = call["UpdateExpression"] + " " + call["ConditionExpression"]
        names = call["ExpressionAttributeNames"]
        return (
            all(call[name] == write[name] for name in ("UpdateExpression", "ConditionExpression"))
            and all(alias == f"#{name}" and alias in expressions for alias, name in names.items())
            and set(call["ExpressionAttributeValues"]) == {f":{name}" for name in [*write["Values"], "owner"]}
            and call["TableName"] == "processed"
            and call["Key"]["processor"] == {"S": "notes"}
            and call["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
        )

    @staticmethod
    def plain(value):
        [(kind, text)] = value.items()
        return int(text) if kind == "N" else text

    def claim(self, ref, values):
        if self.fails.get("claim") == "busy":
            raise refused("ThrottlingException", "UpdateItem")
        self.items.update(self.at_claim.get(str(len(self.writes)), {}))
        old = self.items.get(ref, {})
        state, replay = old.get("state"), values.get("replayid")
        free = state in (None, "failed") or (state == "in_progress" and old["lease_until"] < values["now"])
        if not free and not (state == "completed" and replay and replay != old.get("replayid")):
            raise Conflict(old)
        kept = ("state", "owner", "lease_until", "type", "expires_at", "replayid")
        new = old | {name: values[name] for name in kept if name in values} | {"attempts": old.get("attempts", 0) + 1}
        self.items[ref] = new
        if self.fails.get("claim") == "answer_lost":
            raise Conflict(new)
        return {"Attributes": {"attempts": attribute(new["attempts"])}}

    def mark_alone(self, ref, values):
        if self.fails.get("mark") == "busy":
            raise refused("ThrottlingException", "UpdateItem")
        old = self.items.get(ref, {})
        replay = values.get("replayid")
        if old.get("state") == "completed" and not (replay and replay != old.get("replayid")):
            raise Conflict(old)
        new = old | {name: value for name, value in values.items() if name != "one"}
        for name in ("lease_until", "failure", "reason"):
            new.pop(name, None)
        self.items[ref] = new | {"attempts": old.get("attempts", 0) + 1}

    def mark(self, ref, kind, values):
        if self.fails.get(kind) == "busy":
            raise refused("ThrottlingException", "UpdateItem")
        if self.fails.get(kind) == "lease_lost":
            self.items[ref]["owner"] = "another"
        if self.items[ref]["owner"] != values["owner"]:
            raise Conflict({})
        self.items[ref].update(values)
        for name in ("lease_until", "failure", "reason") if kind == "complete" else ("lease_until",):
            self.items[ref].pop(name, None)


class Bucket:
    class NoSuchKey(Exception):
        pass

    exceptions = mock.Mock(NoSuchKey=NoSuchKey)

    def __init__(self, payloads):
        self.payloads = payloads

    def get_object(self, Bucket, Key):
        assert Bucket == "bucket"
        payload = self.payloads.get(Key, "a payload")
        if payload is None:
            raise self.NoSuchKey
        if isinstance(payload, dict):
            raise refused(payload["error"], "GetObject")
        body = payload.encode()
        return {"ContentLength": len(body), "Body": StreamingBody(io.BytesIO(body), len(body))}


class Queues:
    def __init__(self, fails, fifo, released):
        self.fails = fails
        self.fifo = {f"{name}.fifo" for name in fifo}
        self.released = released
        self.sent = []

    def get_queue_url(self, QueueName):
        exists = QueueName in self.fifo or not (QueueName.endswith(".fifo") or f"{QueueName}.fifo" in self.fifo)
        if not exists:
            raise refused("AWS.SimpleQueueService.NonExistentQueue", "GetQueueUrl")
        return {"QueueUrl": f"https://queues/{QueueName}"}

    def send_message(self, QueueUrl, MessageBody, MessageGroupId=None, MessageDeduplicationId=None):
        name = QueueUrl.removeprefix("https://queues/")
        if self.fails.get(name) == "hangs":
            self.released.wait()
        if name in self.fails:
            raise refused(self.fails[name], "SendMessage")
        in_order = (MessageGroupId, MessageDeduplicationId) if name.endswith(".fifo") else ()
        assert in_order or (MessageGroupId, MessageDeduplicationId) == (None, None)
        self.sent.append((name, MessageBody, *in_order))


class Handler:
    """Does what a case says, and takes note of what it saw."""

    def __init__(self, does, released):
        self.does = does
        self.released = released
        self.seen = {}
        self.handled = []
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, event):
        with self.lock:
            self.handled.append(event.id)
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            return self.handle(event, self.does.get(event.id, {}))
        finally:
            with self.lock:
                self.now -= 1

    def handle(self, event, does):
        self.seen[event.id] = {
            **{name: getattr(event, name) for name in SAME},
            **{name: getattr(event.claim, name) for name in ("bucket", "key", "size")},
            **{name: event.attribute(name) for name in ("customer", "amount", "plan")},
            "attribute_ref": event.attribute("ref"),
            "time": f"{event.time:%Y-%m-%dT%H:%M:%S}.{event.time.microsecond // 1000:03}Z",
            "received_at": f"{event.received_at:%Y-%m-%dT%H:%M:%S}.{event.received_at.microsecond // 1000:03}Z",
        }
        kind = does.get("does")
        if kind in ("retry", "reject"):
            raise {"retry": Retry, "reject": Reject}[kind](does["reason"])
        if kind == "crash":
            raise ValueError(does["reason"])
        if kind == "wait":
            while event.time_left() > 0:
                time.sleep(0.01)
            time.sleep(0.03)  # It notices a little late.
        if kind == "block":
            self.released.wait()
        if kind == "pause":
            time.sleep(0.05)
        if kind == "summarise":
            return does["repeat"] * does["times"]
        if kind == "ignore_payload":
            with contextlib.suppress(Failure):
                event.payload()
            return "as if"
        return f"{len(event.payload())} bytes"


SAME = (
    "id source type subject content_type ref traceparent trace_id replay_id replay_is_forced delivery_id partition_key attempt".split()
)


def delivered(value):
    if isinstance(value, dict) and "Records" in value:
        return [record.get("body") for record in value["Records"]]
    return value if isinstance(value, list) else [value]


class ContractTest(unittest.TestCase):
    def run_case(self, case):
        released = threading.Event()
        self.addCleanup(released.set)
        given = case.get("settings", {})
        settings = Settings(
            stack="coatcheck",
            processor="notes",
            table="processed" if given.get("idempotency", True) else None,
            ttl_s=86_400,
            claims=given.get("record", "claim") == "claim",
            at_once=given.get("events_at_once", 8),
            event_timeout_s=given["event_timeout_ms"] / 1_000 if "event_timeout_ms" in given else None,
            keep_order=given.get("keep_order", False),
            log_level="debug",
        )
        table = Table(case)
        queues = Queues(case.get("queues_fail", {}), case.get("fifo_queues", []), released)
        handler = Handler(case.get("handler", {}), released)
        clients = Clients(Bucket(case.get("payloads", {})), table, queues)
        function = Function(handler, given.get("task", False), settings, clients)
        value = expand(case["input"])
        context = mock.Mock()
        context.get_remaining_time_in_millis.return_value = case.get("left_ms", 30_000)
        reports = []
        process = function._batch.process
        output = io.StringIO()
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.redirect_stdout(output))
            stack.enter_context(mock.patch("coatcheck_processor.clock.now_ms", return_value=NOW_MS))
            # A busy machine may take longer than 100 ms to let a thread notice.
            stack.enter_context(mock.patch("coatcheck_processor.work._TO_STOP_S", 1.0))
            record = lambda *arguments: reports.extend(process(*arguments)) or reports  # noqa: E731
            stack.enter_context(mock.patch("coatcheck_processor.batch.Batch.process", side_effect=record))
            if "error" in case:
                with self.assertRaises(Exception) as raised:
                    function(value, context)
                self.assertEqual(type(raised.exception).__name__, case["error"]["type"])
                self.assertIn(case["error"]["says"], str(raised.exception))
            else:
                self.assertEqual(function(value, context), case["answer"])
        released.set()
        lines = [json.loads(line) for line in output.getvalue().splitlines()]
        if "metrics" in case:
            self.assertEqual([line for line in lines if "_aws" in line], case["metrics"])
        for line in lines:
            if "ref" in line and line["message"] in ENDS:
                self.assertIsInstance(line["took_ms"], int)
                self.assertGreaterEqual(line["took_ms"], 0)
        self.assertNotIn("canary", output.getvalue())
        self.check(case, value, table, queues, handler, {self.name(one): one for one in reports})

    @staticmethod
    def name(report):
        return report.event.id if report.event else (report.identifier or "").removeprefix("delivery-of-")

    def check(self, case, value, table, queues, handler, reports):
        if "handled" in case:
            self.assertEqual(sorted(handler.handled), sorted(case["handled"]))
        for first, second in case.get("before", []):
            self.assertLess(handler.handled.index(first), handler.handled.index(second))
        for name, expected in case.get("seen", {}).items():
            self.assertEqual({key: handler.seen[name][key] for key in expected}, expected)
        if "writes" in case:
            self.assertEqual(table.writes, case["writes"])
        for ref, expected in case.get("table_after", {}).items():
            self.check_record(table.items.get(ref), expected)
        for ref, size in case.get("summary_bytes", {}).items():
            self.assertEqual(len(table.items[ref]["summary"].encode()), size)
        if "sent" in case:
            bodies = [body if isinstance(body, str) else json.dumps(body) for body in delivered(value)]
            self.assertEqual(sorted(queues.sent), sorted((queue, bodies[place], *in_order) for queue, place, *in_order in case["sent"]))
        for kind, word in (("rejected", "Reject"), ("retried", "Retry")):
            for name, reason in case.get(kind, {}).items():
                outcome = reports[name].outcome
                self.assertEqual(isinstance(outcome, Reject), word == "Reject")
                self.assertIn(reason, str(outcome))
        if "most_at_once" in case:
            self.assertEqual(handler.most, case["most_at_once"])

    def check_record(self, record, expected):
        if expected is None:
            return self.assertIsNone(record)
        for name, value in expected.items():
            have = record.get(name)
            if isinstance(value, list):
                for part in value:
                    self.assertIn(part, have)
            else:
                self.assertEqual(have, value, name)


def a_test(case):
    return lambda self: self.run_case(case)


for path in sorted((CONTRACT / "cases").glob("*.json")):
    for case in json.loads(path.read_text()):
        name = f"test {path.stem}: {case['name']}"
        assert not hasattr(ContractTest, name), name
        setattr(ContractTest, name, a_test(case))
