import unittest

from coatcheck_processor.testing import event
from handler import summarise


class SummariseTest(unittest.TestCase):
    def test_an_event_is_summarised(self):
        self.assertEqual(summarise(event("polyglot.x", b'{"a":1}')), "polyglot.x 7 bytes")

    def test_its_customer_is_named(self):
        self.assertEqual(summarise(event("polyglot.x", b"{}", customer="50%25")), "polyglot.x 2 bytes of 50%")
