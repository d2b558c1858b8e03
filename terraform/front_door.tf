# The host name of your own, if you have one (docs/front-door.md).

locals {
  # At the default endpoint too, API Gateway says 403 once a stage has changed after this has.
  default_endpoint = try(!var.front_door.disable_default_endpoint, true)

  # Not by try(), whose answer is unknown for what is only partly known, as an ARN or a version of the same apply.
  has_mtls    = var.front_door == null ? false : var.front_door.mtls != null
  has_web_acl = var.front_door == null ? false : var.front_door.web_acl != null || var.front_door.web_acl_arn != null

  # Certificates that the authorizer refuses, as it compares them: lower case, no colons, no leading zeros of a number.
  revoked = !local.has_mtls ? {} : {
    for kind, listed in {
      fingerprints = sort([for one in var.front_door.mtls.revocation.fingerprints : lower(replace(one, ":", ""))])
      serials      = sort([for one in var.front_door.mtls.revocation.serials : replace(lower(replace(one, ":", "")), "/^0+([0-9a-f])/", "$1")])
    } : kind => listed if length(listed) > 0
  }

  # An endpoint that demands a certificate gets one only at a domain that asks for it.
  without_certificates = local.has_mtls ? [] : [
    for name, endpoint in var.endpoints : "${name}: mtls: no certificate of a client arrives without front_door.mtls; set it, or leave mtls out" if endpoint.mtls != null
  ]

  # Endpoints whose providers deliver to the domain. A domain with mtls lets nobody in without a certificate: so while
  # the default endpoint is open, a provider that need not show one stays there.
  at_domain = [
    for name, endpoint in var.endpoints : name
    if var.front_door != null && (!local.has_mtls || endpoint.mtls != null || !local.default_endpoint)
  ]
}

module "front_door" {
  source = "./modules/front_door"
  count  = var.front_door == null ? 0 : 1

  stack         = var.stack
  front_door    = var.front_door
  account       = { id = local.account, partition = local.partition, region = local.region }
  require_tls   = var.require_tls
  force_destroy = var.force_destroy
  alarms        = local.alarms
  tags          = local.tags

  api = {
    id        = aws_api_gateway_rest_api.this.id
    stage     = aws_api_gateway_stage.v1.stage_name
    stage_arn = aws_api_gateway_stage.v1.arn
  }
}

# Only a warning: the stack works.
check "someone_uses_the_domain" {
  assert {
    condition     = var.front_door == null || length(var.endpoints) == 0 || length(local.at_domain) > 0
    error_message = "No endpoint's URL has front_door.domain, because no endpoint has mtls and the default endpoint is open to those without. Set mtls at the endpoints whose providers have certificates, or set front_door.disable_default_endpoint if all have."
  }
}

check "managed_rules_see_bodies" {
  assert {
    condition     = length(local.body_groups) == 0
    error_message = "front_door.web_acl.managed names rule groups that look at bodies: ${join(", ", local.body_groups)}. They refuse webhooks that quote code, SQL or paths, and CommonRuleSet those over 8 KB. Set the rules about bodies in count, and watch the metric CountedRequests before you let them refuse."
  }
}

locals {
  # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
  body_groups = [
    for name, group in try(var.front_door.web_acl.managed, {}) : name if length(group.count) == 0 && contains([
      "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesLinuxRuleSet", "AWSManagedRulesPHPRuleSet",
      "AWSManagedRulesSQLiRuleSet", "AWSManagedRulesUnixRuleSet", "AWSManagedRulesWindowsRuleSet", "AWSManagedRulesWordPressRuleSet",
    ], name)
  ]
}

# What people who only look may see of the front door: the domain, what it leads to, whether the default endpoint is open,
# and when the certificate ends. Added to their policy here, so that a plan knows the policy of a stack without one.
locals {
  front_door_rights = [
    for door in module.front_door : [
      {
        Sid    = "LookAtFrontDoor"
        Effect = "Allow"
        Action = ["apigateway:GET"]
        Resource = [
          "arn:${local.partition}:apigateway:${local.region}::/domainnames/${door.domain}",
          "arn:${local.partition}:apigateway:${local.region}::/domainnames/${door.domain}/basepathmappings",
          "arn:${local.partition}:apigateway:${local.region}::/domainnames/${door.domain}/basepathmappings/${local.stage}",
          "arn:${local.partition}:apigateway:${local.region}::/restapis/${aws_api_gateway_rest_api.this.id}",
        ]
      },
      { Sid = "LookAtCertificate", Effect = "Allow", Action = ["acm:DescribeCertificate"], Resource = [door.certificate_arn] },
    ]
  ]

  read_policy = var.front_door == null ? data.aws_iam_policy_document.read.json : jsonencode({
    Version   = "2012-10-17"
    Statement = concat(flatten([jsondecode(data.aws_iam_policy_document.read.json).Statement]), flatten(local.front_door_rights))
  })
}
