"""Tests scripts/account.py against botocore's models of AWS: its requests, and what it does with responses. No network.

Run it with the tools' Python: .tools/venv/bin/python scripts/tests/account.py
"""

import json
import pathlib
import sys
import unittest

import boto3
from botocore.stub import ANY, Stubber

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import account  # noqa: E402

ARN = "arn:aws:iam::123456789012:role/" + account.ROLE
OTHER = "arn:aws:iam::123456789012:role/path/somebodys"


def role(arn, trusted="apigateway.amazonaws.com"):
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole"}]}
    return {
        "Role": {
            "Path": "/",
            "RoleName": arn.rsplit("/", 1)[-1],
            "RoleId": "AROA1234567890123456",
            "Arn": arn,
            "CreateDate": "2026-11-26T00:00:00Z",
            "AssumeRolePolicyDocument": json.dumps(trust),
        }
    }


class Account(unittest.TestCase):
    """Each service's answers in the order in which they are asked for; none may be left over."""

    def setUp(self):
        aws = boto3.session.Session(region_name="eu-west-1", aws_access_key_id="k", aws_secret_access_key="s")
        clients = {name: aws.client(name) for name in ("apigateway", "iam", "s3", "sts", "dynamodb")}
        self.stubs = {name: Stubber(client) for name, client in clients.items()}
        for stub in self.stubs.values():
            stub.activate()
        account.client = lambda _aws, service: clients[service]
        account.PAUSE_S = 0
        self.aws = aws

    def tearDown(self):
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()

    def answers(self, service, operation, answer=None, expected=None):
        self.stubs[service].add_response(operation, answer or {}, expected)

    def refuses(self, service, operation, code):
        self.stubs[service].add_client_error(operation, code)

    def test_no_role_is_set(self):
        self.answers("apigateway", "get_account")
        self.assertEqual(account.look(self.aws), "none")

    def test_a_role_is_set(self):
        self.answers("apigateway", "get_account", {"cloudwatchRoleArn": OTHER})
        self.answers("iam", "get_role", role(OTHER), {"RoleName": "somebodys"})
        self.assertEqual(account.look(self.aws), f"set {OTHER}")

    def test_a_role_is_set_and_gone(self):
        self.answers("apigateway", "get_account", {"cloudwatchRoleArn": OTHER})
        self.refuses("iam", "get_role", "NoSuchEntity")
        self.assertEqual(account.look(self.aws), f"broken {OTHER}")

    def test_a_role_that_may_not_be_looked_at_counts_as_set(self):
        self.answers("apigateway", "get_account", {"cloudwatchRoleArn": OTHER})
        self.refuses("iam", "get_role", "AccessDenied")
        self.assertEqual(account.look(self.aws), f"set {OTHER}")

    def sets(self):
        expected = {"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": ARN}]}
        self.answers("apigateway", "update_account", {}, expected)

    def test_makes_the_role_and_waits_until_api_gateway_takes_it(self):
        self.answers("iam", "create_role", role(ARN))
        self.answers("iam", "put_role_policy", {}, {"RoleName": account.ROLE, "PolicyName": "logs", "PolicyDocument": ANY})
        self.refuses("apigateway", "update_account", "BadRequestException")
        self.sets()
        self.assertEqual(account.set_role(self.aws), ARN)

    def test_takes_the_role_that_was_made_for_another_region(self):
        self.refuses("iam", "create_role", "EntityAlreadyExists")
        self.answers("iam", "get_role", role(ARN))
        self.answers("iam", "put_role_policy")
        self.sets()
        self.assertEqual(account.set_role(self.aws), ARN)

    def test_leaves_a_role_of_that_name_that_is_somebody_elses(self):
        self.refuses("iam", "create_role", "EntityAlreadyExists")
        self.answers("iam", "get_role", role(ARN, "lambda.amazonaws.com"))
        with self.assertRaisesRegex(SystemExit, "API Gateway may not assume it"):
            account.set_role(self.aws)

    def test_a_bucket_that_is_not_there(self):
        self.refuses("s3", "head_bucket", "404")
        with self.assertRaisesRegex(SystemExit, "does not exist"):
            account.bucket_region(self.aws, "states")

    def test_a_bucket_in_another_region(self):
        self.answers("s3", "head_bucket", {"BucketRegion": "eu-north-1"})
        self.assertEqual(account.bucket_region(self.aws, "states"), "eu-north-1")

    def test_a_table_that_is_there_and_one_that_is_not(self):
        self.answers("dynamodb", "describe_table", {}, {"TableName": "a-endpoints"})
        self.refuses("dynamodb", "describe_table", "ResourceNotFoundException")
        self.assertTrue(account.table_is_there(self.aws, "a-endpoints"))
        self.assertFalse(account.table_is_there(self.aws, "b-endpoints"))


if __name__ == "__main__":
    unittest.main()
