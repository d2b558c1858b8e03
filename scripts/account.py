"""Looks up what `make deploy` must know about an account before it changes anything, and makes one setting there.

    account.py where [--bucket NAME] [--stack NAME]
        Prints one line, separated by tabs: account, region, the bucket's region (`-` without --bucket), and whether the
        stack's endpoints table exists (`there` or `absent`).
    account.py object BUCKET REGION KEY      Prints `there` or `absent`
    account.py log-role look                 Prints `none`, `set ARN`, or `broken ARN` if that role does not exist
    account.py log-role set                  Creates the role and sets it for all APIs of the account and region

An error is one line on stderr and exit code 1.
"""

import argparse
import json
import os
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

# One role for all regions of an account, because IAM has no regions. It belongs to no stack, so its name does not
# start with a stack's name.
ROLE = "coatcheck-api-gateway-logs"
SERVICE = "apigateway.amazonaws.com"
# What AWS's own policy AmazonAPIGatewayPushToCloudWatchLogs contains. API Gateway checks the role for all log
# groups.
WRITE_LOGS = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
]
# IAM needs some seconds to spread a new role; until then API Gateway refuses it.
TRIES, PAUSE_S = 12, 5


def session():
    """Terraform reads AWS_REGION, boto3 does not."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    found = boto3.session.Session(region_name=region)
    if not found.region_name:
        raise SystemExit("no region: set AWS_REGION, or a region in your AWS profile")
    return found


def client(aws, service):
    return aws.client(service, config=Config(retries={"mode": "standard", "max_attempts": 5}))


def code(error):
    return error.response["Error"]["Code"]


def bucket_region(aws, bucket):
    try:
        answer = client(aws, "s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if code(error) in ("404", "NoSuchBucket"):
            raise SystemExit(f"the bucket {bucket} (state_bucket) does not exist: docs/deploy.md says how to create it") from None
        if code(error) in ("301", "PermanentRedirect"):
            return error.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"]
        raise SystemExit(f"your credentials cannot use the bucket {bucket} (state_bucket): {error}") from None
    return answer.get("BucketRegion") or answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region") or aws.region_name


def table_is_there(aws, name):
    try:
        client(aws, "dynamodb").describe_table(TableName=name)
    except ClientError as error:
        if code(error) == "ResourceNotFoundException":
            return False
        raise
    return True


def where(aws, arguments):
    account = client(aws, "sts").get_caller_identity()["Account"]
    bucket = bucket_region(aws, arguments.bucket) if arguments.bucket else "-"
    there = bool(arguments.stack) and table_is_there(aws, f"{arguments.stack}-endpoints")
    print(account, aws.region_name, bucket, "there" if there else "absent", sep="\t")


def object_is_there(aws, arguments):
    aws = boto3.session.Session(region_name=arguments.region)
    try:
        client(aws, "s3").head_object(Bucket=arguments.bucket, Key=arguments.key)
    except ClientError as error:
        if code(error) not in ("404", "NoSuchKey"):
            raise
        print("absent")
        return
    print("there")


def look(aws):
    """The role that API Gateway writes logs with, and whether it still exists."""
    arn = client(aws, "apigateway").get_account().get("cloudwatchRoleArn")
    if not arn:
        return "none"
    try:
        client(aws, "iam").get_role(RoleName=arn.rsplit("/", 1)[-1])
    except ClientError as error:
        if code(error) == "NoSuchEntity":
            return f"broken {arn}"
        # Without the permission to read it, the role may well exist.
        if code(error) not in ("AccessDenied", "AccessDeniedException"):
            raise
    return f"set {arn}"


def make_role(aws):
    iam = client(aws, "iam")
    trust = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}
    try:
        arn = iam.create_role(
            RoleName=ROLE,
            Description="Lets API Gateway write the logs of every API of this account. Belongs to no stack.",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )["Role"]["Arn"]
    except ClientError as error:
        if code(error) != "EntityAlreadyExists":
            raise
        # It was created for another region of this account, or for another purpose.
        role = iam.get_role(RoleName=ROLE)["Role"]
        if SERVICE not in json.dumps(role["AssumeRolePolicyDocument"]):
            raise SystemExit(f"{role['Arn']} exists, but API Gateway may not assume it: set a role of your own in API Gateway") from None
        arn = role["Arn"]
    rights = {"Effect": "Allow", "Action": WRITE_LOGS, "Resource": "*"}
    iam.put_role_policy(
        RoleName=ROLE, PolicyName="logs", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [rights]})
    )
    return arn


def set_role(aws):
    arn = make_role(aws)
    for left in reversed(range(TRIES)):
        try:
            client(aws, "apigateway").update_account(
                patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]
            )
            return arn
        except ClientError as error:
            if code(error) != "BadRequestException" or left == 0:
                raise
            time.sleep(PAUSE_S)
    return arn


def log_role(aws, arguments):
    print(look(aws) if arguments.action == "look" else set_role(aws))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("where")
    command.add_argument("--bucket")
    command.add_argument("--stack")
    command.set_defaults(run=where)
    command = commands.add_parser("object")
    command.add_argument("bucket")
    command.add_argument("region")
    command.add_argument("key")
    command.set_defaults(run=object_is_there)
    command = commands.add_parser("log-role")
    command.add_argument("action", choices=["look", "set"])
    command.set_defaults(run=log_role)
    arguments = parser.parse_args()
    try:
        arguments.run(session(), arguments)
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(f"AWS: {error}") from None


if __name__ == "__main__":
    main()
