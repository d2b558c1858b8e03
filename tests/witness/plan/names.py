"""Names for what AWS computes, so that a plan from nothing knows every ARN, and with them every policy.

A plan leaves a policy unknown that holds the ARN of a resource that does not exist yet. The plan is therefore made from a
copy of the configuration in which `aws_sns_topic.events.arn` reads "arn:aws:sns:REGION:ACCOUNT:" and the topic's name:
what AWS will compute, wherever the format of the ARN is documented. Nothing else in the copy differs.
"""

from __future__ import annotations

import re

ACCOUNT = "123456789012"
REGION = "eu-west-1"

# What AWS computes, by attribute: `{}` is the resource, which names itself. The formats are those of the service
# authorization reference. https://docs.aws.amazon.com/service-authorization/latest/reference/
COMPUTED = {
    ("aws_acm_certificate", "arn"): f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/11111111-2222-4333-8444-555555555555",
    ("aws_api_gateway_rest_api", "id"): "abcde12345",
    ("aws_api_gateway_rest_api", "execution_arn"): f"arn:aws:execute-api:{REGION}:{ACCOUNT}:abcde12345",
    ("aws_api_gateway_authorizer", "id"): "abc123",
    ("aws_cloudwatch_event_rule", "arn"): f"arn:aws:events:{REGION}:{ACCOUNT}:rule/${{{{}}.name}}",
    ("aws_cloudwatch_log_group", "arn"): f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:${{{{}}.name}}",
    ("aws_dynamodb_table", "arn"): f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/${{{{}}.name}}",
    ("aws_dynamodb_table", "stream_arn"): f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/${{{{}}.name}}/stream/2026-01-01T00:00:00.000",
    ("aws_iam_role", "arn"): f"arn:aws:iam::{ACCOUNT}:role${{{{}}.path}}${{{{}}.name}}",
    ("aws_kms_key", "arn"): f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-4333-8444-555555555555",
    ("aws_lambda_function", "arn"): f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:${{{{}}.function_name}}",
    ("aws_s3_bucket", "arn"): "arn:aws:s3:::${{}.bucket}",
    ("aws_secretsmanager_secret", "arn"): f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:${{{{}}.name}}-AbCdEf",
    ("aws_sfn_state_machine", "arn"): f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:${{{{}}.name}}",
    ("aws_sns_topic", "arn"): f"arn:aws:sns:{REGION}:{ACCOUNT}:${{{{}}.name}}",
    ("aws_sqs_queue", "arn"): f"arn:aws:sqs:{REGION}:{ACCOUNT}:${{{{}}.name}}",
}

# A resource and one of its attributes: aws_x.name.arn, aws_x.name[0].arn.
REFERENCE = re.compile(r"\b(?<![.\"])((aws_[a-z0-9_]+)\.[a-z0-9_-]+(?:\[[^\]*]+\])?)\.([a-z_]+)\b")


def with_names(configuration: str) -> str:
    """The text of a .tf file with a name in place of each attribute that AWS computes."""

    def named(match: re.Match[str]) -> str:
        resource, kind, attribute = match.groups()
        computed = COMPUTED.get((kind, attribute))
        return match.group(0) if computed is None else '"' + computed.replace("{}", resource) + '"'

    return "\n".join(line if line.lstrip().startswith("#") else REFERENCE.sub(named, line) for line in configuration.split("\n"))
