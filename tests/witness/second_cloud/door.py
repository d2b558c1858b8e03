"""Whether what stands at the front door fits together in the second cloud: each part as its own API describes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from witness.plan import document
from witness.second_cloud.account import Cloud

ROOT = Path(__file__).parents[3]
DOMAIN = "hooks.coatcheck.test"
TRUSTSTORE = "../tests/front-door/clients-ca.pem"


def variables(zone: str) -> dict[str, Any]:
    """A front door with everything on: certificates of clients, revocation, a web ACL, and no other way in."""
    return {
        "domain": DOMAIN,
        "zone_id": zone,
        "disable_default_endpoint": True,
        "mtls": {"truststore": TRUSTSTORE, "revocation": {"serials": ["0A:1B"], "fingerprints": ["ab" * 32]}},
        "web_acl": {
            "rate_per_5_min": 5000,
            "alarm_per_5_min": 1000,
            "allow": ["198.51.100.0/24", "2001:db8:1::/48"],
            "deny": ["192.0.2.0/24", "2001:db8:2::/48"],
            "managed": {"AWSManagedRulesAmazonIpReputationList": {"count": ["AWSManagedIPDDoSList"]}},
        },
    }


def findings(cloud: Cloud, state: dict, zone: str) -> Iterator[str]:
    """What does not fit, a line each."""
    api_gateway, acm, s3, wafv2 = (cloud.client(name) for name in ("apigateway", "acm", "s3", "wafv2"))
    (stage,) = (one["values"] for one in document.of_type(state, "aws_api_gateway_stage"))
    domain = api_gateway.get_domain_name(domainName=DOMAIN)
    certificate = acm.describe_certificate(CertificateArn=domain["regionalCertificateArn"])["Certificate"]
    proof = certificate["DomainValidationOptions"][0]["ResourceRecord"]
    records = {(one["Name"].rstrip("."), one["Type"]): one for one in cloud.all("route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=zone)}
    aliases = [records.get((DOMAIN, kind), {}).get("AliasTarget", {}) for kind in ("A", "AAAA")]
    mapping = api_gateway.get_base_path_mappings(domainName=DOMAIN)["items"]
    store = domain.get("mutualTlsAuthentication") or {}
    bucket, _, key = store.get("truststoreUri", "s3://-/-").removeprefix("s3://").partition("/")
    bundle = s3.get_object(Bucket=bucket, Key=key, VersionId=store.get("truststoreVersion"))["Body"].read()
    acl = wafv2.get_web_acl_for_resource(ResourceArn=stage["arn"]).get("WebACL", {})
    sets = {one["Name"]: wafv2.get_ip_set(Name=one["Name"], Scope="REGIONAL", Id=one["Id"])["IPSet"] for one in cloud.all("wafv2", "list_ip_sets", "IPSets", Scope="REGIONAL")}
    rules = sorted(acl.get("Rules", []), key=lambda rule: rule["Priority"])
    named = [sets_by_arn(sets).get(rule["Statement"].get("IPSetReferenceStatement", {}).get("ARN"), rule["Name"]) for rule in rules]
    expected = {
        "the domain takes TLS 1.2 at least": domain["securityPolicy"] == "TLS_1_2",
        "the domain is regional": domain["endpointConfiguration"]["types"] == ["REGIONAL"],
        "the certificate is for the domain, and issued": (certificate["DomainName"], certificate["Status"]) == (DOMAIN, "ISSUED"),
        "its proof is in the zone": [one["Value"] for one in records.get((proof["Name"].rstrip("."), proof["Type"]), {}).get("ResourceRecords", [])] == [proof["Value"]],
        "IPv4 and IPv6 lead to the domain": [(one.get("DNSName", "").rstrip("."), one.get("HostedZoneId")) for one in aliases]
        == 2 * [(domain["regionalDomainName"], domain["regionalHostedZoneId"])],
        "the domain leads to the stage": [(one["basePath"], one["restApiId"], one["stage"]) for one in mapping] == [("v1", stage["rest_api_id"], "v1")],
        "the version of the truststore holds the CAs": bundle == (ROOT / "terraform" / TRUSTSTORE).read_bytes(),
        "the default endpoint is closed": api_gateway.get_rest_api(restApiId=stage["rest_api_id"])["disableExecuteApiEndpoint"] is True,
        "the web ACL stands before the stage, its rules in order": named
        == ["second-allow-ipv4", "second-allow-ipv6", "second-deny-ipv4", "second-deny-ipv6", "rate", "AWSManagedRulesAmazonIpReputationList"],
        "the sets hold their ranges": {name: one["Addresses"] for name, one in sets.items()} == {
            "second-allow-ipv4": ["198.51.100.0/24"], "second-allow-ipv6": ["2001:db8:1::/48"],
            "second-deny-ipv4": ["192.0.2.0/24"], "second-deny-ipv6": ["2001:db8:2::/48"],
        },
    }
    yield from (f"not so: {what}" for what, holds in expected.items() if not holds)


def sets_by_arn(sets: dict[str, Any]) -> dict[str, str]:
    """Names of the IP sets, by their ARNs."""
    return {one["ARN"]: name for name, one in sets.items()}
