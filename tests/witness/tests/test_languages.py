"""What the witness of languages must find: each case plants one fault."""

import json
import unittest
from dataclasses import replace

from witness.languages import apache, direct, engines, patterns, substitution

# Answers as they must be; each test breaks one thing.
FAULTS = "".join(
    f'#if($input.body.contains("{sign}"))#set($hit = true)#end'
    for code in direct.OTHERS_FAULT
    for sign in (f"<Code>{code}", *(direct.base64.b64encode(f"<Code>{code}<"[skip:][: 3 * (len(f"<Code>{code}<"[skip:]) // 3)].encode()).decode() for skip in range(3)))
)
RIGHT = f"""{FAULTS}#if($hit || "$!context.authorizer.sha256" == "")
#set($context.responseOverride.status = 503){{"error":"unavailable"}}
#else{{"error":"digest_mismatch"}}#end"""


def answered(text: str) -> list[str]:
    """What is wrong with a template for S3's 400."""
    cases = list(direct.bad_requests(text))
    _, answers = engines.ask([], [case.question for case in cases])
    return [finding for case, answer in zip(cases, answers) if (finding := direct.wrong(case, answer))]


@unittest.skipIf(engines.missing(), "needs node and the packages of tests/witness/node")
class Engines(unittest.TestCase):
    """The engines, through node."""

    def test_the_right_template_passes(self):
        self.assertEqual(answered(RIGHT), [])

    def test_text_alone_is_not_enough(self):
        only_text = RIGHT.replace(direct.base64.b64encode(b"<Code>RequestTimeout<"[:21]).decode(), "never")
        findings = answered(only_text)
        self.assertTrue(findings)
        self.assertTrue(all("RequestTimeout as base64" in finding for finding in findings))

    def test_always_the_same_answer_is_wrong(self):
        self.assertTrue(any("BadDigest" in finding for finding in answered("#set($context.responseOverride.status = 503){\"error\":\"unavailable\"}")))
        self.assertTrue(any("RequestTimeout" in finding for finding in answered('{"error":"digest_mismatch"}')))

    def test_broken_json_is_found(self):
        self.assertTrue(any("no JSON" in finding for finding in answered(RIGHT.replace('"unavailable"}', '"unavailable"'))))

    def test_a_broken_state_machine_is_found(self):
        sound = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
        nowhere = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}
        mistyped = {"StartAt": "A", "States": {"A": {"Type": "Pas", "End": True}}}
        formula = {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass", "Output": "{% $x( %}", "End": True}}}
        found, _ = engines.ask([sound, nowhere, mistyped, formula], [])
        self.assertEqual([bool(faults) for faults in found], [False, True, True, True])


@unittest.skipIf(apache.missing(), "needs Java and Debian's package velocity")
class Apache(unittest.TestCase):
    """The same template through Apache's engine."""

    def test_both_engines_agree(self):
        cases = list(direct.bad_requests(RIGHT))
        answers = apache.ask([case.question for case in cases])
        self.assertEqual([finding for case, answer in zip(cases, answers) if (finding := direct.wrong(case, answer))], [])

    def test_a_wrong_status_is_found(self):
        cases = list(direct.bad_requests('{"error":"digest_mismatch"}'))
        self.assertTrue(any(direct.wrong(case, answer) for case, answer in zip(cases, apache.ask([case.question for case in cases]))))


class Direct(unittest.TestCase):
    """The expectations, without an engine."""

    def test_base64_begins_at_every_offset(self):
        bodies = [body for form, body in direct.forms("RequestTimeout") if form != "text"]
        self.assertEqual(len({direct.base64.b64encode(b"<Code>").decode()[:4] in body for body in bodies}), 2)
        self.assertEqual(len(set(bodies)), 3)

    def test_a_wrong_status_or_error_is_found(self):
        case = direct.Case("c", 400, engines.Question("", ""), 503, "unavailable")
        right = engines.Answer('{"error":"unavailable"}', {"status": 503})
        self.assertIsNone(direct.wrong(case, right))
        self.assertIn("answered 400", direct.wrong(case, replace(right, override={})))
        self.assertIn("error", direct.wrong(case, replace(right, text='{"error":"other"}')))


class Substitution(unittest.TestCase):
    """Texts with values of strangers."""

    def test_plain_values_pass(self):
        self.assertEqual(list(substitution.breaks("t", '{"id":"$context.requestId","status":"$context.status"}')), [])

    def test_what_a_stranger_chooses_is_found(self):
        for variable in ("$context.path", "$context.error.message", "$context.authorizer.claims.sub", "$context.identity.userAgent"):
            self.assertIn(variable, "".join(substitution.breaks("t", json.dumps({"a": variable}))))

    def test_a_text_that_is_no_json_is_found(self):
        self.assertEqual(len(list(substitution.breaks("t", '{"a":"b"'))), 1)


class Patterns(unittest.TestCase):
    """Filters at and over their limits."""

    def test_the_limits_of_sns(self):
        within = {"type": ["x"] * 75, "source": ["a", "b"]}
        self.assertEqual(list(patterns.of_topic("s", json.dumps(within))), [])
        self.assertIn("151 combinations", "".join(patterns.of_topic("s", json.dumps({"type": ["x"] * 151}))))
        self.assertIn("combinations", "".join(patterns.of_topic("s", json.dumps({"a": {"b": ["x"] * 76}}))))
        self.assertIn("6 keys", "".join(patterns.of_topic("s", json.dumps({str(i): ["x"] for i in range(6)}))))

    def test_the_limits_of_pipes(self):
        self.assertIn("6 filters", "".join(patterns.of_pipe("p", ['{"body":["b"]}'] * 6)))
        self.assertEqual(list(patterns.of_pipe("p", [json.dumps({"body": ["x" * 4082]})])), [])
        self.assertIn("4097 characters", "".join(patterns.of_pipe("p", [json.dumps({"body": ["x" * 4083]})])))

    def test_the_filters_of_pipes_and_mappings_are_found(self):
        filters = [{"pattern": '{"body":{"a":[{"wildcard":"x*"}]}}'}]
        resources = [
            {"mode": "managed", "address": "p", "type": "aws_pipes_pipe", "values": {"source_parameters": [{"filter_criteria": [{"filter": filters}]}]}},
            {"mode": "managed", "address": "m", "type": "aws_lambda_event_source_mapping", "values": {"filter_criteria": [{"filter": filters}]}},
        ]
        found = list(patterns.findings({"planned_values": {"root_module": {"resources": resources}}}))
        self.assertEqual([finding[:3] for finding in found], ["p: ", "m: "], found)

    def test_operators_that_are_not_there(self):
        self.assertIn("wildcard", "".join(patterns.of_pipe("p", ['{"a":[{"wildcard":"x*"}]}'])))
        self.assertIn("numeric", "".join(patterns.of_pipe("p", ['{"dynamodb":{"NewImage":{"size":{"N":[{"numeric":[">",1]}]}}}}'])))

    def test_what_pipes_cannot_do(self):
        self.assertIn("plain values", "".join(patterns.of_pipe("p", ['{"body":{"type":[{"anything-but":{"prefix":"x"}}]}}'])))
        self.assertIn("by eventSource", "".join(patterns.of_pipe("p", ['{"eventSource":["aws:dynamodb"]}'])))
        self.assertIn("by $or", "".join(patterns.of_pipe("p", ['{"$or":[{"body":["x"]}]}'])))

    def test_forms_that_match_nothing(self):
        self.assertIn("must be a list", "".join(patterns.of_pipe("p", ['{"a":"b"}'])))
        self.assertIn("at least one value", "".join(patterns.of_pipe("p", ['{"a":[]}'])))


if __name__ == "__main__":
    unittest.main()
