"""The account that a stack comes into: the front door's zone and, for a company's stack, what the company demands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import botocore.session

from witness import guardrails

REGION = "us-east-1"


class Cloud:
    """A client of each service of the second cloud, and lists as a whole."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._session = botocore.session.get_session()
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client of a service. The credentials are anyone's: this cloud judges none."""
        if service not in self._clients:
            known = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}
            self._clients[service] = self._session.create_client(service, endpoint_url=self._url, **known)
        return self._clients[service]

    def all(self, service: str, operation: str, items: str, **arguments: Any) -> list[Any]:
        """Every item of a list, from all its pages."""
        client = self.client(service)
        if not client.can_paginate(operation):
            return list(getattr(client, operation)(**arguments).get(items) or [])
        pages = client.get_paginator(operation).paginate(**arguments)
        return [item for page in pages for item in page.get(items) or []]


def make_zone(cloud: Cloud) -> str:
    """Makes the hosted zone of the front door's domain; its id."""
    made = cloud.client("route53").create_hosted_zone(Name="coatcheck.test.", CallerReference="second-cloud")
    return str(made["HostedZone"]["Id"]).rpartition("/")[2]


@dataclass(frozen=True)
class Company:
    """What a company has in its account, and demands of everything in it. Paths, days and tags are those of guardrails.tfvars."""

    boundary: str
    key: str
    vpc: str
    subnets: frozenset[str]
    group: str

    def demands(self) -> dict[str, Any]:
        """By the name that holdings.py gives to a property: what it must be."""
        return {
            "boundary": self.boundary,
            "path": guardrails.PATH,
            "key": self.key,
            "retention": guardrails.RETENTION_DAYS,
            "subnets": self.subnets,
            "security groups": frozenset({self.group}),
            "refuses plain HTTP": True,
            "refuses the public": True,
        }

    def variables(self) -> dict[str, Any]:
        """The stack's variables, on top of guardrails.tfvars, whose ARNs and ids nobody has made."""
        return {
            "permissions_boundary_arn": self.boundary,
            "kms_key_arn": self.key,
            "vpc": {"subnet_ids": sorted(self.subnets), "security_group_ids": [self.group]},
        }


def make_company(cloud: Cloud) -> Company:
    """Makes the boundary, the key, and a VPC with a subnet in each of two zones."""
    iam, kms, ec2 = (cloud.client(service) for service in ("iam", "kms", "ec2"))
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(everything))["Policy"]["Arn"]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"]["SubnetId"]
        for number, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName="webhooks", Description="Of functions that get webhooks", VpcId=vpc)["GroupId"]
    return Company(boundary, kms.create_key()["KeyMetadata"]["Arn"], vpc, frozenset(subnets), group)


def remove_company(cloud: Cloud, company: Company) -> None:
    """Deletes it; fails where something of the stack still uses it."""
    ec2 = cloud.client("ec2")
    cloud.client("iam").delete_policy(PolicyArn=company.boundary)
    ec2.delete_security_group(GroupId=company.group)
    for subnet in company.subnets:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=company.vpc)
    # moto takes the id alone here.
    cloud.client("kms").schedule_key_deletion(KeyId=company.key.rpartition("/")[2], PendingWindowInDays=7)
