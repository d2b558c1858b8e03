variable "name" {
  description = "Name of the endpoint."
  type        = string
}

variable "endpoint" {
  description = "The endpoint, as in the root module's variable `endpoints`, which also validates it."
  type = object({
    preset           = optional(string)
    custom           = optional(string)
    max_age_s        = optional(number)
    handshake        = bool
    enabled          = bool
    lane             = string
    allowed_cidrs    = list(string)
    max_body_bytes   = number
    min_bytes        = optional(number)
    inline_max_bytes = optional(number, 0)
    content_types    = list(string)
    required_headers = list(string)
    dedupe           = string
    dedupe_by        = optional(list(string), [])
    dedupe_window_s  = optional(number)
    retention_days   = optional(number)
    redact           = optional(list(string), [])
    keep_headers     = list(string)

    attributes = optional(map(object({
      json   = optional(string)
      header = optional(string)
      as     = optional(string, "text")
      index  = optional(bool, false)
      order  = optional(bool, false)
    })), {})

    mtls = optional(object({
      subject     = optional(list(string), [])
      san         = optional(list(string), [])
      fingerprint = optional(list(string), [])
    }))

    jwt = optional(object({
      issuer      = optional(string)
      audience    = optional(list(string))
      scope       = optional(string)
      claims      = optional(map(string), {})
      jwks_url    = optional(string)
      tolerance_s = optional(number)
    }))

    event = optional(object({
      id           = optional(object({ header = optional(string), json = optional(string), form = optional(string), literal = optional(string) }))
      type         = optional(object({ header = optional(string), json = optional(string), form = optional(string), literal = optional(string) }))
      subject      = optional(object({ header = optional(string), json = optional(string), form = optional(string), literal = optional(string) }))
      ordering_key = optional(object({ header = optional(string), json = optional(string), form = optional(string), literal = optional(string) }))
      occurred_at  = optional(object({ header = optional(string), json = optional(string), form = optional(string), literal = optional(string) }))
    }))
  })
}

variable "schemas" {
  description = "Its JSON Schemas: the digest of each text, the event types it is for (empty for all), and what becomes of a payload that does not match."
  type = list(object({
    sha256  = string
    types   = list(string)
    on_fail = string
  }))
  default = []
}

variable "url" {
  description = "The public URL that its provider signs; null if the scheme signs no URL."
  type        = string
}

variable "table_name" {
  description = "Table of the endpoints."
  type        = string
}

variable "keys_prefix" {
  description = "How the names of secrets with signing keys start."
  type        = string
}

variable "header_only" {
  description = "Whether the authorizer verifies the endpoint's deliveries, for which it needs the keys."
  type        = bool
}

variable "has_key_set" {
  description = "Whether watch reads the keys from their issuer and writes them into the secret."
  type        = bool
}

variable "revoked" {
  description = "Certificates of clients that the authorizer refuses, by `fingerprints` and `serials`; empty members are left out."
  type        = map(list(string))
}

variable "kms_key_arn" {
  description = "Key that encrypts the secret."
  type        = string
}

variable "recovery_window_days" {
  description = "How many days a deleted secret can be restored; 0 deletes it at once."
  type        = number
}

variable "tags" {
  description = "Tags of the secret."
  type        = map(string)
}
