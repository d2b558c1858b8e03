"""What the end-to-end suite's subscriptions deliver to outside the stack, in a local cloud (AWS_ENDPOINT_URL).

    outside.py up      creates it all, named outside
    outside.py down    deletes it
    outside.py name-zone TFVARS
        puts the zone's id, which the cloud chooses, into a copy of the variables

A bus with a rule to a queue, a Kinesis stream, Firehose to a bucket, a task definition, a job definition, FIFO queues and
standard queues; and the hosted zone of the front door's domain. terraform/environments/e2e.tfvars names them.
"""

import json
import pathlib
import re
import sys

import botocore.session

NAME = "outside"
QUEUES = {f"{NAME}-bus": {}, f"{NAME}.fifo": {"FifoQueue": "true"}, f"{NAME}-fair": {}, f"{NAME}-enriched": {}}
QUEUES |= {f"{NAME}-ordered-{number}.fifo": {"FifoQueue": "true"} for number in range(10)}
ZONE = "coatcheck.test."
ROLES = {f"{NAME}-task": "ecs-tasks", f"{NAME}-firehose": "firehose"}
CONTAINER = {"name": "job", "image": "job", "memory": 512}


class Outside:
    def __init__(self):
        session = botocore.session.get_session()
        for service in ("batch", "ecs", "events", "firehose", "iam", "kinesis", "route53", "s3", "sqs"):
            setattr(self, service, session.create_client(service))

    def queue(self, name):
        return self.sqs.get_queue_url(QueueName=name)["QueueUrl"]

    def zone(self):
        """The id without its path."""
        return self.route53.list_hosted_zones_by_name(DNSName=ZONE)["HostedZones"][0]["Id"].rpartition("/")[2]

    def up(self):
        self.route53.create_hosted_zone(Name=ZONE, CallerReference=NAME)
        roles = {name: self.role(name, service) for name, service in ROLES.items()}
        for name, attributes in QUEUES.items():
            self.sqs.create_queue(QueueName=name, Attributes=attributes)
        self.bus()
        self.kinesis.create_stream(StreamName=NAME, ShardCount=1)
        self.s3.create_bucket(Bucket=NAME)
        self.firehose.create_delivery_stream(
            DeliveryStreamName=NAME,
            ExtendedS3DestinationConfiguration={
                "RoleARN": roles[f"{NAME}-firehose"],
                "BucketARN": f"arn:aws:s3:::{NAME}",
                "Prefix": "events/",
                "ProcessingConfiguration": {"Enabled": True, "Processors": [{"Type": "AppendDelimiterToRecord"}]},
            },
        )
        self.ecs.create_cluster(clusterName=NAME)
        task = roles[f"{NAME}-task"]
        self.ecs.register_task_definition(
            family=NAME, taskRoleArn=task, executionRoleArn=task, containerDefinitions=[CONTAINER]
        )
        self.batch.create_job_queue(jobQueueName=NAME, priority=1, computeEnvironmentOrder=[])
        self.batch.register_job_definition(
            jobDefinitionName=NAME,
            type="container",
            containerProperties={"image": "job", "memory": 512, "vcpus": 1},
        )

    def role(self, name, service):
        principal = {"Service": f"{service}.amazonaws.com"}
        trust = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", **trust}))
        return role["Role"]["Arn"]

    def bus(self):
        """The rule chooses as a team of yours would: by source, type and endpoint."""
        self.events.create_event_bus(Name=NAME)
        pattern = {
            "source": ["coatcheck.coatcheck"],
            "detail-type": [{"prefix": "target."}],
            "detail": {"source": ["/endpoints/billing"]},
        }
        rule = self.events.put_rule(Name=NAME, EventBusName=NAME, EventPattern=json.dumps(pattern))["RuleArn"]
        url = self.queue(f"{NAME}-bus")
        queue = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue,
            "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        self.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        self.events.put_targets(Rule=NAME, EventBusName=NAME, Targets=[{"Id": NAME, "Arn": queue}])

    def down(self):
        self.route53.delete_hosted_zone(Id=self.zone())
        self.events.remove_targets(Rule=NAME, EventBusName=NAME, Ids=[NAME])
        self.events.delete_rule(Name=NAME, EventBusName=NAME)
        self.events.delete_event_bus(Name=NAME)
        self.firehose.delete_delivery_stream(DeliveryStreamName=NAME)
        self.kinesis.delete_stream(StreamName=NAME)
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=NAME):
            for found in page.get("Contents", []):
                self.s3.delete_object(Bucket=NAME, Key=found["Key"])
        self.s3.delete_bucket(Bucket=NAME)
        for name in QUEUES:
            self.sqs.delete_queue(QueueUrl=self.queue(name))
        for name in ROLES:
            self.iam.delete_role(RoleName=name)


def main():
    match sys.argv[1:]:
        case ["name-zone", file]:
            path = pathlib.Path(file)
            path.write_text(re.sub(r'(zone_id += )"[^"]*"', rf'\1"{Outside().zone()}"', path.read_text()))
        case ["up" | "down" as command]:
            getattr(Outside(), command)()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
