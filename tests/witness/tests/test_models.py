"""The checker finds each kind of violation in each protocol, and none in a valid request."""

from __future__ import annotations

import json
import unittest
from collections.abc import Callable
from typing import Any

import cbor2

from witness.models.__main__ import judge
from witness.models.operations import Unknown
from witness.models.tap import Request
from witness.tests.requests import sent

ROLE = "arn:aws:iam::123456789012:role/one"
TWO = {"SaslScram512Auth": "a", "ClientCertificateTlsAuth": "b"}
ENDS = {"Source": "arn:aws:sqs:us-east-1:123456789012:q", "Target": "arn:aws:sns:us-east-1:123456789012:t"}


def found(signed_for: str, request: Request) -> list[tuple[str, str]]:
    """The violations of a request: rule and member."""
    _, violations = judge(signed_for, request)
    return [(one.rule, one.where) for one in violations]


def spoilt(request: Request, change: Callable[[Any], Any]) -> None:
    """Changes the JSON body of a request."""
    value = json.loads(request.body or b"{}")
    change(value)
    request.body = json.dumps(value).encode()


VALID: list[tuple[str, str, dict[str, Any]]] = [
    # json 1.0 and 1.1
    ("dynamodb", "PutItem", {"TableName": "events", "Item": {"pk": {"S": "a"}, "n": {"N": "1"}, "b": {"B": b"x"}}}),
    ("dynamodbstreams", "GetRecords", {"ShardIterator": "i" * 20}),
    ("sqs", "SendMessage", {"QueueUrl": "http://q/1/q", "MessageBody": "x"}),
    ("secretsmanager", "GetSecretValue", {"SecretId": "coatcheck/endpoints/github"}),
    ("stepfunctions", "StartExecution", {"stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:m", "input": "{}"}),
    ("events", "PutRule", {"Name": "sweep", "ScheduleExpression": "rate(1 minute)"}),
    # query
    ("sns", "Subscribe", {"TopicArn": "arn:t", "Protocol": "sqs", "Attributes": {"RawMessageDelivery": "true"}}),
    ("iam", "CreateRole", {"RoleName": "one", "AssumeRolePolicyDocument": "{}", "Tags": [{"Key": "a", "Value": "b"}]}),
    ("sts", "GetCallerIdentity", {}),
    # rest-json
    ("lambda", "GetFunction", {"FunctionName": "coatcheck-ingest", "Qualifier": "1"}),
    ("lambda", "Invoke", {"FunctionName": "coatcheck-ingest", "Payload": b"{}"}),
    ("pipes", "CreatePipe", {"Name": "p", "RoleArn": ROLE, **ENDS}),
    ("apigateway", "PutMethod", {"restApiId": "a", "resourceId": "r", "httpMethod": "POST", "authorizationType": "NONE"}),
    ("apigateway", "GetResources", {"restApiId": "a", "limit": 500, "embed": ["methods"]}),
    # rest-xml
    ("s3", "PutObject", {"Bucket": "coatcheck", "Key": "payloads/a b", "Body": b"x", "Metadata": {"id": "1"}, "IfNoneMatch": "*"}),
    ("s3", "PutBucketTagging", {"Bucket": "coatcheck", "Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}}),
    ("s3", "ListObjectsV2", {"Bucket": "coatcheck", "Prefix": "payloads/0/", "MaxKeys": 10}),
    ("s3", "HeadBucket", {"Bucket": "coatcheck"}),
    # cbor (or query, as this botocore prefers)
    ("cloudwatch", "PutMetricData", {"Namespace": "coatcheck", "MetricData": [{"MetricName": "m", "Value": 1.0}]}),
]  # fmt: skip

# service, operation, parameters, rule, member
PLANTED: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("dynamodb", "PutItem", {"Item": {}}, "required", "PutItem.TableName"),
    ("dynamodb", "Query", {"TableName": "t", "Limit": 0}, "min", "Query.Limit"),
    ("dynamodb", "PutItem",
     {"TableName": "t", "Item": {}, "ReturnValues": "SOME"},
     "enum", "PutItem.ReturnValues"),
    ("secretsmanager", "CreateSecret", {"Name": "s" * 513}, "max", "CreateSecret.Name"),
    ("events", "PutRule", {"Name": "a rule"}, "pattern", "PutRule.Name"),
    ("iam", "CreateRole",
     {"RoleName": "r" * 65, "AssumeRolePolicyDocument": "{}"},
     "max", "CreateRole.RoleName"),
    ("iam", "CreateRole",
     {"RoleName": "a/b", "AssumeRolePolicyDocument": "{}"},
     "pattern", "CreateRole.RoleName"),
    ("iam", "CreateRole", {"RoleName": "r"}, "required", "CreateRole.AssumeRolePolicyDocument"),
    ("iam", "CreateRole",
     {"RoleName": "r", "AssumeRolePolicyDocument": "{}", "Tags": [{"Key": "k"}]},
     "required", "CreateRole.Tags[].Value"),
    ("lambda", "AddPermission",
     {"FunctionName": "f", "StatementId": "no space", "Action": "lambda:InvokeFunction", "Principal": "p"},
     "pattern", "AddPermission.StatementId"),
    ("lambda", "ListVersionsByFunction",
     {"FunctionName": "f", "MaxItems": 10_001},
     "max", "ListVersionsByFunction.MaxItems"),
    ("lambda", "CreateFunction",
     {"FunctionName": "f", "Role": ROLE, "Code": {}, "Runtime": "cobol"},
     "enum", "CreateFunction.Runtime"),
    ("pipes", "CreatePipe", {"Name": "p" * 65, "RoleArn": ROLE, **ENDS}, "max", "CreatePipe.Name"),
    ("pipes", "CreatePipe", {"Name": "p", **ENDS}, "required", "CreatePipe.RoleArn"),
    ("pipes", "CreatePipe",
     {"Name": "p", "SourceParameters": {"ManagedStreamingKafkaParameters": {"Credentials": TWO}}},
     "union", "CreatePipe.SourceParameters.ManagedStreamingKafkaParameters.Credentials"),
    ("apigateway", "CreateAuthorizer",
     {"restApiId": "a", "name": "n", "type": "PASSPORT"},
     "enum", "CreateAuthorizer.type"),
    ("s3", "PutObject",
     {"Bucket": "b", "Key": "k", "ServerSideEncryption": "rot13"},
     "enum", "PutObject.ServerSideEncryption"),
    ("s3", "PutBucketTagging",
     {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "", "Value": "v"}]}},
     "min", "PutBucketTagging.Tagging.TagSet[].Key"),
    ("s3", "PutBucketOwnershipControls",
     {"Bucket": "b", "OwnershipControls": {"Rules": [{}]}},
     "required", "PutBucketOwnershipControls.OwnershipControls.Rules[].ObjectOwnership"),
    ("cloudwatch", "PutMetricAlarm",
     {"AlarmName": "a" * 256, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"},
     "max", "PutMetricAlarm.AlarmName"),
]  # fmt: skip



class Models(unittest.TestCase):
    """The checker as a whole."""

    def test_valid_requests_pass(self) -> None:
        for service, operation, parameters in VALID:
            with self.subTest(f"{service} {operation}"):
                signed_for, request = sent(service, operation, **parameters)
                call, violations = judge(signed_for, request)
                self.assertEqual((call.operation.name, violations), (operation, []))

    def test_planted_violations_are_found(self) -> None:
        for service, operation, parameters, rule, where in PLANTED:
            with self.subTest(f"{service} {rule} {where}"):
                self.assertIn((rule, where), found(*sent(service, operation, **parameters)))

    def test_unknown_member_json(self) -> None:
        signed_for, request = sent("dynamodb", "DescribeTable", TableName="t")
        spoilt(request, lambda v: v.update(Colour="red"))
        self.assertEqual(found(signed_for, request), [("unknown member", "DescribeTable.Colour")])

    def test_unknown_member_rest_json(self) -> None:
        signed_for, request = sent("apigateway", "CreateResource", restApiId="a", parentId="p", pathPart="x")
        spoilt(request, lambda v: v.update(colour=1))
        self.assertEqual(found(signed_for, request), [("unknown member", "CreateResource.colour")])

    def test_unknown_member_query(self) -> None:
        signed_for, request = sent("sns", "CreateTopic", Name="t")
        request.body = (request.body or b"") + b"&Tags.member.1.Colour=red"
        self.assertIn(("unknown member", "CreateTopic.Tags.member.1.Colour"), found(signed_for, request))

    def test_unknown_member_rest_xml(self) -> None:
        signed_for, request = sent("s3", "PutBucketVersioning", Bucket="b", VersioningConfiguration={"Status": "Enabled"})
        request.body = (request.body or b"").replace(b"<Status>", b"<Colour>red</Colour><Status>")
        self.assertEqual(found(signed_for, request), [("unknown member", "PutBucketVersioning.VersioningConfiguration.Colour")])

    def test_unknown_query_member_and_header(self) -> None:
        signed_for, request = sent("s3", "ListObjectsV2", Bucket="b")
        request.path += "&colour=red"
        request.headers["x-amz-colour"] = "red"
        self.assertEqual(
            found(signed_for, request),
            [("unknown member", "ListObjectsV2 ?colour"), ("unknown member", "ListObjectsV2 header x-amz-colour")],
        )

    def test_cbor(self) -> None:
        path = "/service/GraniteServiceVersion20100801/operation/GetMetricData"
        body = {"MetricDataQueries": [{"Id": "Upper", "Colour": "red"}], "StartTime": 1, "EndTime": 2, "MaxDatapoints": "many"}
        request = Request("POST", path, {"smithy-protocol": "rpc-v2-cbor"}, cbor2.dumps(body))
        self.assertEqual(
            sorted(found("monitoring", request)),
            [("type", "GetMetricData.MaxDatapoints"), ("unknown member", "GetMetricData.MetricDataQueries[].Colour")],
        )

    def test_types(self) -> None:
        signed_for, request = sent("dynamodb", "Query", TableName="t")
        spoilt(request, lambda v: v.update(Limit="10", ConsistentRead=1, ExpressionAttributeNames=[]))
        self.assertEqual(
            sorted(found(signed_for, request)),
            [("type", "Query.ConsistentRead"), ("type", "Query.ExpressionAttributeNames"), ("type", "Query.Limit")],
        )

    def test_an_operation_that_is_none(self) -> None:
        signed_for, request = sent("dynamodb", "DescribeTable", TableName="t")
        request.headers["x-amz-target"] = "DynamoDB_20120810.DescribeChair"
        with self.assertRaises(Unknown):
            judge(signed_for, request)
        with self.assertRaises(Unknown):
            judge("lambda", Request("PATCH", "/2015-03-31/functions/f", {}))
        with self.assertRaises(Unknown):
            judge("furniture", Request("GET", "/", {}))

    def test_a_body_that_was_not_kept_lacks_nothing(self) -> None:
        signed_for, request = sent("pipes", "CreatePipe", Name="p")
        request.body = None
        self.assertEqual(found(signed_for, request), [])


if __name__ == "__main__":
    unittest.main()
