"""What the witness of arm64 must find, with small programs in place of packages."""

import sys
import textwrap
import unittest

from witness.arm64 import __main__ as witness
from witness.arm64.functions import FUNCTIONS, Function
from witness.arm64.runtime_api import Answer, invoke

CLIENT = """
import json, os, sys, urllib.request
base = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/"
def post(path, body):
    urllib.request.urlopen(base + path, data=body.encode()).read()
def following():
    with urllib.request.urlopen(base + "invocation/next") as got:
        return got.headers["Lambda-Runtime-Aws-Request-Id"], json.load(got)
"""


def answer(program: str, seconds: float = 20) -> Answer:
    """What becomes of an event that this program gets."""
    return invoke([sys.executable, "-c", CLIENT + textwrap.dedent(program)], {}, {"n": 1}, seconds)


class RuntimeApi(unittest.TestCase):
    """Every way in which a function can end."""

    def test_a_response_and_then_it_waits(self):
        given = answer("request, event = following(); post(f'invocation/{request}/response', json.dumps(event)); following()")
        self.assertEqual(given, Answer("response", '{"n": 1}'))

    def test_an_error_is_an_answer(self):
        given = answer("request, _ = following(); post(f'invocation/{request}/error', '{\"errorType\":\"X\"}'); following()")
        self.assertEqual(given.kind, "error")

    def test_a_crash_is_none(self):
        given = answer("following(); sys.exit('illegal instruction')")
        self.assertEqual(given.kind, "crash")
        self.assertIn("illegal instruction", given.body)

    def test_a_failed_start_is_none(self):
        self.assertEqual(answer("post('init/error', 'x')").kind, "init error")

    def test_silence_is_none(self):
        self.assertEqual(answer("following(); following()", seconds=2).kind, "no answer")


class Wrong(unittest.TestCase):
    """Answers are judged."""

    FUNCTION = Function("f", {}, '"Deny"', {})

    def test_only_the_right_answer_passes(self):
        self.assertIsNone(witness.wrong(self.FUNCTION, Answer("response", '{"Effect": "Deny"}')))
        for other in (Answer("response", '{"Effect": "Allow"}'), Answer("error", '"Deny"'), Answer("crash", '"Deny"')):
            self.assertIsNotNone(witness.wrong(self.FUNCTION, other))

    def test_every_function_of_the_project_is_started(self):
        crates = {path.parent.name for path in (witness.ROOT / "functions").glob("*/Cargo.toml")}
        crates |= {path.parent.name for path in (witness.ROOT / "functions" / "processors").glob("*/Cargo.toml")}
        self.assertEqual({function.name for function in FUNCTIONS}, crates)


if __name__ == "__main__":
    unittest.main()
