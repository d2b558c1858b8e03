# The host name, its certificate, and what leads there.

locals {
  door = var.front_door
  # The domain's certificate: the one that is made here once it is validated, or yours.
  certificate_arn = one(concat(aws_acm_certificate_validation.this[*].certificate_arn, local.door.zone_id == null ? [local.door.certificate_arn] : []))
}

# Without a certificate of the wrong region, or a zone that answers for other names, a first apply would fail after minutes:
# ACM waits for its record for more than an hour.
data "aws_route53_zone" "this" {
  count = local.door.zone_id == null ? 0 : 1

  zone_id = local.door.zone_id

  lifecycle {
    postcondition {
      condition     = endswith(".${local.door.domain}", ".${trimsuffix(self.name, ".")}")
      error_message = "front_door.zone_id names the zone ${self.name}, which cannot hold a record for front_door.domain, ${local.door.domain}. Set the id of the zone for that domain."
    }

    postcondition {
      condition     = self.private_zone != true
      error_message = "front_door.zone_id names the private zone ${self.name}: neither ACM nor your providers can see its records. Set the id of the public zone."
    }
  }
}

resource "aws_acm_certificate" "this" {
  count = local.door.zone_id == null ? 0 : 1

  domain_name       = local.door.domain
  validation_method = "DNS"
  key_algorithm     = "RSA_2048"
  tags              = var.tags

  # A domain name keeps its certificate until it has the next.
  lifecycle {
    create_before_destroy = true
  }
}

# By the name, which is known before the certificate is made. The certificate is for this name alone.
resource "aws_route53_record" "validation" {
  for_each = local.door.zone_id == null ? {} : {
    (local.door.domain) = one([for option in aws_acm_certificate.this[0].domain_validation_options : option if option.domain_name == local.door.domain])
  }

  zone_id = local.door.zone_id
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  records = [each.value.resource_record_value]
  ttl     = 300
  # Another stack, or one before this, may have proved the same name: the record is the same for an account.
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  count = local.door.zone_id == null ? 0 : 1

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_api_gateway_domain_name" "this" {
  domain_name                            = local.door.domain
  regional_certificate_arn               = local.certificate_arn
  ownership_verification_certificate_arn = try(local.door.mtls.ownership_certificate_arn, null)
  security_policy                        = local.door.security_policy
  tags                                   = var.tags

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  dynamic "mutual_tls_authentication" {
    for_each = local.door.mtls[*]

    content {
      truststore_uri     = local.truststore.uri
      truststore_version = local.truststore.version
    }
  }

  lifecycle {
    precondition {
      condition     = alltrue([for arn in compact([local.door.certificate_arn, try(local.door.mtls.ownership_certificate_arn, null)]) : split(":", arn)[3] == var.account.region && split(":", arn)[4] == var.account.id])
      error_message = "front_door.certificate_arn and front_door.mtls.ownership_certificate_arn must be certificates in ${var.account.region} of the account ${var.account.id}, where the API is: API Gateway takes none from elsewhere. Request or import the certificate there. (us-east-1 is for edge-optimised domains, which this is not.)"
    }
  }
}

# The same paths as at the default endpoint: https://{domain}/v1/hooks/{endpoint}.
resource "aws_api_gateway_base_path_mapping" "this" {
  domain_name = aws_api_gateway_domain_name.this.domain_name
  api_id      = var.api.id
  stage_name  = var.api.stage
  base_path   = var.api.stage
}

resource "aws_route53_record" "alias" {
  for_each = local.door.zone_id == null ? [] : toset(["A", "AAAA"])

  zone_id = local.door.zone_id
  name    = local.door.domain
  type    = each.key

  alias {
    name    = aws_api_gateway_domain_name.this.regional_domain_name
    zone_id = aws_api_gateway_domain_name.this.regional_zone_id
    # There is no second place to go to.
    evaluate_target_health = false
  }
}
