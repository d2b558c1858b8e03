module "alarms" {
  source = "../alarms"

  prefix   = var.stack
  defaults = var.alarms

  alarms = merge(
    {
      # ACM renews its own certificates 60 days before they end: this fires if it cannot. An imported one you renew.
      # https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
      "certificate-ends" = {
        description = "The certificate of ${local.door.domain} ends in less than 30 days. After that no provider can deliver there."
        namespace   = "AWS/CertificateManager"
        metric      = "DaysToExpiry"
        dimensions  = { CertificateArn = local.certificate_arn }
        statistic   = "Minimum"
        threshold   = 30
        comparison  = "LessThanThreshold"
        period      = 86400
      }
    },
    try(local.acl.alarm_per_5_min, null) == null ? {} : {
      # https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
      "web-acl-blocks" = {
        description = "The web ACL refused more than ${local.acl.alarm_per_5_min} requests within 5 minutes: someone floods the API, or a rule refuses a provider."
        namespace   = "AWS/WAFV2"
        metric      = "BlockedRequests"
        dimensions  = { Region = var.account.region, Rule = "ALL", WebACL = local.metric }
        statistic   = "Sum"
        threshold   = local.acl.alarm_per_5_min
        period      = 300
      }
    },
  )
}
