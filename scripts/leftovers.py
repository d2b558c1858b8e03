"""Lists what a destroyed stack left in the local cloud (AWS_ENDPOINT_URL). Exits with 1 if it left anything.

    leftovers.py [--named REGEX]    only resources whose name matches

It does not list KMS keys: as on AWS, a key that waits for its deletion is still there.
"""

import argparse
import os
import re
import sys

import botocore.session

# (service, operation, path of the list in the response, path of the name in one of its items)
QUESTIONS = [
    ("acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    ("apigateway", "get_domain_names", "items", "domainName"),
    ("apigateway", "get_rest_apis", "items", "name"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("dynamodb", "list_tables", "TableNames", None),
    ("events", "list_rules", "Rules", "Name"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("iam", "list_policies", "Policies", "PolicyName"),
    ("kms", "list_aliases", "Aliases", "AliasName"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("pipes", "list_pipes", "Pipes", "Name"),
    ("route53", "list_hosted_zones", "HostedZones", "Name"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
    ("sns", "list_subscriptions", "Subscriptions", "Endpoint"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sqs", "list_queues", "QueueUrls", None),
    ("stepfunctions", "list_state_machines", "stateMachines", "name"),
    ("wafv2", "list_ip_sets", "IPSets", "Name"),
    ("wafv2", "list_web_acls", "WebACLs", "Name"),
]
# The cloud's own: AWS-managed aliases, policies and service-linked roles exist in an empty account too.
ARGUMENTS = {
    "list_ip_sets": {"Scope": "REGIONAL"},
    "list_policies": {"Scope": "Local"},
    "list_roles": {"PathPrefix": "/"},
    "list_web_acls": {"Scope": "REGIONAL"},
}


def is_aws_own(name):
    return name.startswith(("alias/aws/", "AWSServiceRole"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--named", default="", type=re.compile)
    named = parser.parse_args().named
    session = botocore.session.get_session()
    left = 0
    for service, operation, items, field in QUESTIONS:
        endpoint = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}", os.environ["AWS_ENDPOINT_URL"])
        client = session.create_client(service, endpoint_url=endpoint)
        answer = getattr(client, operation)(**ARGUMENTS.get(operation, {}))
        for item in answer.get(items) or []:
            name = item[field] if field else item
            if not is_aws_own(name) and re.search(named, name):
                print(f"left: {service}: {name}")
                left += 1
    print(f"{left} resources left" if left else "nothing left")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
