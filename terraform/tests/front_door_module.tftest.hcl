# The front door from inside: certificate, records, truststore, rules of the web ACL, and what only a plan with the
# account and region can refuse. A mock cannot say that a zone is private: tests/witness/front_door.py can.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  stack         = "coatcheck"
  account       = { id = "123456789012", partition = "aws", region = "eu-west-1" }
  api           = { id = "api", stage = "v1", stage_arn = "arn:aws:apigateway:eu-west-1::/restapis/api/stages/v1" }
  alarms        = { enabled = true, actions = [], runbook_url = "docs/operations.md", tags = {} }
  require_tls   = true
  force_destroy = false
  tags          = { stack = "coatcheck" }

  zone = { domain = "hooks.example.com", zone_id = "Z1", certificate_arn = null, security_policy = "TLS_1_2", mtls = null, web_acl = null, web_acl_arn = null }
}

run "proves_the_domain_and_leads_it_to_the_stage" {
  command = plan

  module {
    source = "./modules/front_door"
  }

  variables {
    front_door = var.zone
  }

  assert {
    condition     = aws_acm_certificate.this[0].domain_name == "hooks.example.com" && aws_acm_certificate.this[0].validation_method == "DNS" && keys(aws_route53_record.validation) == ["hooks.example.com"]
    error_message = "ACM must see the proof in DNS."
  }

  assert {
    condition     = { for type, record in aws_route53_record.alias : type => [record.name, record.zone_id, length(record.alias)] } == { A = ["hooks.example.com", "Z1", 1], AAAA = ["hooks.example.com", "Z1", 1] }
    error_message = "IPv4 and IPv6 must both lead to the API."
  }

  assert {
    condition     = aws_api_gateway_domain_name.this.security_policy == "TLS_1_2" && aws_api_gateway_domain_name.this.endpoint_configuration[0].types == tolist(["REGIONAL"]) && length(aws_api_gateway_domain_name.this.mutual_tls_authentication) == 0
    error_message = "The domain must be regional, with TLS 1.2 at least, and ask for no certificate."
  }

  assert {
    condition     = [aws_api_gateway_base_path_mapping.this.base_path, aws_api_gateway_base_path_mapping.this.stage_name, aws_api_gateway_base_path_mapping.this.api_id] == ["v1", "v1", "api"]
    error_message = "Paths must be the same as at the default endpoint."
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this) + length(aws_wafv2_ip_set.this) + length(aws_wafv2_web_acl_association.this) + length(aws_s3_bucket.truststore) == 0
    error_message = "No web ACL and no truststore must be made unless asked for."
  }

  assert {
    condition     = output.alarms["coatcheck-certificate-ends"].metric == "DaysToExpiry" && keys(output.alarms) == ["coatcheck-certificate-ends"]
    error_message = "The certificate's end must have an alarm."
  }
}

run "takes_a_certificate_of_ones_own" {
  command = plan

  module {
    source = "./modules/front_door"
  }

  variables {
    front_door = merge(var.zone, { zone_id = null, certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1" })
  }

  assert {
    condition     = length(aws_acm_certificate.this) + length(aws_route53_record.validation) + length(aws_route53_record.alias) == 0 && aws_api_gateway_domain_name.this.regional_certificate_arn == "arn:aws:acm:eu-west-1:123456789012:certificate/1"
    error_message = "Nothing must be made in Route 53 or ACM."
  }
}

run "stores_each_version_of_the_truststore" {
  command = plan

  override_resource {
    target          = aws_s3_object.truststore[0]
    override_during = plan
    values          = { version_id = "version-1" }
  }

  module {
    source = "./modules/front_door"
  }

  variables {
    front_door = merge(var.zone, { mtls = { truststore = "tests/front_door/ca.pem", truststore_version = null, ownership_certificate_arn = null } })
  }

  assert {
    condition     = aws_s3_bucket_versioning.truststore[0].versioning_configuration[0].status == "Enabled" && aws_s3_object.truststore[0].content == file("tests/front_door/ca.pem")
    error_message = "A change of the file must be a new version."
  }

  assert {
    condition     = aws_api_gateway_domain_name.this.mutual_tls_authentication[0] == { truststore_uri = "s3://coatcheck-truststore-123456789012-eu-west-1/truststore.pem", truststore_version = "version-1" }
    error_message = "The domain must ask for certificates of exactly this version: ${jsonencode(aws_api_gateway_domain_name.this.mutual_tls_authentication)}"
  }

  assert {
    condition     = length(aws_s3_bucket_policy.truststore) == 1 && aws_s3_bucket_public_access_block.truststore[0].restrict_public_buckets
    error_message = "The bucket must not be public, nor readable without TLS."
  }
}

run "takes_a_bundle_of_ones_own" {
  command = plan

  module {
    source = "./modules/front_door"
  }

  variables {
    front_door = merge(var.zone, { mtls = { truststore = "s3://ours/ca.pem", truststore_version = "7", ownership_certificate_arn = null } })
  }

  assert {
    condition     = length(aws_s3_bucket.truststore) == 0 && aws_api_gateway_domain_name.this.mutual_tls_authentication[0] == { truststore_uri = "s3://ours/ca.pem", truststore_version = "7" }
    error_message = "The bundle must be taken from where it is."
  }
}

run "asks_the_rules_in_order" {
  command = plan

  override_resource {
    target          = aws_wafv2_ip_set.this
    override_during = plan
    values          = { arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/ipset/coatcheck/12345678-1234-1234-1234-123456789012" }
  }

  module {
    source = "./modules/front_door"
  }

  variables {
    front_door = merge(var.zone, {
      web_acl = {
        rate_per_5_min  = 2000
        allow           = ["203.0.113.7/32", "2001:db8::/32"]
        deny            = ["198.51.100.0/24"]
        managed         = { AWSManagedRulesAmazonIpReputationList = { vendor = "AWS", count = ["AWSManagedIPDDoSList"] } }
        alarm_per_5_min = 100
      }
    })
  }

  assert {
    condition = { for rule in aws_wafv2_web_acl.this[0].rule : rule.priority => rule.name } == {
      "0" = "allow-ipv4", "1" = "allow-ipv6", "2" = "deny-ipv4", "10" = "rate", "20" = "AWSManagedRulesAmazonIpReputationList"
    }
    error_message = "Allowed addresses must pass before any other rule: ${jsonencode({ for rule in aws_wafv2_web_acl.this[0].rule : rule.priority => rule.name })}"
  }

  assert {
    condition     = { for rule in aws_wafv2_web_acl.this[0].rule : rule.name => [length(try(rule.action[0].allow, [])), length(try(rule.action[0].block, []))] if length(rule.action) > 0 } == { allow-ipv4 = [1, 0], allow-ipv6 = [1, 0], deny-ipv4 = [0, 1], rate = [0, 1] }
    error_message = "Rules must do what their names say."
  }

  assert {
    condition     = { for name, set in aws_wafv2_ip_set.this : name => [set.ip_address_version, join(",", set.addresses)] } == { allow-ipv4 = ["IPV4", "203.0.113.7/32"], allow-ipv6 = ["IPV6", "2001:db8::/32"], deny-ipv4 = ["IPV4", "198.51.100.0/24"] }
    error_message = "Each IP set must hold the addresses of its list and version."
  }

  # What is sampled can be read in the console for three hours, with its headers.
  assert {
    condition     = alltrue([for config in concat(aws_wafv2_web_acl.this[0].visibility_config, flatten(tolist(aws_wafv2_web_acl.this[0].rule)[*].visibility_config)) : config.cloudwatch_metrics_enabled && !config.sampled_requests_enabled])
    error_message = "Every rule must be counted and no request be kept."
  }

  assert {
    condition     = one([for rule in aws_wafv2_web_acl.this[0].rule : rule.statement[0].rate_based_statement[0].limit if rule.name == "rate"]) == 2000 && aws_wafv2_web_acl_association.this[0].resource_arn == "arn:aws:apigateway:eu-west-1::/restapis/api/stages/v1"
    error_message = "The rate must be the one that is set, at this stage."
  }

  assert {
    condition     = output.alarms["coatcheck-web-acl-blocks"].dimensions == tomap({ Region = "eu-west-1", Rule = "ALL", WebACL = "coatcheck-web-acl" })
    error_message = "The alarm must count what this web ACL refuses."
  }
}

run "refuses_a_zone_for_other_names" {
  command         = plan
  expect_failures = [data.aws_route53_zone.this]

  module {
    source = "./modules/front_door"
  }

  variables {
    front_door = merge(var.zone, { domain = "hooks.notexample.com" })
  }
}

run "refuses_a_certificate_of_another_region" {
  command         = plan
  expect_failures = [aws_api_gateway_domain_name.this]

  module {
    source = "./modules/front_door"
  }

  variables {
    front_door = merge(var.zone, { zone_id = null, certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1" })
  }
}

run "refuses_a_proof_of_ownership_of_another_account" {
  command         = plan
  expect_failures = [aws_api_gateway_domain_name.this]

  module {
    source = "./modules/front_door"
  }

  variables {
    front_door = merge(var.zone, {
      zone_id         = null
      certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
      mtls            = { truststore = "tests/front_door/ca.pem", truststore_version = null, ownership_certificate_arn = "arn:aws:acm:eu-west-1:210987654321:certificate/2" }
    })
  }
}

run "refuses_a_web_acl_of_another_region" {
  command         = plan
  expect_failures = [aws_wafv2_web_acl_association.this]

  module {
    source = "./modules/front_door"
  }

  variables {
    front_door = merge(var.zone, { web_acl_arn = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/ours/12345678-1234-1234-1234-123456789012" })
  }
}
