"""The IAM actions that a call needs, as the service authorization reference names them."""

from __future__ import annotations

import re
from typing import Any

from witness.models.decode import Call
from witness.models.tap import Request

# The IAM prefix, if it is not the name that requests are signed for.
PREFIXES = {"monitoring": "cloudwatch"}
# Operations whose action has another name.
S3 = {
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListObjects": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjectsV2": "ListBucket",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
OTHERS = {("lambda", "Invoke"): "InvokeFunction"}
# A create call that carries tags needs the right to tag, too.
TAGGING = {
    "cloudwatch": "TagResource", "dynamodb": "TagResource", "events": "TagResource", "iam": "TagRole", "kms": "TagResource",
    "lambda": "TagResource", "logs": "TagResource", "pipes": "TagResource", "secretsmanager": "TagResource",
    "sns": "TagResource", "sqs": "TagQueue", "states": "TagResource",
}  # fmt: skip
# The rights needed to turn on logs that a service delivers by itself. CloudWatch Logs, "Enable logging from
# AWS services", V1 permissions: API Gateway's access logs, Pipes and Step Functions.
DELIVERED_LOGS = {
    "CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies", "GetLogDelivery",
    "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery",
}  # fmt: skip
# What Lambda looks at in the name of the caller who puts a function into a VPC.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
NETWORK = {"DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"}
ROLE = re.compile(r"arn:[^:]+:iam::\d+:role/.+")
# DynamoDB's calls with a customer's key, in the name of the caller who creates or uses the table.
TABLE_KEY = {"CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"}


def is_deployer(user_agent: str) -> bool:
    """Whether Terraform sent it."""
    return "terraform" in user_agent.lower()


def needed(signed_for: str, request: Request, call: Call) -> set[str]:
    """Every action that the caller of this call must be allowed."""
    prefix = PREFIXES.get(signed_for, signed_for)
    name, parameters = call.operation.name, call.parameters
    logs = {f"logs:{one}" for one in DELIVERED_LOGS} if delivers_logs(parameters) else set()
    if prefix == "apigateway":
        found = {f"apigateway:{request.method}"} | logs
        if name == "CreateRestApi" and parameters.get("policy") or patches(parameters, "/policy"):
            found.add("apigateway:UpdateRestApiPolicy")
        return found
    action = S3.get(name, name) if prefix == "s3" else OTHERS.get((prefix, name), name)
    found = {f"{prefix}:{versionless(action)}"} | logs
    if action == "DeleteObject" and deletes_versions(parameters):
        found.add("s3:DeleteObjectVersion")
    if prefix in TAGGING and (parameters.get("Tags") or parameters.get("tags")):
        found.add(f"{prefix}:{TAGGING[prefix]}")
    if prefix != "iam" and passes_role(name, parameters):
        found.add("iam:PassRole")
    if name == "CreateTable" and parameters.get("SSESpecification", {}).get("KMSMasterKeyId"):
        found |= {f"kms:{one}" for one in TABLE_KEY}
    if prefix == "lambda" and (parameters.get("VpcConfig") or {}).get("SubnetIds"):
        found |= {f"ec2:{one}" for one in NETWORK}
    return found


def versionless(action: str) -> str:
    """Lambda's and CloudFront's operations may carry the date of their API, the actions never do."""
    return re.sub(r"(20\d\d_\d\d_\d\d|v2)$", "", action)


def patches(parameters: dict[str, Any], path: str) -> bool:
    """Whether a patch of an API touches something under this path."""
    return any(str((one or {}).get("path")).startswith(path) for one in parameters.get("patchOperations") or [])


def delivers_logs(parameters: dict[str, Any]) -> bool:
    """Whether a pipe, a state machine or an API's stage gets logs."""
    level = (parameters.get("loggingConfiguration") or {}).get("level", "OFF")
    return bool(parameters.get("LogConfiguration")) or level != "OFF" or patches(parameters, "/accessLogSettings")


def deletes_versions(parameters: dict[str, Any]) -> bool:
    """Whether S3 objects are deleted by their version."""
    objects = (parameters.get("Delete") or {}).get("Objects") or [parameters]
    return any((one or {}).get("VersionId") for one in objects)


def passes_role(name: str, parameters: dict[str, Any]) -> bool:
    """Whether a create or update passes a role to a service."""
    if not name.startswith(("Create", "Update", "Put", "Add")):
        return False
    roles = (parameters.get(key) for key in ("Role", "role", "RoleArn", "roleArn"))
    nested = (one.get("RoleArn") for one in parameters.get("Targets") or [] if isinstance(one, dict))
    return any(ROLE.fullmatch(str(role)) for role in [*roles, *nested])
