"""What the second cloud itself holds of a stack, asked of its own APIs, against what a company demands of everything.

`witness.guardrails` reads a plan: what Terraform means to send. Here the cloud says what arrived. Each kind of resource
names the properties that a company cares about, and its tags.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from witness import guardrails
from witness.plan import document
from witness.second_cloud.account import Cloud


@dataclass
class Held:
    """A resource as the cloud describes it: its name as Terraform's state has it, some properties by name, its tags."""

    name: str
    properties: dict[str, Any] = field(default_factory=dict)
    tags: Any = None

    def tag_map(self) -> dict[str, str]:
        """Tags as a map; APIs give them as a map, or as a list of keys and values in either case."""
        if isinstance(self.tags, dict):
            return self.tags
        lowered = [{name.lower(): value for name, value in one.items()} for one in self.tags or []]
        return {one["key"]: one["value"] for one in lowered}


def roles(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("iam", "list_roles", "Roles"):
        got = cloud.client("iam").get_role(RoleName=one["RoleName"])["Role"]
        boundary = got.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        yield Held(got["RoleName"], {"path": got["Path"], "boundary": boundary}, got.get("Tags"))


def functions(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("lambda", "list_functions", "Functions"):
        vpc = one.get("VpcConfig") or {}
        inside = {"subnets": frozenset(vpc.get("SubnetIds", ())), "security groups": frozenset(vpc.get("SecurityGroupIds", ()))}
        yield Held(one["FunctionName"], inside, cloud.client("lambda").list_tags(Resource=one["FunctionArn"])["Tags"])


def mappings(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("lambda", "list_event_source_mappings", "EventSourceMappings"):
        tags = cloud.client("lambda").list_tags(Resource=one["EventSourceMappingArn"])["Tags"]
        yield Held(one["UUID"], {}, tags)


def log_groups(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("logs", "describe_log_groups", "logGroups"):
        tags = cloud.client("logs").list_tags_for_resource(resourceArn=one["arn"].removesuffix(":*"))["tags"]
        yield Held(one["logGroupName"], {"key": one.get("kmsKeyId"), "retention": one.get("retentionInDays")}, tags)


def tables(cloud: Cloud) -> Iterator[Held]:
    for name in cloud.all("dynamodb", "list_tables", "TableNames"):
        one = cloud.client("dynamodb").describe_table(TableName=name)["Table"]
        tags = cloud.client("dynamodb").list_tags_of_resource(ResourceArn=one["TableArn"])["Tags"]
        yield Held(name, {"key": one.get("SSEDescription", {}).get("KMSMasterKeyArn")}, tags)


def queues(cloud: Cloud) -> Iterator[Held]:
    for url in cloud.all("sqs", "list_queues", "QueueUrls"):
        got = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        properties = {"key": got.get("KmsMasterKeyId"), "refuses plain HTTP": guardrails.refuses_plain_http(got.get("Policy"))}
        yield Held(url.rpartition("/")[2], properties, cloud.client("sqs").list_queue_tags(QueueUrl=url).get("Tags"))


def topics(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("sns", "list_topics", "Topics"):
        arn = one["TopicArn"]
        got = cloud.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
        properties = {"key": got.get("KmsMasterKeyId"), "refuses plain HTTP": guardrails.refuses_plain_http(got.get("Policy"))}
        yield Held(arn, properties, cloud.client("sns").list_tags_for_resource(ResourceArn=arn)["Tags"])


def secrets(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("secretsmanager", "list_secrets", "SecretList"):
        yield Held(one["Name"], {"key": one.get("KmsKeyId")}, one.get("Tags"))


def buckets(cloud: Cloud) -> Iterator[Held]:
    s3 = cloud.client("s3")
    for one in cloud.all("s3", "list_buckets", "Buckets"):
        name = one["Name"]
        closed = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        properties = {
            "refuses the public": len(closed) == 4 and all(closed.values()),
            "refuses plain HTTP": guardrails.refuses_plain_http(s3.get_bucket_policy(Bucket=name)["Policy"]),
        }
        # A truststore is no secret, and is encrypted by S3 (witness.guardrails.EXEMPT).
        if "-truststore-" not in name:
            (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
            properties["key"] = rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID")
        yield Held(name, properties, s3.get_bucket_tagging(Bucket=name)["TagSet"])


def workflows(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("stepfunctions", "list_state_machines", "stateMachines"):
        arn = one["stateMachineArn"]
        yield Held(arn, {}, cloud.client("stepfunctions").list_tags_for_resource(resourceArn=arn)["tags"])


def pipes(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("pipes", "list_pipes", "Pipes"):
        yield Held(one["Name"], {}, cloud.client("pipes").list_tags_for_resource(resourceArn=one["Arn"])["tags"])


def rules(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("events", "list_rules", "Rules"):
        yield Held(one["Name"], {}, cloud.client("events").list_tags_for_resource(ResourceARN=one["Arn"])["Tags"])


def alarms(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("cloudwatch", "describe_alarms", "MetricAlarms"):
        tags = cloud.client("cloudwatch").list_tags_for_resource(ResourceARN=one["AlarmArn"])["Tags"]
        yield Held(one["AlarmName"], {}, tags)


def apis(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("apigateway", "get_rest_apis", "items"):
        yield Held(one["id"], {}, one.get("tags"))


def stages(cloud: Cloud) -> Iterator[Held]:
    for api in cloud.all("apigateway", "get_rest_apis", "items"):
        for one in cloud.client("apigateway").get_stages(restApiId=api["id"])["item"]:
            yield Held(one["stageName"], {}, one.get("tags"))


def domains(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("apigateway", "get_domain_names", "items"):
        yield Held(one["domainName"], {}, one.get("tags"))


def certificates(cloud: Cloud) -> Iterator[Held]:
    for one in cloud.all("acm", "list_certificates", "CertificateSummaryList"):
        arn = one["CertificateArn"]
        yield Held(arn, {}, cloud.client("acm").list_tags_for_certificate(CertificateArn=arn)["Tags"])


def of_wafv2(operation: str, items: str) -> Callable[[Cloud], Iterator[Held]]:
    def held(cloud: Cloud) -> Iterator[Held]:
        for one in cloud.all("wafv2", operation, items, Scope="REGIONAL"):
            tags = cloud.client("wafv2").list_tags_for_resource(ResourceARN=one["ARN"])["TagInfoForResource"]["TagList"]
            yield Held(one["ARN"], {}, tags)

    return held


# By type in Terraform's state: the attribute that is the name, and who asks the cloud.
KINDS: dict[str, tuple[str, Callable[[Cloud], Iterator[Held]]]] = {
    "aws_acm_certificate": ("arn", certificates),
    "aws_api_gateway_domain_name": ("domain_name", domains),
    "aws_api_gateway_rest_api": ("id", apis),
    "aws_api_gateway_stage": ("stage_name", stages),
    "aws_cloudwatch_event_rule": ("name", rules),
    "aws_cloudwatch_log_group": ("name", log_groups),
    "aws_cloudwatch_metric_alarm": ("alarm_name", alarms),
    "aws_dynamodb_table": ("name", tables),
    "aws_iam_role": ("name", roles),
    "aws_lambda_event_source_mapping": ("uuid", mappings),
    "aws_lambda_function": ("function_name", functions),
    "aws_pipes_pipe": ("name", pipes),
    "aws_s3_bucket": ("bucket", buckets),
    "aws_secretsmanager_secret": ("name", secrets),
    "aws_sfn_state_machine": ("arn", workflows),
    "aws_sns_topic": ("arn", topics),
    "aws_sqs_queue": ("name", queues),
    "aws_wafv2_ip_set": ("arn", of_wafv2("list_ip_sets", "IPSets")),
    "aws_wafv2_web_acl": ("arn", of_wafv2("list_web_acls", "WebACLs")),
}

# Types with tags that are not asked for, and why.
UNASKED = {"aws_s3_object": "S3 takes ten tags of an object; its bucket has all"}


def findings(cloud: Cloud, state: dict, demands: dict[str, Any], tags: dict[str, str]) -> Iterator[str]:
    """What the cloud holds otherwise than demanded, lacks, or has beside the state; a line each."""
    for kind, (attribute, ask) in KINDS.items():
        expected = Counter(str(one["values"][attribute]) for one in document.of_type(state, kind))
        held = list(ask(cloud))
        found = Counter(one.name for one in held)
        if not expected:
            yield f"{kind}: the stack has none, so that nothing is shown of it"
        yield from (f"{kind} {name}: in Terraform's state, and not in the cloud" for name in expected - found)
        yield from (f"{kind} {name}: in the cloud, and not in Terraform's state" for name in found - expected)
        for one in held:
            for name, value in one.properties.items():
                if value != demands[name]:
                    yield f"{kind} {one.name}: {name} is {json.dumps(value, default=sorted)}"
            if not tags.items() <= one.tag_map().items():
                yield f"{kind} {one.name}: lacks tags, has {one.tag_map()}"
    for one in document.resources(state):
        if one["values"].get("tags_all") and one["type"] not in KINDS and one["type"] not in UNASKED:
            yield f"{one['type']}: has tags, and holdings.py does not ask for it"
    yield from (f"a key beside the company's: {arn}" for arn in sorted(keys(cloud) - {demands["key"]}))


def keys(cloud: Cloud) -> set[str]:
    """The account's keys, without those that AWS itself makes for a service."""
    aws = {one.get("TargetKeyId") for one in cloud.all("kms", "list_aliases", "Aliases") if one["AliasName"].startswith("alias/aws/")}
    return {one["KeyArn"] for one in cloud.all("kms", "list_keys", "Keys") if one["KeyId"] not in aws}
