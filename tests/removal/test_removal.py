"""The check itself: it accepts the file, and finds each way in which it can be wrong."""

import contextlib
import copy
import io
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from . import cloud, rows, run, sources
from .rows import Row

KNOWN = {("ingest", "StorePayloads"), ("ingest", "WriteOwnLogs")}
SIDS = {"StorePayloads", "WriteOwnLogs"}
TESTS = {"refusals::accepted"}
WHOLE = {
    "reasons": {"logs": "The cloud writes them."},
    "statements": [
        {"role": "ingest", "at": "function-ingest", "tests": {"StorePayloads": "refusals::accepted"}, "none": {"WriteOwnLogs": "logs"}}
    ],
}


def wrong(document=WHOLE, known=KNOWN, sids=SIDS, tests=TESTS):
    return list(rows.wrong(document, known, sids, tests))


def altered(change):
    document = copy.deepcopy(WHOLE)
    change(document)
    return document


class Check(unittest.TestCase):
    def test_a_whole_file_is_accepted(self):
        self.assertEqual(wrong(), [])

    def test_a_statement_without_a_row(self):
        (line,) = wrong(known=KNOWN | {("sweep", "WriteOwnLogs")})
        self.assertIn("sweep has the statement WriteOwnLogs", line)

    def test_a_statement_of_the_sources_without_a_row(self):
        (line,) = wrong(sids=SIDS | {"ReadWhatIsRedacted"})
        self.assertIn("a statement ReadWhatIsRedacted", line)

    def test_a_row_without_a_statement(self):
        lines = wrong(known=set(), sids={"WriteOwnLogs"})
        self.assertEqual(lines, ["there is a row for StorePayloads, and Terraform has no such statement"])

    def test_a_test_that_is_not_there(self):
        (line,) = wrong(tests=set())
        self.assertIn("the suite has no test refusals::accepted", line)

    def test_a_reason_that_is_not_there_or_not_used(self):
        lines = wrong(altered(lambda one: one["statements"][0]["none"].update(WriteOwnLogs="kms")))
        self.assertEqual(len(lines), 2, lines)
        self.assertIn("the reason is not among the reasons", lines[0])
        self.assertIn("no row has the reason logs", lines[1])

    def test_the_sources_are_read(self):
        self.assertIn(("admit", "GiveUp"), sources.known())
        self.assertIn(("pipe", "InvokeTarget"), sources.known())
        self.assertLessEqual({"ReadWhatIsRedacted", "LookAtCertificate", "PutOnTarget", "DecryptTables"}, sources.sids())
        found = set(sources.tests())
        self.assertIn("operator::rights::the_operate_policy_lets_every_act_through", found)
        self.assertIn("direct::fifty_at_once_are_all_there_and_duplicates_among_them_are_one", found)

    def test_no_role_and_no_person_may_call_past_the_authorizer(self):
        policies = json.loads(sources.EXPECTED.read_text()).values()
        statements = [statement for policy in policies for each in policy.values() for statement in each]
        calls = [statement for statement in statements if "lambda:InvokeFunction" in statement]
        self.assertTrue(calls)
        for statement in calls:
            self.assertNotRegex(statement, r"function:(\*|coatcheck-(ingest|admit|deliver|\*))")

    def test_a_role_is_known_by_its_name(self):
        for name, role in [
            ("function-ingest", "ingest"), ("function-deliver-crm", "deliver"), ("function-audit-lambda", "processor"),
            ("pipe-router", "pipe-router"), ("pipe-audit", "pipe"), ("workflow-pushes", "workflow"), ("api-direct", "api-direct"),
        ]:
            self.assertEqual(sources.role_of(name), role)


class Iam:
    """Two roles, as the local cloud has them."""

    def __init__(self):
        statement = lambda sid: {"Sid": sid, "Effect": "Allow", "Action": "a:B", "Resource": "*"}
        self.roles = {
            "coatcheck-pipe-audit": {"source": [statement("ReceiveFromQueue"), statement("DecryptSource")], "target": [statement("SendToTarget")]},
            "other-pipe-audit": {"source": [statement("ReceiveFromQueue")]},
        }

    def sids(self):
        return {statement["Sid"] for policy in self.roles["coatcheck-pipe-audit"].values() for statement in policy}

    def get_paginator(self, _):
        return mock.Mock(paginate=lambda: [{"Roles": [{"RoleName": name} for name in self.roles]}])

    def list_role_policies(self, RoleName):
        return {"PolicyNames": list(self.roles[RoleName])}

    def get_role_policy(self, RoleName, PolicyName):
        return {"PolicyDocument": {"Version": "2012-10-17", "Statement": self.roles[RoleName][PolicyName]}}

    def put_role_policy(self, RoleName, PolicyName, PolicyDocument):
        self.roles[RoleName][PolicyName] = json.loads(PolicyDocument)["Statement"]

    def delete_role_policy(self, RoleName, PolicyName):
        del self.roles[RoleName][PolicyName]


def row(sid, at="pipe-audit", role="pipe"):
    return Row(role, sid, at, "a::test", None)


@mock.patch.object(cloud, "REMEMBERED_S", 0)
class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder, self.iam = Path(folder.name), Iam()
        statements = [{"Sid": "ReadEndpoints"}, {"Sid": "ReadPayloads"}]
        outputs = {"stack": {"stack": "coatcheck"}, "operator_policies": {"read": json.dumps({"Statement": statements})}}
        (self.folder / "stack.json").write_text(json.dumps(outputs))
        (self.folder / "vars").write_text("")
        self.cloud = cloud.Cloud(self.folder, self.iam)

    def test_a_statement_is_gone_for_a_while_and_the_others_stay(self):
        before = copy.deepcopy(self.iam.roles)
        for sid in ("ReceiveFromQueue", "SendToTarget"):
            with self.cloud.without(row(sid)):
                self.assertEqual(self.iam.sids(), {"ReceiveFromQueue", "DecryptSource", "SendToTarget"} - {sid})
                self.assertEqual(self.iam.roles["other-pipe-audit"], before["other-pipe-audit"])
            self.assertEqual(self.iam.roles, before)

    def test_it_comes_back_whatever_happens(self):
        before = copy.deepcopy(self.iam.roles)
        with self.assertRaises(KeyboardInterrupt), self.cloud.without(row("SendToTarget")):
            raise KeyboardInterrupt
        self.assertEqual(self.iam.roles, before)

    def test_the_suite_makes_peoples_policies_without_it(self):
        with self.cloud.without(row("ReadPayloads", "policy-read", "read")) as more:
            outputs = json.loads(Path(more["COATCHECK_STACK_JSON"]).read_text())
        self.assertEqual(json.loads(outputs["operator_policies"]["read"])["Statement"], [{"Sid": "ReadEndpoints"}])

    def test_what_is_not_there_is_not_judged(self):
        for absent in (row("NoSuchStatement"), row("ReceiveFromQueue", "pipe-other"), row("NoSuchStatement", "policy-read", "read")):
            with self.assertRaises(cloud.Absent), self.cloud.without(absent):
                pass

    def test_the_statements_that_are_there_are_known_by_role(self):
        self.assertEqual(self.cloud.statements(), {("pipe", "ReceiveFromQueue"), ("pipe", "DecryptSource"), ("pipe", "SendToTarget")})

    def judge(self, passes):
        """What is said of a test that passes, or not, with all rights and then without one."""
        suite, answers = run.Suite(self.cloud), iter(passes)
        suite.passes = lambda *_: next(answers)
        return run.judge(self.cloud, suite, row("SendToTarget"))

    def test_only_a_test_that_passes_with_all_rights_can_notice(self):
        noticed, words = self.judge([True, False])
        self.assertTrue(noticed and words.startswith("red"), words)
        noticed, words = self.judge([True, True])
        self.assertFalse(noticed)
        self.assertIn("STILL GREEN", words)
        noticed, words = self.judge([False])
        self.assertFalse(noticed)
        self.assertIn("fails with all rights in place", words)

    def test_a_test_is_run_by_its_name_and_its_end_counts(self):
        suite = run.Suite(self.cloud)
        for command, passes in [
            (["sh", "-c", "echo 'test result: ok. 1 passed'"], True),
            (["sh", "-c", "echo 'test result: ok. 0 passed'"], False),
            (["sh", "-c", "echo 'test result: ok. 1 passed'; exit 101"], False),
            (["sh", "-c", "sleep 60"], False),
        ]:
            with mock.patch.object(run, "SUITE", command):
                self.assertEqual(suite.passes("a::test", {}, 0.5), passes, command)

    def test_a_role_that_no_row_knows_fails_the_run(self):
        self.iam.roles["coatcheck-function-new"] = {"new": [{"Sid": "DoWhatNoRowKnows"}]}
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            with mock.patch.object(run, "judge", return_value=(True, "red")):
                self.assertEqual(run.run(self.cloud, ["pipe/SendToTarget"]), 1)
        self.assertIn("the stack has processor/DoWhatNoRowKnows", said.getvalue())


if __name__ == "__main__":
    unittest.main()
