variable "packages" {
  description = "Where the functions' packages are: { dir } or { bucket, prefix, version }, and the digest of their packages.json."
  type = object({
    dir     = optional(string)
    bucket  = optional(string)
    prefix  = optional(string)
    version = optional(string)
    digest  = optional(string)
  })
}

variable "architecture" {
  description = "What the packages were built for."
  type        = string
  default     = "arm64"
}

variable "boundary" {
  description = "Name of the policy that bounds every role of the account."
  type        = string
}

variable "vpc" {
  description = "Subnets and security groups of the functions. The output vpc_endpoints names what must be reachable from there."
  type = object({
    subnet_ids         = set(string)
    security_group_ids = set(string)
  })
}

variable "domain" {
  description = "Host name of yours that providers deliver to, for instance hooks.example.com; null for the API's own."
  type        = string
  default     = null
}

variable "zone_id" {
  description = "Public hosted zone in Route 53 that holds the domain."
  type        = string
  default     = null
}

variable "alarm_topic_arns" {
  description = "Topics that get the alarms."
  type        = set(string)
  default     = []
}
