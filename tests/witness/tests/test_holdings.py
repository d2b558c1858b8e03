"""The second cloud's witness finds what is planted: in a moto of this process, whose APIs it asks as it asks the server's."""

import json
import unittest
from typing import Any

from moto import mock_aws

from witness.second_cloud import account, holdings

KEY = "arn:aws:kms:us-east-1:123456789012:key/company"
TAGS = {"owner": "platform"}
LIST = [{"Key": "owner", "Value": "platform"}]
DEMANDS = {
    "boundary": "arn:aws:iam::aws:policy/ReadOnlyAccess", "path": "/platform/", "key": KEY, "retention": 30, "subnets": frozenset({"subnet-1"}),
    "security groups": frozenset({"sg-1"}), "refuses plain HTTP": True, "refuses the public": True,
}  # fmt: skip
TRUST = '{"Version": "2012-10-17", "Statement": []}'
TLS_ONLY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
]})  # fmt: skip
CLOSED = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)


def state(**kinds: list[dict[str, Any]]) -> dict:
    """A state with these resources, by type."""
    resources = [{"mode": "managed", "type": kind, "address": kind, "values": one} for kind, many in kinds.items() for one in many]
    return {"values": {"root_module": {"resources": resources}}}


class Holdings(unittest.TestCase):
    def setUp(self) -> None:
        mocked = mock_aws()
        mocked.start()
        self.addCleanup(mocked.stop)
        self.cloud = account.Cloud(None)
        known = holdings.KINDS
        self.addCleanup(setattr, holdings, "KINDS", known)

    def found(self, kind: str, document: dict, **demands: Any) -> list[str]:
        """The findings about one kind."""
        holdings.KINDS = {kind: dict(ALL)[kind]}
        return list(holdings.findings(self.cloud, document, DEMANDS | demands, TAGS))

    def test_a_role_has_boundary_path_and_tags(self) -> None:
        iam = self.cloud.client("iam")
        sound = {"AssumeRolePolicyDocument": TRUST, "Path": "/platform/", "PermissionsBoundary": DEMANDS["boundary"], "Tags": LIST}
        for name, changed, expected in [
            ("sound", {}, None),
            ("path", {"Path": "/"}, 'path is "/"'),
            ("boundary", {"PermissionsBoundary": None}, "boundary is null"),
            ("other", {"PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"}, 'boundary is "arn:aws:iam::aws:policy/AdministratorAccess"'),
            ("tags", {"Tags": [{"Key": "owner", "Value": "another"}]}, "lacks tags, has {'owner': 'another'}"),
        ]:
            iam.create_role(RoleName=name, **{key: value for key, value in (sound | changed).items() if value})
            found = self.found("aws_iam_role", state(aws_iam_role=[{"name": name}]))
            self.assertEqual(found, [f"aws_iam_role {name}: {expected}"] if expected else [])
            iam.delete_role(RoleName=name)

    def test_a_function_is_in_the_vpc(self) -> None:
        iam, functions = self.cloud.client("iam"), self.cloud.client("lambda")
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        inside = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
        for name, network, expected in [
            ("sound", inside, []),
            ("outside", {}, ["security groups is []", "subnets is []"]),
            ("elsewhere", inside | {"SubnetIds": ["subnet-2"]}, ['subnets is ["subnet-2"]']),
        ]:
            functions.create_function(
                FunctionName=name, Role=role, Code={"ZipFile": b"x"}, Runtime="provided.al2023", Handler="h", VpcConfig=network, Tags=TAGS
            )
            found = self.found("aws_lambda_function", state(aws_lambda_function=[{"function_name": name}]))
            self.assertEqual(sorted(found), [f"aws_lambda_function {name}: {one}" for one in expected])
            functions.delete_function(FunctionName=name)

    def test_what_holds_data_has_the_key_and_refuses_plain_http(self) -> None:
        sqs, logs, tables = (self.cloud.client(name) for name in ("sqs", "logs", "dynamodb"))
        secrets, topics, s3 = (self.cloud.client(name) for name in ("secretsmanager", "sns", "s3"))
        sqs.create_queue(QueueName="sound", Attributes={"KmsMasterKeyId": KEY, "Policy": TLS_ONLY}, tags=TAGS)
        sqs.create_queue(QueueName="plain", Attributes={"KmsMasterKeyId": KEY}, tags=TAGS)
        logs.create_log_group(logGroupName="sound", kmsKeyId=KEY, tags=TAGS)
        logs.put_retention_policy(logGroupName="sound", retentionInDays=30)
        logs.create_log_group(logGroupName="forever", kmsKeyId=KEY, tags=TAGS)
        secrets.create_secret(Name="sound", KmsKeyId=KEY, Tags=LIST)
        secrets.create_secret(Name="aws", Tags=LIST)
        for name, encrypted in [("sound", {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}), ("aws", {"Enabled": False})]:
            tables.create_table(
                TableName=name, BillingMode="PAY_PER_REQUEST", SSESpecification=encrypted, Tags=LIST,
                AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}], KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
            )  # fmt: skip
        arns = [topics.create_topic(Name=name, Attributes={"KmsMasterKeyId": key}, Tags=LIST)["TopicArn"] for name, key in [("a", KEY), ("b", "alias/other")]]
        for arn in arns:
            topics.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=TLS_ONLY)
        for name, key in [("sound", KEY), ("opened", KEY), ("other", "alias/other"), ("a-truststore-1", None)]:
            s3.create_bucket(Bucket=name)
            default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
            s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]})
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=CLOSED | {"BlockPublicAcls": name != "opened"})
            s3.put_bucket_policy(Bucket=name, Policy=TLS_ONLY)
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": LIST})
        for kind, attribute, names, expected in [
            ("aws_sqs_queue", "name", ["sound", "plain"], ["plain: refuses plain HTTP is false"]),
            ("aws_cloudwatch_log_group", "name", ["sound", "forever"], ["forever: retention is null"]),
            ("aws_secretsmanager_secret", "name", ["sound", "aws"], ["aws: key is null"]),
            ("aws_dynamodb_table", "name", ["sound", "aws"], ["aws: key is null"]),
            ("aws_sns_topic", "arn", arns, [f'{arns[1]}: key is "alias/other"']),
            ("aws_s3_bucket", "bucket", ["sound", "opened", "other", "a-truststore-1"],
             ["opened: refuses the public is false", 'other: key is "alias/other"']),
        ]:  # fmt: skip
            found = self.found(kind, state(**{kind: [{attribute: name} for name in names]}))
            self.assertEqual(sorted(found), [f"{kind} {one}" for one in expected], kind)

    def test_state_and_cloud_name_the_same(self) -> None:
        self.cloud.client("sqs").create_queue(QueueName="q", Attributes={"KmsMasterKeyId": KEY, "Policy": TLS_ONLY}, tags=TAGS)
        for names, expected in [
            (["q"], []),
            (["q", "lost"], ["aws_sqs_queue lost: in Terraform's state, and not in the cloud"]),
            (["q", "q"], ["aws_sqs_queue q: in Terraform's state, and not in the cloud"]),
            ([], ["aws_sqs_queue: the stack has none, so that nothing is shown of it", "aws_sqs_queue q: in the cloud, and not in Terraform's state"]),
        ]:
            self.assertEqual(self.found("aws_sqs_queue", state(aws_sqs_queue=[{"name": name} for name in names])), expected)

    def test_a_kind_with_tags_is_asked_for(self) -> None:
        self.cloud.client("sqs").create_queue(QueueName="q", Attributes={"KmsMasterKeyId": KEY, "Policy": TLS_ONLY}, tags=TAGS)
        for kind, expected in [("aws_kinesis_stream", ["aws_kinesis_stream: has tags, and holdings.py does not ask for it"]), ("aws_s3_object", [])]:
            document = state(aws_sqs_queue=[{"name": "q"}], **{kind: [{"tags_all": TAGS}]})
            self.assertEqual(self.found("aws_sqs_queue", document), expected)

    def test_there_is_no_other_key(self) -> None:
        self.cloud.client("sqs").create_queue(QueueName="q", Attributes={"KmsMasterKeyId": KEY, "Policy": TLS_ONLY}, tags=TAGS)
        arn = self.cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
        document = state(aws_sqs_queue=[{"name": "q"}])
        self.assertEqual(self.found("aws_sqs_queue", document), [f"a key beside the company's: {arn}"])


ALL = holdings.KINDS
