import json
import unittest

from coatcheck_processor.testing import event
from job import TRIES, run, work

# As Pipes passes it on: the queue's message, which names no subscription.
EVENT = json.dumps({"specversion": "1.0", "ref": "example/1", "deliveryid": "of-the-stream"})
ENVIRONMENT = {"EVENT": EVENT, "STACK": "coatcheck", "SUBSCRIPTION": "reports"}


class Queues:
    def __init__(self):
        self.sent = []

    def get_queue_url(self, *, QueueName):
        return {"QueueUrl": f"https://{QueueName}"}

    def send_message(self, *, QueueUrl, MessageBody):
        self.sent.append((QueueUrl, MessageBody))


class JobTest(unittest.TestCase):
    def run_with(self, answers):
        self.seen, self.queues, self.pauses = [], Queues(), []

        def handle(value, context):
            self.seen.append(value)
            self.assertGreater(context.get_remaining_time_in_millis(), 60_000)
            failed = answers.pop(0)
            return {"batchItemFailures": [{"itemIdentifier": "of-the-stream"}] if failed else []}

        return run(handle, ENVIRONMENT, self.queues, self.pauses.append)

    def test_an_event_is_worked_on(self):
        self.assertEqual(work(event("report.made", b'{"a":1}')), "report.made 7 bytes")

    def test_the_handler_gets_the_event_with_its_subscription(self):
        self.assertEqual(self.run_with([False]), 0)
        self.assertEqual(self.seen, [[json.loads(EVENT) | {"subscription": "reports"}]])
        self.assertEqual(self.queues.sent, [])

    def test_a_failure_is_tried_again(self):
        self.assertEqual(self.run_with([True, False]), 0)
        self.assertEqual((len(self.seen), len(self.pauses), self.queues.sent), (2, 1, []))

    def test_what_fails_each_time_goes_to_the_dlq_as_it_came(self):
        self.assertEqual(self.run_with([True] * TRIES), 1)
        self.assertEqual(self.queues.sent, [("https://coatcheck-reports-dlq", EVENT)])


if __name__ == "__main__":
    unittest.main()
