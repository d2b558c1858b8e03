"""The plan that the witnesses look at must be the configuration, with names where AWS computes."""

import unittest

from witness.plan import document, make, names, sts


class Names(unittest.TestCase):
    """What stands for what."""

    def test_an_arn_is_named_by_its_resource(self):
        self.assertEqual(
            names.with_names("arn = aws_sns_topic.events.arn"),
            'arn = "arn:aws:sns:eu-west-1:123456789012:${aws_sns_topic.events.name}"',
        )

    def test_within_a_text_and_by_index(self):
        self.assertIn('"${"arn:aws:s3:::${aws_s3_bucket.payloads.bucket}"}/incoming/*"', names.with_names('"${aws_s3_bucket.payloads.arn}/incoming/*"'))
        self.assertIn("${aws_sfn_state_machine.this[0].name}", names.with_names("x = aws_sfn_state_machine.this[0].arn"))

    def test_nothing_else_changes(self):
        for line in ("# of aws_sns_topic.events.arn", "x = aws_sns_topic.events.name", "x = local.arns.topic", 'resource "aws_sns_topic" "events" {', "x = aws_sfn_state_machine.this[*].arn"):
            self.assertEqual(names.with_names(line), line)


class Sts(unittest.TestCase):
    """A plan may ask for the account and nothing else."""

    def test_only_what_a_plan_is_known_to_ask(self):
        self.assertEqual(sts.answer_to("POST /", "", "Action=GetCallerIdentity&Version=2011-06-15")[0], 200)
        self.assertEqual(sts.answer_to("POST /", "", "Action=ListRoles")[0], 403)
        self.assertEqual(sts.answer_to("GET /2013-04-01/hostedzone", "", "")[0], 200)
        self.assertEqual(sts.answer_to("POST /2013-04-01/hostedzone/Z1/rrset", "", "")[0], 403)
        self.assertEqual(sts.answer_to("POST /", "DynamoDB_20120810.ListTables", "")[0], 403)


class Plans(unittest.TestCase):
    """What plans are made from."""

    def test_every_file_of_variables_is_there(self):
        for files in make.PLANS.values():
            self.assertTrue(all(file.is_file() for file in files), files)

    def test_plans_and_states_are_walked_alike(self):
        resource = {"mode": "managed", "type": "t", "values": {}}
        module = {"root_module": {"resources": [resource, {"mode": "data"}], "child_modules": [{"resources": [resource]}]}}
        self.assertEqual(len(list(document.resources({"planned_values": module}))), 2)
        self.assertEqual(len(list(document.resources({"values": module}))), 2)


if __name__ == "__main__":
    unittest.main()
