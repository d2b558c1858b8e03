"""The check itself: it accepts the file, and finds each way in which it can be wrong."""

import copy
import unittest

from . import rows, sources

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

    def test_a_role_is_known_by_its_name(self):
        for name, role in [
            ("function-ingest", "ingest"), ("function-deliver-crm", "deliver"), ("function-audit-lambda", "processor"),
            ("pipe-router", "pipe-router"), ("pipe-audit", "pipe"), ("workflow-pushes", "workflow"), ("api-direct", "api-direct"),
        ]:
            self.assertEqual(sources.role_of(name), role)


if __name__ == "__main__":
    unittest.main()
