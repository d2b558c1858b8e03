"""What the witness of filters must find."""

from __future__ import annotations

import json
import unittest

from witness import filters


class Filters(unittest.TestCase):
    def test_order_texts_sort_as_numbers_do(self) -> None:
        numbers = ["-5000000000", "-1.5", "-0.0000001", "0", "0.0000001", "0.000001", "9", "10", "5000000000"]
        texts = [filters.order(number) for number in numbers]
        self.assertEqual(texts, sorted(set(texts)))
        self.assertEqual({len(text) for text in texts}, {55})
        self.assertEqual((filters.order("5000000000.0000001"), filters.order("")), ("-", ""))

    def test_what_is_kept(self) -> None:
        for name, value, text in [
            ("plan", 'a "b"', 'a "b"'),
            ("plan", True, "true"),
            ("plan", None, ""),
            ("plan", ["a"], ""),
            ("plan", "x" * 129, ""),
            ("amount", filters.Written("1.50e2"), "150"),
            ("amount", filters.Written("-0"), "0"),
            ("amount", "many", ""),
        ]:
            self.assertEqual(filters.text_of(name, value), text)
        self.assertEqual(filters.stored('%"\\'), "%25%22%5C")

    def test_another_answer_is_a_finding(self) -> None:
        case = {"name": "c", "values": {"customer": "x"}, "plain_filter": {"customer": ["x"]}, "passes": True}
        patterns = {"patterns": {"customer": ["x"]}, "topic_patterns": {"customer": ["x"]}, "compared": []}
        compiled = {json.dumps(case["plain_filter"]): patterns}
        matchers = {"moto": filters.moto()}
        self.assertEqual(list(filters.findings(matchers, [case], compiled)), [])
        wrong = case | {"passes": False}
        self.assertEqual(len(list(filters.findings(matchers, [wrong], compiled))), 1)
        stricter = {name: one | {"topic_patterns": {"customer": ["y"]}} for name, one in compiled.items()}
        self.assertEqual(list(filters.findings(matchers, [case], stricter)), ["c: moto holds it back at the topic"])


if __name__ == "__main__":
    unittest.main()
