"""What is around the contract: settings, clients, and events for tests."""

import os
import unittest
from unittest import mock

from coatcheck_processor import Reject, processor, task
from coatcheck_processor.settings import SettingsProblem
from coatcheck_processor.testing import event

SET = {"STACK": "coatcheck", "PROCESSOR": "notes", "PROCESSED_TABLE": "processed", "PROCESSED_TTL_DAYS": "90"}


class FunctionTest(unittest.TestCase):
    def call(self, environment, value, make=processor):
        context = mock.Mock()
        context.get_remaining_time_in_millis.return_value = 10_000
        with mock.patch.dict(os.environ, environment, clear=True), mock.patch("boto3.client") as client:
            answer = make(lambda event: None)(value, context)
        return answer, [call.args[0] for call in client.call_args_list]

    def test_what_terraform_sets_is_enough(self):
        self.assertEqual(self.call(SET, []), ({"batchItemFailures": []}, ["s3", "dynamodb", "sqs"]))
        self.assertEqual(self.call({"STACK": "s", "PROCESSOR": "p", "IDEMPOTENCY": "off"}, [], task)[0], [])

    def test_every_problem_of_the_settings_is_named(self):
        wrong = {"KEEP_ORDER": "yes", "EVENTS_AT_ONCE": "0", "EVENT_TIMEOUT_S": "1e3", "LOG_LEVEL": "loud"}
        with self.assertRaises(SettingsProblem) as raised:
            self.call(wrong, [])
        for name in [*SET, *wrong]:
            self.assertIn(name, str(raised.exception))

    def test_an_event_for_tests_gives_its_payload_and_has_time(self):
        one = event("push", b"{}", subject="main")
        self.assertEqual((one.type, one.payload(), one.subject, one.attempt), ("push", b"{}", "main", None))
        self.assertGreater(one.time_left(), 50)
        with self.assertRaisesRegex(Reject, "`type`"):
            event("", b"{}")
