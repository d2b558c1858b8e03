variable "stack" {
  description = "Name of the stack."
  type        = string
}

variable "front_door" {
  description = "The front door, as in the root module's variable `front_door`, which also validates it."
  type = object({
    domain          = string
    zone_id         = string
    certificate_arn = string
    security_policy = string

    mtls = object({
      truststore                = string
      truststore_version        = string
      ownership_certificate_arn = string
    })

    web_acl = object({
      rate_per_5_min  = number
      allow           = set(string)
      deny            = set(string)
      alarm_per_5_min = number
      managed = map(object({
        vendor = string
        count  = set(string)
      }))
    })
    web_acl_arn = string
  })
}

variable "api" {
  description = "The API that the domain leads to, and its stage."
  type = object({
    id        = string
    stage     = string
    stage_arn = string
  })
}

variable "account" {
  description = "The account and region that the stack is in."
  type = object({
    id        = string
    partition = string
    region    = string
  })
}

variable "require_tls" {
  description = "Refuse requests to the truststore's bucket that do not use TLS. Only the local cloud turns it off."
  type        = bool
}

variable "force_destroy" {
  description = "Let destroy delete the truststore's bucket with its contents."
  type        = bool
}

variable "alarms" {
  description = "Whether to create alarms, which topics they notify, and where the runbook is."
  type = object({
    enabled     = bool
    actions     = set(string)
    runbook_url = string
    tags        = map(string)
  })
}

variable "tags" {
  description = "Tags of everything here."
  type        = map(string)
}
