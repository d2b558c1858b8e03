"""What the IAM witness must find: each case plants one fault."""

import json
import unittest

from witness.iam import __main__ as witness
from witness.iam import check, largest, policies, sizes
from witness.iam.globs import of_arn_format, overlap

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:q"


def findings(action: str, resource: str, condition: dict | None = None, kind: str = "identity") -> list[str]:
    """What is said of a policy with this one statement."""
    statement = {"Sid": "S", "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition or {}}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return [finding for _, finding in check.of_policy(policies.Policy("p", kind, text))]


class Statements(unittest.TestCase):
    """Actions, resources and conditions."""

    def test_a_sound_statement_passes(self):
        self.assertEqual(findings("sqs:SendMessage", QUEUE), [])
        self.assertEqual(findings("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/f:*"), [])
        via = {"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": "x"}}
        self.assertEqual(findings("kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/1", via), [])
        tagged = {"Null": {"s3:RequestObjectTag/retention-days": "false"}}
        self.assertEqual(findings("s3:PutObjectTagging", "arn:aws:s3:::bucket/payloads/*", tagged), [])

    def test_an_unknown_action_is_found(self):
        self.assertIn("no action that AWS knows", findings("sqs:SendMesage", QUEUE)[0])

    def test_a_resource_of_another_type_is_found(self):
        for action, resource in (
            ("s3:GetObject", "arn:aws:s3:::bucket"),
            ("s3:ListBucket", "arn:aws:s3:::bucket/payloads/*"),
            ("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/t/index/i"),
            ("dynamodb:GetRecords", "arn:aws:dynamodb:eu-west-1:123456789012:table/t"),
            ("sqs:SendMessage", "arn:aws:sns:eu-west-1:123456789012:q"),
        ):
            with self.subTest(action):
                self.assertTrue(any(" takes " in finding for finding in findings(action, resource)))

    def test_an_action_for_any_resource_only_is_found(self):
        stream = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2026"
        self.assertIn("supports the resource * only", findings("dynamodb:ListStreams", stream)[0])
        self.assertEqual(findings("dynamodb:ListStreams", "*"), [])

    def test_a_needless_star_is_found(self):
        self.assertIn("granted for *", findings("sqs:SendMessage", "*")[0])

    def test_an_unsupported_condition_key_is_found(self):
        self.assertIn("condition key", findings("sqs:SendMessage", QUEUE, {"StringEquals": {"kms:ViaService": "x"}})[0])

    def test_a_broken_policy_is_found_by_parliament(self):
        self.assertTrue(findings("sqs:SendMessage", QUEUE, {"StringEqualz": {"aws:SourceArn": "x"}}))


class Globs(unittest.TestCase):
    """Patterns against AWS's formats."""

    def test_overlap(self):
        for one, other, together in (
            ("a*c", "a?c", True), ("a*", "*b", True), ("a*", "b*", False), ("x/*", "%", False), ("x", "%", True), ("x*", "%/y", True),
        ):
            self.assertEqual((overlap(one, other), overlap(other, one)), (together, together), (one, other))

    def test_formats(self):
        self.assertEqual(of_arn_format("arn:${Partition}:s3:::${BucketName}/${ObjectName}"), "arn:%:s3:::%/*")


class Sizes(unittest.TestCase):
    """IAM's limit for a role."""

    def plan(self, characters: int) -> dict:
        """A role with two policies that have `characters` together."""
        halves = ["x" * (characters // 2), "x" * (characters - characters // 2) + " \n"]
        resources = [
            {"mode": "managed", "type": "aws_iam_role_policy", "address": f"module.a.aws_iam_role_policy.this[{i}]", "values": {"policy": half}}
            for i, half in enumerate(halves)
        ]
        return {"planned_values": {"root_module": {"resources": resources}}}

    def test_one_character_too_many(self):
        self.assertEqual(list(sizes.too_large(self.plan(10_240))), [])
        self.assertEqual(len(list(sizes.too_large(self.plan(10_241)))), 1)

    def test_the_large_cases_are_large(self):
        whole = largest.together()
        self.assertEqual(len(whole["subscriptions"]), largest.SUBSCRIPTIONS)
        self.assertEqual(max(len(each.get("endpoints", [])) for each in whole["subscriptions"].values()), largest.NAMED)
        self.assertEqual({each["preset"] for each in whole["endpoints"].values()}, {"gitlab-token"})
        # What the validation of subscriptions counts: names, each with the stack's, and commas.
        self.assertLessEqual(sum(len(f"wt-{name},") for name in whole["subscriptions"]), 3000)


class Accepted(unittest.TestCase):
    """The list must fit."""

    def test_new_and_stale_are_reported(self):
        entry = [{"sid": "S", "finding": "sqs:X", "why": "because"}]
        self.assertEqual(list(witness.unaccepted({("p", "S", "sqs:X is odd")}, entry)), [])
        self.assertEqual(len(list(witness.unaccepted({("p", "T", "sqs:X is odd")}, entry))), 2)

    def test_a_policy_that_is_not_known_is_reported(self):
        role = {"mode": "managed", "type": "aws_iam_role_policy", "address": "a", "values": {}}
        self.assertEqual(len(list(policies.unknown({"planned_values": {"root_module": {"resources": [role]}}}))), 1)

    def test_every_entry_gives_a_reason(self):
        self.assertTrue(all(len(entry["why"]) > 10 for entry in json.loads(witness.ACCEPTED.read_text())))


if __name__ == "__main__":
    unittest.main()
