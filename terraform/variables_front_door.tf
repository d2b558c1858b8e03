variable "front_door" {
  description = <<-EOT
    A host name of your own before the API, and what stands at it. null: providers deliver to the API's own host name,
    the default endpoint. docs/front-door.md describes each member.

    - domain: the host name, for instance hooks.example.com. It must belong to this stack alone.
    - zone_id: the public hosted zone in Route 53 for that name. The stack makes the certificate, and the records that
      lead to the API. Or:
    - certificate_arn: a certificate of yours in ACM, in the stack's region. You make the DNS record: the output
      front_door says which.
    - security_policy: "TLS_1_2", which takes TLS 1.2 and 1.3. API Gateway's other policies cannot be had.
    - disable_default_endpoint: true makes API Gateway refuse what does not come through the domain. Set it once every
      provider delivers to the domain.
    - mtls: every client at the domain must show a certificate of one of your CAs.
      - truststore: path of a file with the CAs' certificates (PEM), which the stack stores in a bucket of its own; or
        s3://bucket/key of a bundle of yours.
      - truststore_version: with s3://, the version of that object.
      - ownership_certificate_arn: a public certificate of ACM for the domain. API Gateway asks for it if
        certificate_arn is imported, or of a private CA.
      - revocation: certificates that are refused though their CA is trusted, by SHA-256 fingerprint or serial number,
        in hexadecimal with or without colons. API Gateway itself looks at no revocation list.
    - web_acl: a web ACL of AWS WAF before the API, at the domain and at the default endpoint. Requests from `allow` pass
      without any other rule, those from `deny` are refused; from any other address, no more than rate_per_5_min pass in
      5 minutes. `managed` names rule groups, none by default: most look at bodies, and refuse real webhooks. Set a
      group's rules in `count` to count only. `alarm_per_5_min` adds an alarm when more requests than that are refused.
    - web_acl_arn: a regional web ACL of yours, in place of web_acl.
  EOT

  type = object({
    domain                   = string
    zone_id                  = optional(string)
    certificate_arn          = optional(string)
    security_policy          = optional(string, "TLS_1_2")
    disable_default_endpoint = optional(bool, false)

    mtls = optional(object({
      truststore                = string
      truststore_version        = optional(string)
      ownership_certificate_arn = optional(string)
      revocation = optional(object({
        fingerprints = optional(set(string), [])
        serials      = optional(set(string), [])
      }), {})
    }))

    web_acl = optional(object({
      rate_per_5_min  = optional(number)
      allow           = optional(set(string), [])
      deny            = optional(set(string), [])
      alarm_per_5_min = optional(number)
      managed = optional(map(object({
        vendor = optional(string, "AWS")
        count  = optional(set(string), [])
      })), {})
    }))
    web_acl_arn = optional(string)
  })
  default = null

  # A certificate's common name has at most 64 characters, and ACM takes it from the domain:
  # https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
  validation {
    condition     = var.front_door == null ? true : can(regex("^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z](?:[a-z0-9-]*[a-z0-9])$", var.front_door.domain)) && length(var.front_door.domain) <= 64
    error_message = "front_door.domain must be a host name in lower case, for instance hooks.example.com: at most 64 characters, no *, no port, no dot at its end."
  }

  validation {
    condition     = var.front_door == null ? true : (var.front_door.zone_id == null) != (var.front_door.certificate_arn == null)
    error_message = "front_door needs exactly one of zone_id and certificate_arn. Set zone_id and let the stack make the certificate and the records, or set certificate_arn and make the record yourself."
  }

  validation {
    condition     = try(var.front_door.zone_id, null) == null ? true : can(regex("^Z[A-Z0-9]{1,31}$", var.front_door.zone_id))
    error_message = "front_door.zone_id must be the id of a hosted zone, for instance Z0123456789ABCDEFGHIJ, without /hostedzone/."
  }

  validation {
    condition     = try(var.front_door.certificate_arn, null) == null ? true : can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-z-]+$", var.front_door.certificate_arn))
    error_message = "front_door.certificate_arn must be the ARN of a certificate in ACM, for instance arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012. API Gateway takes none from IAM."
  }

  # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
  validation {
    condition     = var.front_door == null ? true : coalesce(var.front_door.security_policy, "-") == "TLS_1_2"
    error_message = "front_door.security_policy must be \"TLS_1_2\", which takes TLS 1.2 and TLS 1.3: leave it out. TLS_1_0 would take TLS 1.0. Policies whose names start with SecurityPolicy_ need an endpoint access mode, which provider 5.100 cannot set, and API Gateway allows no mutual TLS with them."
  }

  validation {
    condition     = try(var.front_door.mtls, null) == null ? true : can(regex("^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+$", var.front_door.mtls.truststore)) || fileexists(var.front_door.mtls.truststore)
    error_message = "front_door.mtls.truststore must be the path of a file that exists, with your CAs' certificates in PEM, or the address of such an object: s3://bucket/key. A relative path starts where Terraform runs."
  }

  validation {
    condition     = try(var.front_door.mtls, null) == null ? true : startswith(var.front_door.mtls.truststore, "s3://") == (var.front_door.mtls.truststore_version != null)
    error_message = "front_door.mtls.truststore_version must be the version of the object at front_door.mtls.truststore if that is an s3:// address, since API Gateway never looks for a newer one by itself; turn on the bucket's versioning. Leave it out if truststore is a file: the stack knows its version."
  }

  validation {
    condition     = try(startswith(var.front_door.mtls.truststore, "s3://"), true) ? true : can(regex("-----BEGIN CERTIFICATE-----", file(var.front_door.mtls.truststore))) && !can(regex("PRIVATE KEY-----", file(var.front_door.mtls.truststore)))
    error_message = "front_door.mtls.truststore must name a file with certificates in PEM (-----BEGIN CERTIFICATE-----) and no private key: API Gateway needs only what your CAs publish. Remove the key, and replace it: Terraform has read it."
  }

  validation {
    condition     = try(var.front_door.mtls.ownership_certificate_arn, null) == null ? true : can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-z-]+$", var.front_door.mtls.ownership_certificate_arn)) && var.front_door.certificate_arn != null
    error_message = "front_door.mtls.ownership_certificate_arn must be the ARN of a public certificate in ACM, beside front_door.certificate_arn: it proves that the domain is yours where certificate_arn was imported or comes from a private CA. With zone_id leave it out."
  }

  validation {
    condition     = try(var.front_door.mtls, null) == null ? true : alltrue([for one in var.front_door.mtls.revocation.fingerprints : can(regex("^[0-9A-Fa-f]{64}$", replace(one, ":", "")))])
    error_message = "front_door.mtls.revocation.fingerprints must be SHA-256 fingerprints of certificates, 64 hexadecimal digits with or without colons: openssl x509 -in client.pem -noout -fingerprint -sha256."
  }

  # At most 20 octets: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2
  validation {
    condition     = try(var.front_door.mtls, null) == null ? true : alltrue([for one in var.front_door.mtls.revocation.serials : can(regex("^[0-9A-Fa-f]{1,40}$", replace(one, ":", "")))])
    error_message = "front_door.mtls.revocation.serials must be serial numbers of certificates, up to 40 hexadecimal digits with or without colons: openssl x509 -in client.pem -noout -serial."
  }

  # They are part of every endpoint's item, and DynamoDB counts a read in steps of 4 KB.
  validation {
    condition     = try(var.front_door.mtls, null) == null ? true : length(var.front_door.mtls.revocation.fingerprints) + length(var.front_door.mtls.revocation.serials) <= 50
    error_message = "front_door.mtls.revocation can hold 50 entries, because every delivery reads them. Remove certificates that have expired; for more, issue new certificates from a new CA and take the old one out of front_door.mtls.truststore."
  }

  validation {
    condition     = var.front_door == null ? true : var.front_door.web_acl == null || var.front_door.web_acl_arn == null
    error_message = "front_door.web_acl and front_door.web_acl_arn exclude each other, because AWS WAF takes one web ACL for a stage. Leave one of them out."
  }

  validation {
    condition     = try(var.front_door.web_acl_arn, null) == null ? true : can(regex("^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/[^/]+/[0-9a-f-]+$", var.front_door.web_acl_arn))
    error_message = "front_door.web_acl_arn must be the ARN of a regional web ACL, for instance arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/name/12345678-1234-1234-1234-123456789012. One of CloudFront (global/webacl) and one of WAF Classic do not fit an API."
  }

  validation {
    condition     = try(var.front_door.web_acl, null) == null ? true : var.front_door.web_acl.rate_per_5_min != null || length(var.front_door.web_acl.deny) > 0 || length(var.front_door.web_acl.managed) > 0
    error_message = "front_door.web_acl has no rule that refuses anything. Set rate_per_5_min, deny or managed, or leave web_acl out: it costs money."
  }

  # https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
  validation {
    condition     = try(var.front_door.web_acl.rate_per_5_min, null) == null ? true : var.front_door.web_acl.rate_per_5_min >= 10 && var.front_door.web_acl.rate_per_5_min <= 2000000000 && floor(var.front_door.web_acl.rate_per_5_min) == var.front_door.web_acl.rate_per_5_min
    error_message = "front_door.web_acl.rate_per_5_min must be a whole number from 10 to 2000000000: how many requests one address may send in 5 minutes. Providers send all your webhooks from few addresses: set it well above your busiest 5 minutes."
  }

  # The form that AWS WAF returns: otherwise each plan would show a change.
  validation {
    condition     = try(var.front_door.web_acl, null) == null ? true : alltrue([for range in concat(tolist(var.front_door.web_acl.allow), tolist(var.front_door.web_acl.deny)) : try(cidrsubnet(range, 0, 0), null) == range && !endswith(range, "/0")])
    error_message = "front_door.web_acl.allow and deny must hold ranges in canonical form, for instance 203.0.113.7/32, 203.0.113.0/24 or 2001:db8::/32, and not all addresses (/0), which AWS WAF refuses. Wrong: ${try(join(", ", [for range in concat(tolist(var.front_door.web_acl.allow), tolist(var.front_door.web_acl.deny)) : range if try(cidrsubnet(range, 0, 0), null) != range || endswith(range, "/0")]), "")}."
  }

  validation {
    condition     = try(var.front_door.web_acl, null) == null ? true : length(setintersection(var.front_door.web_acl.allow, var.front_door.web_acl.deny)) == 0
    error_message = "front_door.web_acl has the same range in allow and in deny. Requests from allow pass before deny is looked at: remove the range from one of them."
  }

  # https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
  validation {
    condition     = try(var.front_door.web_acl, null) == null ? true : length(var.front_door.web_acl.allow) <= 10000 && length(var.front_door.web_acl.deny) <= 10000
    error_message = "front_door.web_acl.allow and deny can hold 10,000 ranges each: AWS WAF allows no more in an IP set. Join neighbouring ranges, or set web_acl_arn to a web ACL of yours with several sets."
  }

  validation {
    condition     = try(var.front_door.web_acl, null) == null ? true : alltrue([for name, group in var.front_door.web_acl.managed : can(regex("^[\\w-]{1,128}$", name)) && can(regex("^[\\w-]{1,128}$", group.vendor)) && alltrue([for rule in group.count : can(regex("^[\\w-]{1,128}$", rule))])])
    error_message = "front_door.web_acl.managed must name rule groups as AWS WAF does, for instance AWSManagedRulesAmazonIpReputationList, with names of their rules in count: 1 to 128 letters, digits, - and _."
  }

  validation {
    condition     = try(var.front_door.web_acl.alarm_per_5_min, null) == null ? true : var.front_door.web_acl.alarm_per_5_min >= 1
    error_message = "front_door.web_acl.alarm_per_5_min must be at least 1, or left out for no alarm."
  }
}
