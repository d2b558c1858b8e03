"""Checks the front door on real plans: what the provider makes of it, and what only the provider or AWS can refuse.

A mock provider has no defaults and no opinion about values. This one is the real one, asked with answers of Route 53 that
name a public zone, a private one, and one for other names (plan/sts.py). What is expected stands in AWS's documents:
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html
https://docs.aws.amazon.com/waf/latest/developerguide/waf-rules.html
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .plan import document, make
from .plan.names import ACCOUNT, REGION

DOMAIN = "hooks.coatcheck.test"
CERTIFICATE = "arn:aws:acm:{region}:{account}:certificate/11111111-2222-4333-8444-555555555555"

# A front door, as HCL, and a part of what the refusal says.
REFUSED = {
    f'{{ domain = "{DOMAIN}", zone_id = "Z0PRIVATE" }}': "names the private zone",
    f'{{ domain = "{DOMAIN}", zone_id = "Z0OTHER" }}': "cannot hold a record for front_door.domain",
    f'{{ domain = "{DOMAIN}", certificate_arn = "{CERTIFICATE.format(region="us-east-1", account=ACCOUNT)}" }}': f"must be certificates in {REGION}",
    f'{{ domain = "{DOMAIN}", certificate_arn = "{CERTIFICATE.format(region=REGION, account="210987654321")}" }}': f"of the account {ACCOUNT}",
}


def values(plan: dict, kind: str) -> list[dict]:
    """The values of every resource of a type."""
    return [one["values"] for one in document.resources(plan) if one["type"] == kind]


def only(plan: dict, kind: str) -> dict:
    """The values of the one resource of a type; empty if there is none or more than one, and so never as expected."""
    found = values(plan, kind)
    return found[0] if len(found) == 1 else {}


def findings(plan: dict) -> Iterator[str]:
    """What is not as it must be in a plan with everything, a line each."""
    domain = only(plan, "aws_api_gateway_domain_name")
    acl = only(plan, "aws_wafv2_web_acl")
    rules = {rule["name"]: rule for rule in acl.get("rule", [])}
    expected = {
        "the domain is regional": [one["types"] for one in domain.get("endpoint_configuration", [])] == [["REGIONAL"]],
        "TLS 1.2 is the least": domain.get("security_policy") == "TLS_1_2",
        # Another would be of an edge-optimised domain, which needs a certificate in us-east-1.
        "the certificate is the regional one": bool(domain.get("regional_certificate_arn")) and not domain.get("certificate_arn"),
        "clients show certificates": len(domain.get("mutual_tls_authentication", [])) == 1,
        "the path is that of the stage": only(plan, "aws_api_gateway_base_path_mapping").get("base_path") == "v1",
        "the certificate is proven by DNS": only(plan, "aws_acm_certificate").get("validation_method") == "DNS",
        "the domain leads to the API by IPv4 and IPv6": sorted(one["type"] for one in values(plan, "aws_route53_record") if one.get("alias")) == ["A", "AAAA"],
        "the truststore keeps versions": [one["status"] for one in only(plan, "aws_s3_bucket_versioning").get("versioning_configuration", [])] == ["Enabled"],
        "the web ACL lets pass what no rule names": [bool(one["allow"]) for one in acl.get("default_action", [])] == [True],
        "the web ACL and its sets are regional": {one["scope"] for one in [acl, *values(plan, "aws_wafv2_ip_set")] if one} == {"REGIONAL"},
        "no rule looks at a body": "body" not in str([rule["statement"] for rule in rules.values()]),
        "no request is kept as a sample": {one["sampled_requests_enabled"] for rule in [acl, *rules.values()] for one in rule.get("visibility_config", [])} == {False},
        "the rate counts addresses, over five minutes": [
            (one["aggregate_key_type"], one["evaluation_window_sec"])
            for one in rules.get("rate", {}).get("statement", [{}])[0].get("rate_based_statement", [])
        ] == [("IP", 300)],
        "allowed addresses are asked first": sorted(rules, key=lambda name: rules[name]["priority"])[:2] == ["allow-ipv4", "allow-ipv6"],
    }
    yield from (f"not so: {what}" for what, holds in expected.items() if not holds)


def refusals() -> Iterator[str]:
    """Front doors that are planned though AWS would refuse them, or are refused for another reason."""
    for door, reason in REFUSED.items():
        with tempfile.TemporaryDirectory() as folder:
            variables = Path(folder) / "door.tfvars"
            variables.write_text(f"front_door = {door}\n")
            try:
                make.make([variables])
            except make.PlanFailed as refusal:
                # Terraform breaks its lines.
                if reason not in " ".join(str(refusal).split()):
                    yield f"refused for another reason than {reason!r}: {door}\n{refusal}"
            else:
                yield f"planned: {door}"


def main() -> int:
    found = [*findings(make.kept("guardrails")), *refusals()]
    for line in found:
        print(line)
    if not found:
        print(f"the front door is as AWS wants it; {len(REFUSED)} that AWS refuses are refused")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
