"""The search itself: one of each kind in each form is found, what may be there is not, and no secret is printed."""

import base64
import contextlib
import io
import json
import tempfile
import unittest
import urllib.parse
from pathlib import Path

from . import recordings, search
from .forms import forms

# One of each kind, as the suite plants it.
PLANTED = {
    "signing key": ("whsec_q1Jp2Vb8Zt0yXwQm5Lr7Nc3KdHfGsAoEiUuYj9TxWvM=", ["seen/requests/secretsmanager"]),
    "signature": ("v1,Zm9yZ2VkLXNpZ25hdHVyZS1vZi1hLWNhbmFyeS0wMDE=", ["seen/requests/lambda"]),
    "body": ("canary-of-a-body-4b1d9c7e\" and more", []),
    "inline body": ("canary-of-an-inline-body-77aa01", ["seen/requests/", "seen/dead-letters"]),
    "authorization": ("canary-of-an-authorization-header-5d2e", []),
    "cookie": ("canary-of-a-cookie-91f3/with+signs", []),
    "query": ("canary-of-a-query-0c8b", []),
    "credential": ("Bearer canary-of-a-credential-3f1c", ["seen/http-events.jsonl"]),
    "oauth secret": ("canary-of-an-oauth-secret-aa17", []),
    "private key": ("KoZIzj0DAQcDQgAEq1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9z0x1c2v3b4", []),
}


def written(value):
    """The forms that the issue names, made by other means than those of the search."""
    raw = value.encode()
    yield "itself", raw
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    for before in (b"", b"x", b"xy", b"xyz"):
        yield f"base64 after {before}", base64.b64encode(before + raw + b"\0 and more")
        yield f"base64 for URLs after {before}", base64.urlsafe_b64encode(before + raw + b"\0 and more")
    yield "in a URL", urllib.parse.quote(value, safe="").encode()
    yield "in JSON", json.dumps({"message": value}).encode()


class Search(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.put("logs/ministack.log", b"nothing of interest\n")
        lines = [json.dumps({"kind": kind, "value": value, "may_be": may_be}) for kind, (value, may_be) in PLANTED.items()]
        self.put(search.PLANTED, "\n".join(lines).encode())

    def put(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def search(self, kinds=search.KINDS, places=("logs/",)):
        """What is found, and everything that was printed."""
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            found = search.search(self.folder, kinds, places)
        return found, printed.getvalue() + "\n".join(found)

    def test_nothing_is_found_where_nothing_is(self):
        self.assertEqual(self.search()[0], [])

    def test_each_kind_is_found_in_each_form_and_never_printed(self):
        for kind, (value, _) in PLANTED.items():
            for form, text in written(value):
                with self.subTest(kind=kind, form=form):
                    self.put("logs/ministack.log", b"a line\nb=" + text + b"\n")
                    found, printed = self.search()
                    self.assertEqual(len(found), 1, printed)
                    self.assertRegex(found[0], rf"^logs/ministack\.log: {kind} at byte \d+$")
                    for secret in (value, text.decode("latin-1")):
                        self.assertNotIn(secret, printed)

    def test_what_a_key_decodes_to_is_found(self):
        key = PLANTED["signing key"][0].removeprefix("whsec_")
        for text in (base64.b64decode(key), base64.b64decode(key).hex().encode()):
            self.put("terraform.tfstate", b"[" + text + b"]")
            (found,), _ = self.search()
            self.assertIn("terraform.tfstate: signing key at byte", found)

    def test_it_is_found_in_every_place(self):
        value = PLANTED["cookie"][0].encode()
        places = [
            "seen/log-groups/aws_lambda_coatcheck-ingest", "seen/answers.jsonl", "seen/dead-letter-attributes", "seen/alerts", "seen/metrics",
            "seen/plan.json", "terraform.tfstate", "tmp/core.1", "stack.json",
        ]
        for place in places:
            self.put(place, b"\0\xff" + value)
        found = [line.partition(" at byte ")[0] for line in self.search()[0]]
        self.assertEqual(found, sorted(f"{place}: cookie" for place in places))

    def test_where_it_may_be_it_is_no_find(self):
        value, places = PLANTED["inline body"]
        self.put("seen/requests/sqs", value.encode())
        self.put("seen/dead-letters", value.encode())
        self.assertEqual(self.search()[0], [])
        self.put("seen/dead-letter-attributes", value.encode())
        (found,), _ = self.search()
        self.assertIn("seen/dead-letter-attributes: inline body at byte", found)

    def test_objects_and_the_list_itself_are_not_searched(self):
        self.put("tmp/s3/bucket/payloads/a", PLANTED["body"][0].encode())
        self.assertEqual(self.search()[0], [])

    def test_programs_are_not_searched_and_what_is_beside_them_is(self):
        value, folder = PLANTED["body"][0].encode(), "tmp/ministack-provided-code-4566/0a1b"
        self.put(f"{folder}/bootstrap", value)
        self.assertEqual(self.search()[0], [])
        for name in (f"{folder}/core.1", "tmp/bootstrap", "logs/bootstrap"):
            self.put(name, value)
            (found,), _ = self.search()
            self.assertIn(f"{name}: body at byte", found)
            (self.folder / name).unlink()

    def test_a_token_that_is_a_key_and_a_header_may_be_where_either_may(self):
        with (self.folder / search.PLANTED).open("a") as file:
            file.write("\n" + json.dumps({"kind": "authorization", "value": PLANTED["signing key"][0], "may_be": ["seen/requests/lambda"]}))
        self.put("seen/requests/lambda", PLANTED["signing key"][0].encode())
        self.assertEqual(self.search()[0], [])

    def test_without_a_kind_or_a_place_nothing_is_proven(self):
        lines = (self.folder / search.PLANTED).read_text().splitlines()
        self.put(search.PLANTED, "\n".join(line for line in lines if '"cookie"' not in line).encode())
        found, _ = self.search(places=("logs/", "seen/plan"))
        self.assertEqual(found, ["no cookie was planted", "there is nothing to search in seen/plan"])
        self.assertEqual(self.search(kinds=(), places=())[0], [])

    def test_requests_are_searched_as_they_were_by_service(self):
        secret = PLANTED["oauth secret"][0]
        body = base64.b64encode(secret.encode()).decode()
        entries = [{"service": "sqs", "path": "/", "body": body}, {"again": 0}, {"service": "sts", "path": "/", "body": None}]
        self.put("requests.jsonl", "\n".join(map(json.dumps, entries)).encode())
        recordings.requests(self.folder, self.folder / "seen" / "requests")
        (found,), _ = self.search()
        self.assertIn("seen/requests/sqs: oauth secret at byte", found)

    def test_short_texts_make_no_pattern(self):
        self.assertEqual(forms("short"), set())

    def test_bodies_are_searched_as_they_were(self):
        body = PLANTED["body"][0].encode()
        self.put("answers.jsonl", json.dumps({"status": 500, "headers": {}, "body": list(body)}).encode() + b"\n")
        (self.folder / "seen").mkdir()
        recordings.answers(self.folder, self.folder / "seen")
        (found,), _ = self.search()
        self.assertIn("seen/answers.jsonl: body at byte", found)


if __name__ == "__main__":
    unittest.main()
