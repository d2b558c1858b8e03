import contextlib
import hashlib
import io
import json
import os
import unittest
from unittest import mock

from botocore.response import StreamingBody
from botocore.stub import Stubber

os.environ |= {"STACK": "coatcheck", "PROCESSED_TABLE": "processed", "PROCESSOR": "notes", "PROCESSED_TTL_DAYS": "90"}
os.environ |= {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}

import handler  # noqa: E402
import processed  # noqa: E402
from boto3.dynamodb.conditions import ConditionExpressionBuilder  # noqa: E402

PAYLOAD = b'{"secret":"payload"}'


def event(name="1", payload=PAYLOAD, **changes):
    return {
        "ref": f"partner/{name}",
        "type": "polyglot.x",
        "dataref": f"s3://bucket/payloads/{name}",
        "datasha256": hashlib.sha256(payload).hexdigest(),
        "datasize": str(len(payload)),
        "receivedat": "2026-11-21T20:59:57.414Z",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "replayid": "",
        "replayforce": "false",
        "deliveryid": f"delivery-of-{name}",
    } | changes


def conflict(**item):
    item = {name: {"S": value} for name, value in item.items()}
    return processed.Conflict({"Error": {"Code": "ConditionalCheckFailedException"}, "Item": item}, "UpdateItem")


class HandlerTest(unittest.TestCase):
    def setUp(self):
        self.s3 = self.enterContext(Stubber(handler.s3))
        self.sqs = self.enterContext(Stubber(handler.sqs))
        self.update = self.enterContext(mock.patch.object(processed.table, "update_item"))

    if not hasattr(unittest.TestCase, "enterContext"):  # Python 3.10

        def enterContext(self, context):
            result = context.__enter__()
            self.addCleanup(context.__exit__, None, None, None)
            return result

    def stored(self, payload=PAYLOAD):
        body = StreamingBody(io.BytesIO(payload), len(payload))
        self.s3.add_response("get_object", {"Body": body, "ContentLength": len(payload)})

    def handle(self, *events):
        """What failed; the lines that were logged."""
        context = mock.Mock()
        context.get_remaining_time_in_millis.return_value = 10_000
        with contextlib.redirect_stdout(io.StringIO()) as output:
            answer = handler.handler(list(events), context)
        self.assertNotIn("secret", output.getvalue())
        lines = [json.loads(line) for line in output.getvalue().splitlines()]
        return [failed["itemIdentifier"] for failed in answer["batchItemFailures"]], lines

    def written(self):
        """What each write sets."""
        writes = []
        for call in self.update.call_args_list:
            values = call.kwargs["ExpressionAttributeValues"]
            writes.append({name: values[f":{name[1:]}"] for name in call.kwargs["ExpressionAttributeNames"]})
        return writes

    def test_an_event_is_claimed_done_and_completed(self):
        self.stored()
        failed, lines = self.handle(event())
        self.assertEqual(failed, [])
        claim, done = self.written()
        self.assertEqual(
            (claim["#state"], claim["#type"], claim["#expires_at"] - claim["#lease_until"] // 1000),
            ("in_progress", "polyglot.x", 90 * 86_400 - 11),
        )
        self.assertEqual(done["#state"], "completed")
        self.assertEqual(done["#summary"], "polyglot.x 20 bytes")
        self.assertEqual((done["#size"], done["#sha256"]), (20, hashlib.sha256(PAYLOAD).hexdigest()))
        self.assertGreaterEqual(done["#age_ms"], 0)
        self.assertEqual([(line["message"], line["ref"]) for line in lines], [("processed", "partner/1")])

        claim, done = (call.kwargs for call in self.update.call_args_list)
        self.assertEqual(claim["Key"], {"ref": "partner/1", "processor": "notes"})
        self.assertTrue(claim["UpdateExpression"].endswith("ADD attempts :one"))
        built = ConditionExpressionBuilder().build_expression(claim["ConditionExpression"])
        self.assertEqual(
            built.condition_expression,
            "((attribute_not_exists(#n0) OR #n1 = :v0) OR (#n2 = :v1 AND #n3 < :v2))",
        )
        self.assertEqual(list(built.attribute_name_placeholders.values()), ["ref", "state", "state", "lease_until"])
        self.assertEqual(done["ConditionExpression"], processed.Attr("owner").eq(self.written()[0]["#owner"]))

    def test_what_is_not_the_payload_is_rejected_each_with_its_reason_and_alone(self):
        self.s3.add_client_error("get_object", "NoSuchKey")
        self.stored()
        self.stored()
        self.stored()
        failed, lines = self.handle(
            event("gone"), event("longer", datasize="21"), event("other", datasha256="0" * 64), event("good")
        )
        self.assertEqual(failed, ["delivery-of-gone", "delivery-of-longer", "delivery-of-other"])
        # Their subscription is unknown, so they could not be given up.
        lines = [line for line in lines if not line["message"].startswith("could not")]
        self.assertEqual([line["ref"] for line in lines], ["partner/gone", "partner/longer", "partner/other", "partner/good"])
        reasons = [
            "payload_missing: the payload is not in the bucket",
            "payload_size: the payload has 20 bytes, its pointer says 21",
            "payload_digest: the payload does not have its pointer's SHA-256",
        ]
        for line, reason in zip(lines, reasons):
            self.assertEqual((line["level"], line["message"], line["reason"]), ("ERROR", "rejected", reason))
        marks = [write for write in self.written() if write["#state"] == "failed"]
        self.assertEqual([(mark["#failure"], mark["#reason"]) for mark in marks], [("Reject", text) for text in reasons])
        self.assertEqual(lines[3]["message"], "processed")

    def test_what_is_rejected_is_in_the_dead_letter_queue_before_it_is_done_with(self):
        url = "https://sqs.eu-central-1.amazonaws.com/123456789012/coatcheck-notes-dlq"
        rejected = event("gone", subscription="notes")
        self.s3.add_client_error("get_object", "NoSuchKey")
        self.sqs.add_response("get_queue_url", {"QueueUrl": url}, {"QueueName": "coatcheck-notes-dlq"})
        self.sqs.add_response("send_message", {}, {"QueueUrl": url, "MessageBody": json.dumps(rejected)})
        failed, lines = self.handle(rejected)
        self.assertEqual((failed, [line["message"] for line in lines]), ([], ["rejected"]))
        self.assertEqual(self.written()[-1]["#failure"], "Reject")
        self.sqs.assert_no_pending_responses()

    def test_what_cannot_be_given_up_comes_again(self):
        self.s3.add_client_error("get_object", "NoSuchKey")
        self.sqs.add_client_error("get_queue_url", "AccessDenied", "secret")
        failed, lines = self.handle(event(subscription="notes"))
        self.assertEqual(failed, ["delivery-of-1"])
        self.assertEqual((lines[1]["level"], lines[1]["reason"]), ("WARN", "GetQueueUrl: AccessDenied"))

    def test_a_retry_is_not_given_up(self):
        self.s3.add_client_error("get_object", "SlowDown")
        failed, lines = self.handle(event(subscription="notes"))
        self.assertEqual((failed, len(lines)), (["delivery-of-1"], 1))

    def test_a_completed_event_is_skipped(self):
        self.update.side_effect = conflict(state="completed", owner="another")
        failed, lines = self.handle(event())
        self.assertEqual((failed, lines[0]["message"], self.update.call_count), ([], "done before: skipped", 1))

    def test_a_replay_claims_as_any_delivery_and_a_forced_one_what_is_done_too(self):
        self.stored()
        self.handle(event(replayid="r1"))
        self.assertNotIn("#replayid", self.written()[0])
        ordinary = self.update.call_args_list[0].kwargs["ConditionExpression"]
        self.update.reset_mock()

        self.stored()
        self.handle(event(replayid="r1", replayforce="true"))
        claim, done = self.written()
        self.assertEqual(claim["#replayid"], "r1")
        self.assertNotIn("#replayid", done)
        condition = self.update.call_args_list[0].kwargs["ConditionExpression"]
        built = ConditionExpressionBuilder().build_expression(condition)
        also = "(#n4 = :v3 AND (attribute_not_exists(#n5) OR #n6 <> :v4))"
        first = ConditionExpressionBuilder().build_expression(ordinary).condition_expression
        self.assertEqual(built.condition_expression, f"({first} OR {also})")
        self.assertEqual(list(built.attribute_name_placeholders.values())[4:], ["state", "replayid", "replayid"])
        self.assertEqual(list(built.attribute_value_placeholders.values())[3:], ["completed", "r1"])

    def test_an_event_in_anothers_work_comes_again(self):
        self.update.side_effect = conflict(state="in_progress", owner="another")
        failed, lines = self.handle(event())
        self.assertEqual((failed, lines[0]["message"], self.update.call_count), (["delivery-of-1"], "to be retried", 1))

    def test_a_claim_whose_first_answer_got_lost_is_ours(self):
        self.stored()
        with mock.patch.object(processed.uuid, "uuid4", return_value="me"):
            self.update.side_effect = [conflict(state="in_progress", owner="me"), None]
            failed, lines = self.handle(event())
        self.assertEqual((failed, lines[0]["message"]), ([], "processed"))

    def test_without_its_mark_an_event_is_not_done(self):
        self.stored()
        self.update.side_effect = [None, conflict(state="in_progress", owner="another"), None]
        failed, lines = self.handle(event())
        self.assertEqual(failed, ["delivery-of-1"])
        self.assertEqual(lines[0]["reason"], "UpdateItem: ConditionalCheckFailedException")

    def test_a_refusal_is_for_later_and_says_of_what(self):
        self.s3.add_client_error("get_object", "AccessDenied", "secret")
        failed, lines = self.handle(event())
        self.assertEqual(
            (failed, lines[0]["message"], lines[0]["reason"]),
            (["delivery-of-1"], "to be retried", "GetObject: AccessDenied"),
        )

    def test_the_text_of_a_foreign_error_is_not_told(self):
        self.stored()
        with mock.patch.object(handler, "summarise", side_effect=ValueError("secret")):
            failed, lines = self.handle(event())
        self.assertEqual((failed, lines[0]["reason"]), (["delivery-of-1"], "ValueError"))
        self.assertEqual(self.written()[-1]["#reason"], "ValueError")


if __name__ == "__main__":
    unittest.main()
