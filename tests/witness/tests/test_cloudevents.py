"""What the witness of CloudEvents must find: events that break one rule each, and those that only look as if they did."""

import base64
import json
import shutil
import tempfile
import unittest
from collections import Counter
from pathlib import Path

from witness.cloudevents import __main__ as witness
from witness.cloudevents import found, sdks

EVENT = {
    "specversion": "1.0",
    "id": "evt_1",
    "source": "/endpoints/stripe",
    "type": "invoice.paid",
    "subject": "cus_1",
    "time": "2026-11-21T20:59:57.000Z",
    "datacontenttype": "application/json",
    "dataref": "s3://payloads/payloads/a/evt_1",
    "datasha256": "a5",
    "datasize": "4500000",
    "ref": "stripe/evt_1",
    "receivedat": "2026-11-21T20:59:57.414Z",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "replayid": "",
    "replayforce": "false",
    "deliveryid": "9a80a2d3-e93a-4a89-bb1a-1ec90911c294",
}

# Strange but valid: text may be long, in any alphabet, and contain what JSON must escape.
SOUND = {
    "as it is": {},
    "other alphabets": {"id": "évt 日本語 🧥", "type": "заказ.оплачен", "subject": "\u202eright to left\u2028"},
    "long": {"id": "x" * 256, "type": "t" * 128, "subject": "日" * 85, "dataref": "s3://b/" + "k" * 1000},
    "escapes": {"id": 'a "b" \\ </script> <$.id>', "subject": "{}[],:'"},
    "before 1970 and far off": {"time": "0001-01-01T00:00:00Z", "receivedat": "9999-12-31T23:59:59.999Z"},
    "an offset": {"time": "2026-11-21T20:59:57-08:00"},
    "bytes": {"datacontenttype": "application/octet-stream"},
    "a payload in the event": {"dataref": "data:application/octet-stream;base64," + "AP8/" * 2730},
}

# Broken, and which SDK notices: P the SDK of Python (which makes up a missing id), J that of JavaScript with
# the specification's schema, R that of Rust.
BROKEN = {
    "no id": ({"id": None}, "JR"),
    "an empty id": ({"id": ""}, "PJ"),
    "no type": ({"type": None}, "PJR"),
    "an empty type": ({"type": ""}, "PJ"),
    "no source": ({"source": None}, "PJR"),
    "an empty source": ({"source": ""}, "PJ"),
    "an empty subject": ({"subject": ""}, "PJ"),
    "another version": ({"specversion": "2.0"}, "PJR"),
    "a time that is none": ({"time": "yesterday"}, "PJR"),
    "a time without a zone": ({"time": "2026-11-21T20:59:57"}, "PR"),
    "an empty content type": ({"datacontenttype": ""}, "PJ"),
    "a capital in a name": ({"replayId": "1"}, "PJ"),
}


def variant(changes: dict) -> str:
    """The event with some members replaced; None takes one away."""
    return json.dumps({name: value for name, value in {**EVENT, **changes}.items() if value is not None})


class Python(unittest.TestCase):
    """The SDK that is always there."""

    def test_strange_events_are_taken(self):
        self.assertEqual(sdks.python([variant(changes) for changes in SOUND.values()]), [None] * len(SOUND))

    def test_broken_events_are_refused(self):
        for name, (changes, seen_by) in BROKEN.items():
            with self.subTest(name):
                self.assertEqual(sdks.python([variant(changes)])[0] is not None, "P" in seen_by)


@unittest.skipIf(sdks.missing(), "needs node and the packages of tests/witness/node")
class JavaScript(unittest.TestCase):
    """The SDK that holds the specification's schema."""

    def test_strange_events_are_taken(self):
        self.assertEqual(sdks.javascript([variant(changes) for changes in SOUND.values()]), [None] * len(SOUND))

    def test_broken_events_are_refused(self):
        verdicts = sdks.javascript([variant(changes) for changes, _ in BROKEN.values()])
        self.assertEqual({name for name, verdict in zip(BROKEN, verdicts) if verdict}, {name for name, (_, seen_by) in BROKEN.items() if "J" in seen_by})


@unittest.skipUnless(shutil.which("cargo") and (sdks.HERE.parents[2] / "target/witness/cloudevents").exists(), "make e2e builds it")
class Rust(unittest.TestCase):
    """The SDK that looks at types only."""

    def test_strange_events_are_taken(self):
        self.assertEqual(sdks.rust([variant(changes) for changes in SOUND.values()]), [None] * len(SOUND))

    def test_broken_events_are_refused(self):
        verdicts = sdks.rust([variant(changes) for changes, _ in BROKEN.values()])
        self.assertEqual({name for name, verdict in zip(BROKEN, verdicts) if verdict}, {name for name, (_, seen_by) in BROKEN.items() if "R" in seen_by})


def recorded(service: str, path: str, body: str, **headers: str) -> dict:
    """A line of a recording."""
    return {"service": service, "method": "POST", "path": path, "headers": headers, "length": len(body), "body": base64.b64encode(body.encode()).decode()}


def sent(operation: str, version: str, **given) -> dict:
    """A call in the JSON protocol."""
    service = "sqs" if operation.startswith("SendMessage") else "states"
    return recorded(service, "/", json.dumps(given), **{"x-amz-target": f"{version}.{operation}", "content-type": "application/x-amz-json-1.0"})


def other(service: str, target: str, **given) -> dict:
    """A call in the JSON protocol of another service."""
    return recorded(service, "/", json.dumps(given), **{"x-amz-target": target, "content-type": "application/x-amz-json-1.1"})


class Recording(unittest.TestCase):
    """Where events stand in requests."""

    def events(self, *lines: dict) -> list[tuple[str, dict]]:
        """What is found in a recording of these lines."""
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "requests.jsonl"
            log.write_text("".join(json.dumps(line) + "\n" for line in lines))
            return list(found.events(log))

    def test_each_target_is_read(self):
        one = variant({})
        invoke = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Acoatcheck-{}/invocations"
        data = base64.b64encode(one.encode()).decode()
        environment = {"name": "job", "environment": [{"name": "STACK", "value": "coatcheck"}, {"name": "EVENT", "value": one}]}
        lines = [
            recorded("lambda", invoke.format("audit"), f"[{one},{one}]"),
            recorded("lambda", invoke.format("trial-ordered"), f"[{one}]"),
            sent("SendMessageBatch", "AmazonSQS", QueueUrl="http://x/0/coatcheck-audit-inbox", Entries=[{"Id": "0", "MessageBody": one}]),
            sent("SendMessage", "AmazonSQS", QueueUrl="http://x/0/coatcheck-audit-dlq", MessageBody=one),
            sent("SendMessage", "AmazonSQS", QueueUrl="http://x/0/coatcheck-audit-dlq.fifo", MessageBody=one),
            other("events", "AWSEvents.PutEvents", Entries=[{"Detail": one}]),
            other("kinesis", "Kinesis_20131202.PutRecords", Records=[{"Data": data, "PartitionKey": "k"}], StreamARN="arn:aws:kinesis:us-east-1:0:stream/a"),
            other("firehose", "Firehose_20150804.PutRecordBatch", Records=[{"Data": data}], DeliveryStreamName="a"),
            other("ecs", "AmazonEC2ContainerServiceV20141113.RunTask", overrides={"containerOverrides": [environment]}, taskDefinition="a"),
            recorded("batch", "/v1/submitjob", json.dumps({"jobName": "a", "jobQueue": "q", "jobDefinition": "d", "containerOverrides": environment})),
            sent("StartSyncExecution", "AWSStepFunctions", stateMachineArn="arn:aws:states:us-east-1:0:stateMachine:a", input=f"[{one}]"),
        ]
        self.assertEqual(
            [taker for taker, _ in self.events(*lines)],
            [
                *("Lambda", "Lambda", "Lambda, ordered", "SQS", "dead-letter queue", "dead-letter queue"),
                *("event bus", "Kinesis", "Firehose", "ECS", "Batch", "Step Functions"),
            ],
        )

    def test_what_is_no_event_is_passed_over(self):
        other = sent("SendMessage", "AmazonSQS", QueueUrl="http://x/0/coatcheck-admit", MessageBody='{"detail":{}}')
        text = sent("SendMessage", "AmazonSQS", QueueUrl="http://x/0/coatcheck-admit", MessageBody="plain")
        self.assertEqual(self.events(other, text), [])

    def test_kinds(self):
        event = {**EVENT, "dataref": "s3://b/incoming/a/b", "replayid": "r-1"}
        self.assertEqual(found.kinds("SQS", event), ["SQS", "direct lane", "replay"])
        self.assertEqual(len(witness.lacking(Counter())), len(witness.WANTED))
        self.assertEqual(witness.lacking(Counter(witness.WANTED)), [])

    def test_each_reason_is_told_once(self):
        events = [variant({"subject": "", "id": str(number)}) for number in range(3)]
        findings = witness.refused(events, {"Python": sdks.python})
        self.assertEqual(len(findings), 1)
        self.assertIn("3 times", findings[0])
        self.assertIn("subject", findings[0])

    def test_a_judge_that_loses_events_is_found(self):
        self.assertIn("judged 0 of 1", "".join(witness.refused(["{}"], {"Nobody": lambda _: []})))


if __name__ == "__main__":
    unittest.main()
