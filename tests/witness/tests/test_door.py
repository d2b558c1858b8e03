"""The second cloud's witness finds a front door that does not fit together, in a moto of this process."""

import unittest
from typing import Any
from unittest import mock

from moto import mock_aws

from witness.second_cloud import account, door, gaps
from witness.tests.test_holdings import state

METRICS = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
SETS = {"second-allow-ipv4": "198.51.100.0/24", "second-allow-ipv6": "2001:db8:1::/48",
        "second-deny-ipv4": "192.0.2.0/24", "second-deny-ipv6": "2001:db8:2::/48"}  # fmt: skip


class Door(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        gaps.patch()

    def found(self, **changed: Any) -> list[str]:
        """The findings about a front door with these changes, in an account of its own."""
        # Otherwise a certificate is issued a minute after it was asked for.
        with mock_aws(), mock.patch("moto.settings.ACM_VALIDATION_WAIT", -1):
            self.cloud = account.Cloud(None)
            self.zone = account.make_zone(self.cloud)
            return list(door.findings(self.cloud, self.made(**changed), self.zone))

    def made(self, **changed: Any) -> dict:
        """Makes a front door as the stack does, with changes; the state that knows its stage."""
        api, acm, s3, wafv2 = (self.cloud.client(name) for name in ("apigateway", "acm", "s3", "wafv2"))
        rest = api.create_rest_api(name="second", disableExecuteApiEndpoint=changed.get("closed", True))["id"]
        root = api.get_resources(restApiId=rest)["items"][0]["id"]
        api.put_method(restApiId=rest, resourceId=root, httpMethod="POST", authorizationType="NONE")
        api.put_integration(restApiId=rest, resourceId=root, httpMethod="POST", type="MOCK")
        api.create_deployment(restApiId=rest, stageName="v1")
        arn = f"arn:aws:apigateway:us-east-1::/restapis/{rest}/stages/v1"

        bucket = s3.create_bucket(Bucket="second-truststore") and "second-truststore"
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        bundle = (door.ROOT / "terraform" / door.TRUSTSTORE).read_bytes()
        version = s3.put_object(Bucket=bucket, Key="ca.pem", Body=changed.get("bundle", bundle))["VersionId"]
        s3.put_object(Bucket=bucket, Key="ca.pem", Body=b"a later version, which is not the domain's")

        certificate = acm.request_certificate(DomainName=changed.get("certificate", door.DOMAIN), ValidationMethod="DNS")["CertificateArn"]
        proof = acm.describe_certificate(CertificateArn=certificate)["Certificate"]["DomainValidationOptions"][0]["ResourceRecord"]
        domain = api.create_domain_name(
            domainName=door.DOMAIN, regionalCertificateArn=certificate, securityPolicy=changed.get("policy", "TLS_1_2"),
            endpointConfiguration={"types": [changed.get("kind", "REGIONAL")]},
            mutualTlsAuthentication={"truststoreUri": f"s3://{bucket}/ca.pem", "truststoreVersion": version},
        )  # fmt: skip
        api.create_base_path_mapping(domainName=door.DOMAIN, restApiId=rest, stage="v1", basePath=changed.get("path", "v1"))
        target = {"DNSName": domain["regionalDomainName"], "HostedZoneId": domain["regionalHostedZoneId"], "EvaluateTargetHealth": False}
        records: list[dict[str, Any]] = [{"Name": door.DOMAIN, "Type": kind, "AliasTarget": target} for kind in changed.get("aliases", ["A", "AAAA"])]
        if changed.get("proven", True):
            records.append({"Name": proof["Name"], "Type": proof["Type"], "TTL": 300, "ResourceRecords": [{"Value": proof["Value"]}]})
        for one in records:
            change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": one}]}
            self.cloud.client("route53").change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch=change)

        rules = []
        for i, (name, cidr) in enumerate((SETS | changed.get("sets", {})).items()):
            made = wafv2.create_ip_set(Name=name, Scope="REGIONAL", IPAddressVersion="IPV6" if ":" in cidr else "IPV4", Addresses=[cidr])["Summary"]
            rules.append({"Name": name.removeprefix("second-"), "Priority": i, "Statement": {"IPSetReferenceStatement": {"ARN": made["ARN"]}}})
        rules.append({"Name": "rate", "Priority": changed.get("rate", 10), "Statement": {"RateBasedStatement": {"Limit": 5000, "AggregateKeyType": "IP"}}})
        group = {"VendorName": "AWS", "Name": "AWSManagedRulesAmazonIpReputationList"}
        rules.append({"Name": group["Name"], "Priority": 20, "Statement": {"ManagedRuleGroupStatement": group}, "OverrideAction": {"None": {}}})
        acl = wafv2.create_web_acl(
            Name="second", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=METRICS,
            Rules=[{"Action": {"Block": {}}, "VisibilityConfig": METRICS} | one for one in rules],
        )["Summary"]  # fmt: skip
        if changed.get("associated", True):
            wafv2.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=arn)
        return state(aws_api_gateway_stage=[{"arn": arn, "rest_api_id": rest}])

    def test_nothing_is_found_where_nothing_is(self) -> None:
        self.assertEqual(self.found(), [])

    def test_each_fault_is_found(self) -> None:
        for changed, part in [
            ({"closed": False}, "default endpoint"),
            ({"bundle": b"another CA"}, "truststore"),
            ({"certificate": "other.coatcheck.test"}, "the certificate is for the domain"),
            ({"policy": "TLS_1_0"}, "TLS 1.2"),
            ({"kind": "EDGE"}, "regional"),
            ({"path": "v2"}, "leads to the stage"),
            ({"aliases": ["A"]}, "IPv6"),
            ({"proven": False}, "proof"),
            ({"sets": {"second-deny-ipv4": "203.0.113.0/24"}}, "ranges"),
            ({"rate": 0}, "rules in order"),
            ({"associated": False}, "web ACL"),
        ]:
            with self.subTest(part):
                found = self.found(**changed)
                self.assertTrue(any(part in one for one in found), found)
