output "endpoint_urls" {
  description = "The URL that you give to each provider."
  value       = module.coatcheck.endpoint_urls
}

output "vpc_endpoints" {
  description = "AWS services that must be reachable from the subnets."
  value       = module.coatcheck.vpc_endpoints
}
