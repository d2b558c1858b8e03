"""The witness of the front door finds what is planted."""

import copy
import unittest

from witness import front_door

SEEN = {"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": False}


def rule(name: str, priority: int, statement: dict) -> dict:
    return {"name": name, "priority": priority, "statement": [statement], "visibility_config": [SEEN]}


SOUND = {
    "aws_api_gateway_domain_name": [{
        "endpoint_configuration": [{"types": ["REGIONAL"]}], "security_policy": "TLS_1_2", "regional_certificate_arn": "arn",
        "certificate_arn": None, "mutual_tls_authentication": [{"truststore_uri": "s3://bucket/ca.pem"}],
    }],
    "aws_api_gateway_base_path_mapping": [{"base_path": "v1"}],
    "aws_acm_certificate": [{"validation_method": "DNS"}],
    "aws_route53_record": [{"type": "A", "alias": [{}]}, {"type": "AAAA", "alias": [{}]}, {"type": "CNAME", "alias": []}],
    "aws_s3_bucket_versioning": [{"versioning_configuration": [{"status": "Enabled"}]}],
    "aws_wafv2_ip_set": [{"scope": "REGIONAL"}],
    "aws_wafv2_web_acl": [{
        "scope": "REGIONAL", "default_action": [{"allow": [{}], "block": []}], "visibility_config": [SEEN],
        "rule": [
            rule("allow-ipv4", 0, {"ip_set_reference_statement": [{}]}),
            rule("allow-ipv6", 1, {"ip_set_reference_statement": [{}]}),
            rule("rate", 10, {"rate_based_statement": [{"aggregate_key_type": "IP", "evaluation_window_sec": 300}]}),
        ],
    }],
}  # fmt: skip


def plan(kinds: dict) -> dict:
    resources = [{"mode": "managed", "type": kind, "values": values} for kind, many in kinds.items() for values in many]
    return {"planned_values": {"root_module": {"resources": resources}}}


class FrontDoor(unittest.TestCase):
    def found(self, kind: str, **changed: object) -> list[str]:
        kinds = copy.deepcopy(SOUND)
        kinds[kind][0] |= changed
        return list(front_door.findings(plan(kinds)))

    def test_nothing_is_found_where_nothing_is(self) -> None:
        self.assertEqual(list(front_door.findings(plan(SOUND))), [])

    def test_each_fault_is_found(self) -> None:
        for kind, changed in [
            ("aws_api_gateway_domain_name", {"security_policy": "TLS_1_0"}),
            ("aws_api_gateway_domain_name", {"endpoint_configuration": [{"types": ["EDGE"]}]}),
            ("aws_api_gateway_domain_name", {"certificate_arn": "arn"}),
            ("aws_api_gateway_domain_name", {"mutual_tls_authentication": []}),
            ("aws_api_gateway_base_path_mapping", {"base_path": None}),
            ("aws_acm_certificate", {"validation_method": "EMAIL"}),
            ("aws_route53_record", {"type": "CNAME"}),
            ("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Suspended"}]}),
            ("aws_wafv2_web_acl", {"default_action": [{"allow": [], "block": [{}]}]}),
            ("aws_wafv2_ip_set", {"scope": "CLOUDFRONT"}),
            ("aws_wafv2_web_acl", {"visibility_config": [SEEN | {"sampled_requests_enabled": True}]}),
            ("aws_wafv2_web_acl", {"rule": [*SOUND["aws_wafv2_web_acl"][0]["rule"], rule("body", 30, {"size_constraint_statement": [{"field_to_match": [{"body": [{}]}]}]})]}),
        ]:
            with self.subTest(kind=kind, changed=changed):
                self.assertEqual(len(self.found(kind, **changed)), 1)


if __name__ == "__main__":
    unittest.main()
