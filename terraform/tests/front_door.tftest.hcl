# The front door as the rest of the stack sees it: URLs, what the stack says of itself, the default endpoint, what the
# authorizer reads. front_door_module.tftest.hcl looks inside.

mock_provider "aws" {
  source = "./tests/mocks"
}

override_resource {
  target          = aws_api_gateway_rest_api.this
  override_during = plan
  values          = { id = "api", execution_arn = "arn:aws:execute-api:eu-west-1:123456789012:api" }
}

override_resource {
  target          = aws_api_gateway_stage.v1
  override_during = plan
  values          = { invoke_url = "https://api.execute-api.eu-west-1.amazonaws.com/v1", arn = "arn:aws:apigateway:eu-west-1::/restapis/api/stages/v1" }
}

override_resource {
  target          = module.front_door[0].aws_api_gateway_domain_name.this
  override_during = plan
  values          = { domain_name = "hooks.example.com", regional_domain_name = "d-1.execute-api.eu-west-1.amazonaws.com", regional_zone_id = "Z2" }
}

override_resource {
  target          = module.front_door[0].aws_acm_certificate.this
  override_during = plan
  values = {
    arn                       = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
    domain_validation_options = [{ domain_name = "hooks.example.com", resource_record_name = "_1.hooks.example.com.", resource_record_type = "CNAME", resource_record_value = "_2.acm-validations.aws." }]
  }
}

variables {
  packages = { dir = "tests/packages" }

  endpoints = {
    github = { preset = "github" }
    signed = { custom = jsonencode({ kind = "twilio" }), dedupe_window_s = 3600, lane = "direct" }
    theirs = { custom = jsonencode({ kind = "twilio" }), dedupe_window_s = 3600, url = "https://elsewhere.example.com/a" }
  }
}

run "leaves_a_stack_without_one_as_it_was" {
  command = plan

  assert {
    condition     = length(module.front_door) == 0 && output.front_door == null && output.stack.front_door == null
    error_message = "Nothing must be made without a front door."
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.disable_execute_api_endpoint == false && length(local.deployed) == 14
    error_message = "The default endpoint must stay, and no new deployment be made: ${length(local.deployed)}"
  }

  assert {
    condition     = !contains(keys(local.gateway_responses), "WAF_FILTERED") && length([for widget in local.dashboard_body.widgets : widget if strcontains(widget.properties.title, "certificate")]) == 0
    error_message = "No answer and no widget must be added."
  }

  assert {
    condition     = output.endpoint_urls.github == "https://api.execute-api.eu-west-1.amazonaws.com/v1/hooks/github" && !contains(keys(jsondecode(module.endpoint["github"].config)), "revoked")
    error_message = "Endpoints must be as they were: ${jsonencode(output.endpoint_urls)}"
  }
}

run "leads_providers_to_the_domain" {
  command = plan

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { rate_per_5_min = 2000, deny = ["198.51.100.0/24"] }
    }
  }

  assert {
    condition = output.endpoint_urls == {
      github = "https://hooks.example.com/v1/hooks/github"
      signed = "https://hooks.example.com/v1/direct/signed"
      theirs = "https://elsewhere.example.com/a"
    }
    error_message = "URLs must have the domain, unless an endpoint has its own: ${jsonencode(output.endpoint_urls)}"
  }

  # What the authorizer and admit verify a signed URL against.
  assert {
    condition     = [for name in ["github", "signed", "theirs"] : try(jsondecode(module.endpoint[name].config).url, null)] == [null, "https://hooks.example.com/v1/direct/signed", "https://elsewhere.example.com/a"]
    error_message = "A signed URL must be the one that the provider is given."
  }

  assert {
    condition     = { for name, value in output.stack.front_door : name => value if !contains(["certificate_arn", "web_acl_arn"], name) } == { domain = "hooks.example.com", default_endpoint = true, mtls = false, zone_id = "Z1", target = "d-1.execute-api.eu-west-1.amazonaws.com" }
    error_message = "The stack must say what stands before it: ${jsonencode({ for name, value in output.stack.front_door : name => value if !contains(["certificate_arn", "web_acl_arn"], name) })}"
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.disable_execute_api_endpoint == false && length(local.deployed) == 14
    error_message = "The default endpoint must stay open until it is closed."
  }

  # 429, so that a provider among a flood tries again.
  assert {
    condition     = aws_api_gateway_gateway_response.this["WAF_FILTERED"].status_code == "429" && aws_api_gateway_gateway_response.this["WAF_FILTERED"].response_parameters == tomap({ "gatewayresponse.header.Retry-After" = "'60'" })
    error_message = "What the web ACL refuses must be sent again later: ${jsonencode(aws_api_gateway_gateway_response.this["WAF_FILTERED"].status_code)}"
  }

  assert {
    condition     = contains(keys(output.alarms), "coatcheck-certificate-ends") && !contains(keys(output.alarms), "coatcheck-web-acl-blocks")
    error_message = "The certificate's end must have an alarm, and what the web ACL refuses only where it is asked for."
  }

  assert {
    condition     = jsonencode([for widget in local.dashboard_body.widgets : widget.properties.metrics if strcontains(widget.properties.title, "web ACL at hooks.example.com")]) == jsonencode([[for metric in ["AllowedRequests", "BlockedRequests", "CountedRequests"] : ["AWS/WAFV2", metric, "Region", "eu-west-1", "Rule", "ALL", "WebACL", "coatcheck-web-acl", { label = { AllowedRequests = "allowed", BlockedRequests = "refused", CountedRequests = "counted only" }[metric] }]]])
    error_message = "The dashboard must show what the web ACL refuses."
  }
}

run "closes_the_default_endpoint" {
  command = plan

  variables {
    front_door = {
      domain                   = "hooks.example.com"
      certificate_arn          = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
      disable_default_endpoint = true
      web_acl_arn              = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/ours/12345678-1234-1234-1234-123456789012"

      mtls = {
        truststore = "tests/front_door/ca.pem"
        revocation = {
          fingerprints = [join(":", [for n in range(32) : "0A"])]
          serials      = ["00:0A:FF", "0", "7"]
        }
      }
    }
  }

  # It takes effect with a deployment, so the deployment's hash must change with it.
  assert {
    condition     = aws_api_gateway_rest_api.this.disable_execute_api_endpoint && jsonencode(local.deployed[14]) == "{\"disable_execute_api_endpoint\":true}"
    error_message = "The default endpoint must be closed, and the stage deployed again."
  }

  assert {
    condition     = jsonencode(output.stack.front_door) == jsonencode({ domain = "hooks.example.com", default_endpoint = false, mtls = true, zone_id = null, target = "d-1.execute-api.eu-west-1.amazonaws.com", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1", web_acl_arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/ours/12345678-1234-1234-1234-123456789012" })
    error_message = "The stack must say what stands before it: ${jsonencode(output.stack.front_door)}"
  }

  assert {
    condition     = { for name, endpoint in module.endpoint : name => jsondecode(endpoint.config).revoked } == { for name in ["github", "signed", "theirs"] : name => { fingerprints = [join("", [for n in range(32) : "0a"])], serials = ["0", "7", "aff"] } }
    error_message = "Every endpoint must know the revoked certificates, in one form: ${module.endpoint["github"].config}"
  }

  assert {
    condition     = output.endpoint_urls.github == "https://hooks.example.com/v1/hooks/github"
    error_message = "With the default endpoint closed, there is only the domain: ${jsonencode(output.endpoint_urls)}"
  }

  assert {
    condition     = contains(keys(local.gateway_responses), "WAF_FILTERED")
    error_message = "A web ACL of one's own refuses too."
  }

  # For coatcheck doctor; no wildcard, and nothing that changes anything.
  assert {
    condition = { for statement in flatten(local.front_door_rights) : join(",", statement.Action) => statement.Resource } == {
      "apigateway:GET" = [
        for path in ["domainnames/hooks.example.com", "domainnames/hooks.example.com/basepathmappings", "domainnames/hooks.example.com/basepathmappings/v1", "restapis/api"] :
        "arn:aws:apigateway:eu-west-1::/${path}"
      ]
      "acm:DescribeCertificate" = ["arn:aws:acm:eu-west-1:123456789012:certificate/1"]
    }
    error_message = "Who only looks must see the front door: ${jsonencode(local.front_door_rights)}"
  }
}

run "leads_only_who_has_a_certificate_to_the_domain" {
  command = plan

  variables {
    endpoints = {
      github  = { preset = "github" }
      partner = { preset = "github", mtls = { san = ["dns:client.example.com"] } }
    }

    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "tests/front_door/ca.pem" }
    }
  }

  assert {
    condition     = output.endpoint_urls == { github = "https://api.execute-api.eu-west-1.amazonaws.com/v1/hooks/github", partner = "https://hooks.example.com/v1/hooks/partner" }
    error_message = "A provider without a certificate cannot connect to the domain: ${jsonencode(output.endpoint_urls)}"
  }
}

run "warns_of_a_domain_that_no_one_uses" {
  command         = plan
  expect_failures = [check.someone_uses_the_domain]

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      mtls    = { truststore = "tests/front_door/ca.pem" }
    }
  }
}

run "refuses_to_ask_for_certificates_that_never_arrive" {
  command         = plan
  expect_failures = [aws_dynamodb_table.endpoints]

  variables {
    endpoints  = { partner = { preset = "github", mtls = { san = ["dns:client.example.com"] } } }
    front_door = { domain = "hooks.example.com", zone_id = "Z1" }
  }
}

run "warns_of_rules_about_bodies" {
  command         = plan
  expect_failures = [check.managed_rules_see_bodies]

  variables {
    front_door = {
      domain  = "hooks.example.com"
      zone_id = "Z1"
      web_acl = { managed = { AWSManagedRulesCommonRuleSet = {}, AWSManagedRulesAmazonIpReputationList = {} } }
    }
  }
}
