variable "name" {
  description = "Name of the endpoint."
  type        = string
}

variable "endpoint" {
  description = "The endpoint, as in the root module's variable `endpoints`, which also validates it."
  type = object({
    preset         = optional(string)
    enabled        = bool
    lane           = string
    allowed_cidrs  = list(string)
    max_body_bytes = number
    dedupe         = string

    custom = optional(object({
      kind       = string
      hash       = string
      allow_sha1 = optional(bool)
      signature = object({
        headers        = list(string)
        grammar        = optional(string)
        prefix         = optional(string)
        encoding       = optional(string)
        pair_sep       = optional(string)
        kv_sep         = optional(string)
        sig_keys       = optional(list(string))
        list_sep       = optional(string)
        version_sep    = optional(string)
        versions       = optional(list(string))
        max_signatures = optional(number)
      })
      key = optional(object({
        decode       = optional(string)
        strip_prefix = optional(string)
        min_bytes    = optional(number)
      }))
      content = list(object({
        lit             = optional(string)
        header          = optional(string)
        param           = optional(string)
        body            = optional(bool)
        body_sha256_hex = optional(bool)
      }))
      timestamp = optional(object({
        from = object({
          header = optional(string)
          param  = optional(string)
          json   = optional(string)
        })
        unit         = optional(string)
        max_age_s    = optional(number)
        max_future_s = optional(number)
      }))
    }))

    event = optional(object({
      id           = optional(object({ header = optional(string), json = optional(string), literal = optional(string) }))
      type         = optional(object({ header = optional(string), json = optional(string), literal = optional(string) }))
      subject      = optional(object({ header = optional(string), json = optional(string), literal = optional(string) }))
      ordering_key = optional(object({ header = optional(string), json = optional(string), literal = optional(string) }))
      occurred_at  = optional(object({ header = optional(string), json = optional(string), literal = optional(string) }))
    }))
  })
}

variable "table_name" {
  description = "Table of the endpoints."
  type        = string
}

variable "keys_prefix" {
  description = "What the name of a secret of signing keys starts with."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the secret."
  type        = string
}

variable "recovery_window_days" {
  description = "Days in which a deleted secret can be restored; 0 deletes it at once."
  type        = number
}
