output "domain" {
  description = "The host name."
  value       = local.door.domain
}

output "target" {
  description = "What the host name must lead to in DNS: the name of the API's domain, and its zone in Route 53 for an alias."
  value = {
    name    = aws_api_gateway_domain_name.this.regional_domain_name
    zone_id = aws_api_gateway_domain_name.this.regional_zone_id
  }
}

output "certificate_arn" {
  description = "ARN of the domain's certificate."
  value       = local.certificate_arn
}

output "web_acl_arn" {
  description = "ARN of the web ACL before the API; null without one."
  value       = local.web_acl_arn
}

output "metric" {
  description = "Dimension WebACL of the stack's own web ACL in CloudWatch; null without one."
  value       = local.acl == null ? null : local.metric
}

output "alarms" {
  description = "What each alarm watches and where its page is, by name."
  value       = module.alarms.alarms
}

output "alarm_descriptions" {
  description = "Descriptions of the alarms that exist, by name."
  value       = module.alarms.descriptions
}
