"""What the check of the published API must find: one planted fault each."""

import json
import unittest

import yaml

from api import codes, described, events, page

FILE = described.FILE.read_text(encoding="utf-8")
PAGE = page.PAGE.read_text(encoding="utf-8")
JSON = {"content-type": "application/json"}

EVENT = yaml.safe_load((described.ROOT / "api/asyncapi.yaml").read_text(encoding="utf-8"))["components"]["messages"]["Event"]["examples"][0]["payload"]


def answer(status: int, body: object = None, *, method: str = "POST", path: str = "/hooks/stripe", **headers: str) -> dict:
    """An answer as the suite records it."""
    text = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"method": method, "path": path, "status": status, "headers": {**(JSON if body is not None else {}), **given}, "body": list(text)}


def refused(code: str) -> dict:
    """The body of a refusal."""
    return {"error": code, "message": "m"}


class Answers(unittest.TestCase):
    """Whether an answer is described."""

    def setUp(self):
        self.described = described.Described()

    def test_what_is_described(self):
        for good in (
            answer(200, {"status": "accepted", "ref": "stripe/evt_1"}),
            answer(200, {"status": "accepted", "request_id": "r"}, path="/direct/stripe"),
            answer(200, "[accepted]", content_type="text/plain"),
            answer(200, {"challenge": "x"}, method="GET", x_content_type_options="nosniff"),
            answer(200),
            answer(204, x_content_type_options="nosniff"),
            answer(400, refused("type_missing")),
            answer(401, refused("signature_mismatch")),
            answer(401),
            answer(400, method="HEAD"),
            answer(404, refused("not_found"), method="PUT"),
            answer(404, refused("not_found"), path="/elsewhere"),
            answer(415, refused("content_type_missing"), path="/direct/stripe"),
            answer(429, refused("throttled"), retry_after="1"),
            answer(431, refused("bad_request")),
        ):
            self.assertIsNone(self.described.judge(good), good)

    def test_what_is_not(self):
        for bad in (
            answer(200, {"status": "stored", "ref": "stripe/evt_1"}),
            answer(200, {"status": "accepted", "ref": 1}),
            answer(200, refused("forbidden")),
            answer(200, {"status": "accepted", "ref": "stripe/evt_1"}, path="/direct/stripe"),
            answer(204),
            answer(302),
            answer(400, refused("forbidden")),
            answer(400, {"error": "type_missing"}),
            answer(400, "broken json"),
            answer(400, "text", content_type="text/html"),
            answer(401, refused("signature_mismatch"), path="/direct/stripe"),
            answer(403, refused("$context.authorizer.denial_code")),
            answer(403, {"message": "Forbidden"}),
            answer(429, refused("throttled")),
            answer(429, refused("throttled"), retry_after="soon"),
            answer(502, refused("unavailable")),
            answer(503, refused("unavailable")),
        ):
            self.assertIsNotNone(self.described.judge(bad), bad)

    def test_a_finding_shows_no_value(self):
        found = self.described.judge(answer(400, {"error": "canary", "message": "canary"}, path="/hooks/canary"))
        self.assertNotIn("canary", found)
        self.assertIn("POST /hooks/{endpoint} 400", found)


class Codes(unittest.TestCase):
    """Whether the codes of source, file and page are the same."""

    def test_the_source_is_read_whole(self):
        made = codes.made()
        # One of each place that makes answers.
        for one in (
            ("400", "body_not_base64"),
            ("400", "content_type_invalid"),
            ("400", "json_too_deep"),
            ("400", "header_repeated"),
            ("400", "type_missing"),
            ("400", "identifiers_too_long"),
            ("401", "signature_mismatch"),
            ("401", "unauthorized"),
            ("403", "body_too_small"),
            ("403", "forbidden"),
            ("413", "body_too_large"),
            ("4XX", "bad_request"),
            ("503", "unavailable"),
        ):
            self.assertIn(one, made)
        self.assertNotIn(("401", "key_missing"), made)

    def test_a_code_too_few_or_too_many_differs(self):
        for changed in (FILE.replace("type_missing,", ""), FILE.replace("type_missing,", "type_missing, type_odd,")):
            self.assertNotEqual(changed, FILE)
            self.assertNotEqual(described.Described(changed).codes(), codes.made())

    def test_a_code_that_is_not_written_out_is_an_error(self):
        with self.assertRaises(ValueError):
            codes.arms('Self::A => "a", other => name,')

    def test_the_page_names_all(self):
        has = described.Described()
        paths = {(method, path) for method, path, _ in has.operations()}
        self.assertEqual(page.findings(PAGE, paths, has.codes()), [])
        for changed in (PAGE.replace("`type_missing`, ", ""), PAGE.replace("| 413 |", "| 414 |"), PAGE.replace("`HEAD /hooks/{endpoint}`", "HEAD")):
            self.assertTrue(page.findings(changed, paths, has.codes()))


class Events(unittest.TestCase):
    """Whether an event is what the schema says."""

    def verdict(self, **changes: object) -> str | None:
        """About the example with some attributes replaced; None takes one away."""
        event = {name: value for name, value in {**EVENT, **changes}.items() if value is not None}
        return events.judge([json.dumps(event)])[0]

    def test_events(self):
        for good in ({}, {"subject": "日" * 85}, {"new": "attribute"}, {"subscription": None, "partitionkey": None}, {"partitionkey": "", "replayforce": ""}, {"time": "0001-01-01T00:00:00Z"}, {"dataref": "data:application/octet-stream;base64,AP8="}, {"dataref": "data:;base64,"}):
            self.assertIsNone(self.verdict(**good), good)
        for bad in (
            {"id": None},
            {"id": ""},
            {"subject": ""},
            {"datasize": 147},
            {"datasha256": "a5"},
            {"dataref": "https://example.com"},
            {"dataref": "data:text/plain,plain"},
            {"time": "yesterday"},
            {"replayforce": "yes"},
            {"new": 1},
            {"replayId": "1"},
            {"partitionkey": "g"},
            {"deliveryid": None},
        ):
            self.assertIsNotNone(self.verdict(**bad), bad)

    def test_what_is_around_them(self):
        batch, answered, bus = events.part("batch"), events.part("answer"), events.part("busevent")
        self.assertIsNone(events.problem(batch, [EVENT, EVENT]))
        self.assertIsNotNone(events.problem(batch, []))
        self.assertIsNotNone(events.problem(batch, [EVENT, {}]))
        self.assertIsNone(events.problem(answered, {"batchItemFailures": [{"itemIdentifier": "1"}], "processed": []}))
        self.assertIsNotNone(events.problem(answered, {}))
        self.assertIsNone(events.problem(bus, {"source": "coatcheck.a", "detail-type": "t", "detail": EVENT}))
        self.assertIsNotNone(events.problem(bus, {"source": "coatcheck.a", "detail-type": "t", "detail": {}}))

    def test_over_http(self):
        left_out = ("datacontenttype", "dataref", "deliveryid", "replayid", "replayforce")
        headers = {f"ce-{name}": value for name, value in EVENT.items() if name not in left_out}
        headers |= {"content-type": "application/json", "traceparent": EVENT["traceparent"]}
        structured = {"headers": {"content-type": "application/cloudevents+json"}, "body": list(json.dumps(EVENT).encode())}

        def verdicts(**changes: str) -> list:
            requests = [{"headers": {**headers, **changes}, "body": []}, structured, {"headers": {}, "body": []}]
            return list(events.over_http(json.dumps(one) for one in requests))

        self.assertEqual(verdicts(), [("HTTP, binary", None), ("HTTP, structured", None)])
        for name, value in (("ce-id", "with space"), ("ce-id", "caf\u00e9"), ("ce-dataref", "s3://b/k"), ("ce-time", "now"), ("ce-replayforce", "false")):
            self.assertIsNotNone(verdicts(**{name: value})[0][1], name)


if __name__ == "__main__":
    unittest.main()
