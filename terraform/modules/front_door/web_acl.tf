# AWS WAF looks at each request before the authorizer does. Nothing here looks at a body unless you name a managed group
# that does: rules against SQL, scripts or file paths in bodies refuse webhooks that quote them, and a refused webhook is
# an event lost. WAF sees the first 16 KB of a body at most, or up to 64 KB if a web ACL of yours says so:
# https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html

locals {
  acl = local.door.web_acl

  # An IP set holds addresses of one version.
  ip_sets = local.acl == null ? {} : {
    for set in [
      { list = "allow", version = "IPV4", ranges = [for range in local.acl.allow : range if !strcontains(range, ":")] },
      { list = "allow", version = "IPV6", ranges = [for range in local.acl.allow : range if strcontains(range, ":")] },
      { list = "deny", version = "IPV4", ranges = [for range in local.acl.deny : range if !strcontains(range, ":")] },
      { list = "deny", version = "IPV6", ranges = [for range in local.acl.deny : range if strcontains(range, ":")] },
    ] : "${set.list}-${lower(set.version)}" => set if length(set.ranges) > 0
  }

  # Rules in the order in which WAF asks them: the first that allows or blocks ends it.
  by_address = { for i, name in sort(keys(local.ip_sets)) : name => { priority = i, block = startswith(name, "deny") } }
  managed    = local.acl == null ? {} : { for i, name in sort(keys(local.acl.managed)) : name => merge(local.acl.managed[name], { priority = 20 + i }) }

  # A rule's and a web ACL's dimension in CloudWatch.
  metric = "${var.stack}-web-acl"

  # The web ACL's ARN if there is one, also yours.
  web_acl_arn = local.acl == null ? local.door.web_acl_arn : aws_wafv2_web_acl.this[0].arn
}

resource "aws_wafv2_ip_set" "this" {
  for_each = local.ip_sets

  name               = "${var.stack}-${each.key}"
  description        = "Addresses to ${each.value.list} at ${local.door.domain}"
  scope              = "REGIONAL"
  ip_address_version = each.value.version
  addresses          = each.value.ranges
  tags               = var.tags
}

resource "aws_wafv2_web_acl" "this" {
  count = local.acl == null ? 0 : 1

  #checkov:skip=CKV_AWS_192:Managed groups are a choice: those with rules about bodies refuse real webhooks. The stack logs with no Log4j.
  #checkov:skip=CKV2_AWS_31:WAF's log holds every header, and so signatures; the metrics say which rule refused how many.
  name        = var.stack
  description = "Before the API of the ${var.stack} stack"
  scope       = "REGIONAL"
  tags        = var.tags

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = local.by_address

    content {
      name     = rule.key
      priority = rule.value.priority

      action {
        dynamic "allow" {
          for_each = rule.value.block ? [] : [true]
          content {}
        }

        dynamic "block" {
          for_each = rule.value.block ? [true] : []
          content {}
        }
      }

      statement {
        ip_set_reference_statement {
          arn = aws_wafv2_ip_set.this[rule.key].arn
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.stack}-${rule.key}"
        # Samples hold headers.
        sampled_requests_enabled = false
      }
    }
  }

  dynamic "rule" {
    for_each = local.acl.rate_per_5_min[*]

    content {
      name     = "rate"
      priority = 10

      action {
        block {}
      }

      statement {
        rate_based_statement {
          aggregate_key_type    = "IP"
          evaluation_window_sec = 300
          limit                 = rule.value
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.stack}-rate"
        sampled_requests_enabled   = false
      }
    }
  }

  dynamic "rule" {
    for_each = local.managed

    content {
      name     = rule.key
      priority = rule.value.priority

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          name        = rule.key
          vendor_name = rule.value.vendor

          dynamic "rule_action_override" {
            for_each = rule.value.count

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = "${var.stack}-${rule.key}"
        sampled_requests_enabled   = false
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = local.metric
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = local.acl == null && local.door.web_acl_arn == null ? 0 : 1

  resource_arn = var.api.stage_arn
  web_acl_arn  = local.web_acl_arn

  lifecycle {
    precondition {
      condition     = local.door.web_acl_arn == null ? true : split(":", local.door.web_acl_arn)[3] == var.account.region && split(":", local.door.web_acl_arn)[4] == var.account.id
      error_message = "front_door.web_acl_arn must be a web ACL in ${var.account.region} of the account ${var.account.id}, where the API is: AWS WAF associates no other."
    }
  }
}
