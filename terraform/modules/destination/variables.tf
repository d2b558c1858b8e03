variable "name" {
  description = "Name of the subscription."
  type        = string
}

variable "subscription" {
  description = "The subscription, as in the root module's variable `subscriptions`, which validates the rest of it."
  type = object({
    target = object({
      http = optional(object({
        url    = string
        method = string
        auth = object({
          type      = string
          header    = optional(string)
          token_url = optional(string)
          scope     = optional(string)
          audience  = optional(string)
          service   = optional(string)
          region    = optional(string)
          actions   = list(string)
          arns      = list(string)
        })
        sign               = string
        headers            = map(string)
        body               = string
        success            = list(string)
        timeout_s          = number
        allow_private      = bool
        own_ca             = bool
        client_certificate = bool
      }))
    })
    ordered              = bool
    enabled              = bool
    batch_size           = number
    visibility_timeout_s = optional(number)
    fair_by              = string
    rate_per_s           = optional(number)
    concurrency          = optional(number)
    retry_for_s          = optional(number, 259200)
    breaker = optional(object({
      failures_in_a_row = optional(number, 5)
      failure_rate      = optional(number, 0.5)
      pause_s           = optional(number, 30)
      longest_pause_s   = optional(number, 900)
    }), {})
  })

  # No userinfo, which would be a secret in the state; no fragment, which is never sent.
  validation {
    condition = var.subscription.target.http == null ? true : alltrue([
      for url in compact([var.subscription.target.http.url, var.subscription.target.http.auth.token_url]) :
      can(regex("^https?://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?([/?][A-Za-z0-9\\[\\]._~:/?@!$&'()*+,;=%-]*)?$", url))
      && (startswith(url, "https://") || var.subscription.target.http.allow_private)
    ])
    error_message = "http.url and auth.token_url of the subscription ${var.name} must be https URLs with a host, in ASCII, without a user or password and without a fragment. http is for destinations in your own network: it needs allow_private."
  }

  validation {
    condition = var.subscription.target.http == null ? true : (
      contains(["POST", "PUT", "PATCH"], var.subscription.target.http.method)
      && contains(["standard-webhooks", "none"], var.subscription.target.http.sign)
      && contains(["payload", "event"], var.subscription.target.http.body)
    )
    error_message = "http.method of the subscription ${var.name} must be POST, PUT or PATCH, http.sign standard-webhooks or none, and http.body payload or event."
  }

  validation {
    condition     = var.subscription.target.http == null ? true : var.subscription.target.http.timeout_s >= 1 && var.subscription.target.http.timeout_s <= 60 && floor(var.subscription.target.http.timeout_s) == var.subscription.target.http.timeout_s
    error_message = "http.timeout_s of the subscription ${var.name} must be a whole number from 1 to 60."
  }

  validation {
    condition = var.subscription.target.http == null ? true : length(var.subscription.target.http.success) > 0 && alltrue([
      for pattern in var.subscription.target.http.success : can(regex("^(2xx|[24][0-9][0-9])$", pattern)) && !contains(["408", "410", "425", "429"], pattern)
    ])
    error_message = "http.success of the subscription ${var.name} must have at least one status: 2xx, or a status such as 202 or 409. 408, 425 and 429 ask to try again, 410 pauses the subscription, a redirect (3xx) is never followed, and 5xx is a failure."
  }

  # functions/deliver/src/http/headers.rs has the same names.
  validation {
    condition = var.subscription.target.http == null ? true : alltrue([
      for header, value in merge(
        var.subscription.target.http.headers,
        { for header in compact([var.subscription.target.http.auth.header]) : header => "-" if lower(header) != "authorization" },
      ) :
      can(regex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", header)) && can(regex("^[ -~]*$", value))
      && !startswith(lower(header), "ce-") && !startswith(lower(header), "webhook-") && !contains([
        "authorization", "connection", "content-encoding", "content-length", "content-type", "expect", "host", "http2-settings",
        "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "traceparent", "trailer",
        "transfer-encoding", "upgrade", "user-agent", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token",
      ], lower(header))
    ])
    error_message = "http.headers and auth.header of the subscription ${var.name} must be names of headers, with printable values, that neither the connection nor Coatcheck sets (content-type, host, user-agent, traceparent, ce-..., webhook-... and the like). A secret belongs into the secret: use auth for Authorization."
  }

  # The names of headers have no case.
  validation {
    condition = var.subscription.target.http == null ? true : length(distinct([
      for header in concat(keys(var.subscription.target.http.headers), compact([var.subscription.target.http.auth.header])) : lower(header)
    ])) == length(var.subscription.target.http.headers) + length(compact([var.subscription.target.http.auth.header]))
    error_message = "http.headers and auth.header of the subscription ${var.name} name a header twice: only one value would be sent. Leave one of them out."
  }

  validation {
    condition     = var.subscription.target.http == null ? true : startswith(var.subscription.target.http.url, "https://") || !(var.subscription.target.http.own_ca || var.subscription.target.http.client_certificate)
    error_message = "http.own_ca and http.client_certificate of the subscription ${var.name} need an https URL: leave them out."
  }

  # The members that a type needs, and those that it may have besides.
  validation {
    condition = var.subscription.target.http == null ? true : contains(
      [
        "none:", "basic:", "header:header", "oauth2_client_credentials:token_url", "sigv4:actions,arns,service",
      ],
      join(":", [
        var.subscription.target.http.auth.type,
        join(",", sort([
          for name, value in var.subscription.target.http.auth : name
          if name != "type" && try(length(value) > 0, false)
          && !contains(["oauth2_client_credentials:audience", "oauth2_client_credentials:scope", "sigv4:region"], "${var.subscription.target.http.auth.type}:${name}")
        ])),
      ]),
    )
    error_message = "http.auth.type of the subscription ${var.name} must be none, header (with header), basic, oauth2_client_credentials (with token_url, and scope and audience if the server wants them) or sigv4 (with service, actions, arns and, if it is another, region), and have no other members. Names, passwords and secrets are in the subscription's secret."
  }

  validation {
    condition = var.subscription.target.http == null ? true : (
      alltrue([for action in var.subscription.target.http.auth.actions : can(regex("^[a-z0-9-]+:[A-Za-z0-9]+$", action))])
      && alltrue([for arn in var.subscription.target.http.auth.arns : can(regex("^arn:[a-z-]+:[a-z0-9-]+:[^:*]*:[^:*]*:[^*].*$", arn)) && !endswith(arn, ":*")])
      && alltrue([for name in compact([var.subscription.target.http.auth.service, var.subscription.target.http.auth.region]) : can(regex("^[a-z0-9-]+$", name))])
    )
    error_message = "auth of the subscription ${var.name}: actions and arns name what the function may do and where, each action as service:Action without a wildcard, each ARN with its Region, its account and the start of a resource; service and region are names as in execute-api and eu-west-1."
  }

  validation {
    condition     = var.subscription.rate_per_s == null ? true : var.subscription.rate_per_s >= 0.1 && var.subscription.rate_per_s <= 1000
    error_message = "rate_per_s of the subscription ${var.name} must be 0.1 to 1000."
  }

  validation {
    condition     = var.subscription.concurrency == null ? true : var.subscription.concurrency >= 2 && var.subscription.concurrency <= 1000 && floor(var.subscription.concurrency) == var.subscription.concurrency
    error_message = "concurrency of the subscription ${var.name} must be a whole number from 2 to 1000, which is what Lambda takes."
  }

  # Each instance takes one event at least.
  validation {
    condition     = coalesce(var.subscription.concurrency, 2) / coalesce(var.subscription.rate_per_s, 1000) <= 60
    error_message = "concurrency of the subscription ${var.name} is too high for rate_per_s: at most 60 times as much, or the instances would only wait for each other."
  }

  validation {
    condition     = var.subscription.retry_for_s >= 0 && var.subscription.retry_for_s <= 259200 && floor(var.subscription.retry_for_s) == var.subscription.retry_for_s
    error_message = "retry_for_s of the subscription ${var.name} must be a whole number from 0 to 259200 (3 days)."
  }

  validation {
    condition = (
      var.subscription.breaker.failures_in_a_row >= 1 && var.subscription.breaker.failures_in_a_row <= 1000 && floor(var.subscription.breaker.failures_in_a_row) == var.subscription.breaker.failures_in_a_row
      && var.subscription.breaker.failure_rate > 0 && var.subscription.breaker.failure_rate <= 1
      && var.subscription.breaker.pause_s >= 1 && floor(var.subscription.breaker.pause_s) == var.subscription.breaker.pause_s
      && var.subscription.breaker.longest_pause_s >= var.subscription.breaker.pause_s && var.subscription.breaker.longest_pause_s <= 43200 && floor(var.subscription.breaker.longest_pause_s) == var.subscription.breaker.longest_pause_s
    )
    error_message = "breaker of the subscription ${var.name}: failures_in_a_row must be a whole number from 1 to 1000, failure_rate over 0 and at most 1, pause_s and longest_pause_s whole numbers of seconds from 1 to 43200, the longest the larger."
  }

  # Lambda takes 4 KB of environment. The rest of it has less than 1,500 characters.
  validation {
    condition     = length(jsonencode(var.subscription.target.http)) <= 2500
    error_message = "http of the subscription ${var.name} is too long: its function gets it in its environment, where Lambda allows 4 KB. Shorten its headers."
  }
}

variable "pace" {
  description = "How many instances deliver at once, how many events each takes, after how many seconds it is ended, and how long the queue hides an event meanwhile."
  type = object({
    concurrency          = number
    batch_size           = number
    timeout_s            = number
    visibility_timeout_s = number
  })
}

variable "target" {
  description = "Where the events go. `kind` is http, lambda, express, standard or queue; `arn` is known by name, `made_arn` once the target exists; `url` is a queue's."
  type = object({
    kind        = string
    arn         = optional(string)
    made_arn    = optional(string)
    url         = optional(string)
    encrypted   = optional(bool, false)
    kms_key_arn = optional(string)
  })
}

variable "filters" {
  description = "The patterns of the queue's messages that are the subscription's, as JSON. A message that matches one of them passes."
  type        = list(string)
}

variable "queues" {
  description = "The subscription's queue and its DLQ. `arn` is known once the queue exists, `arn_by_name` before."
  type = object({
    arn         = string
    arn_by_name = string
    url         = string
    dlq_arn     = string
    dlq_url     = string
  })
}

variable "deliveries_table" {
  description = "Table of what the instances of the function must know of each other."
  type        = object({ arn = string, name = string })
}

variable "processed_table" {
  description = "Table of what was processed."
  type        = object({ arn = string, name = string })
}

variable "processed_ttl_days" {
  description = "How many days it is remembered that an event was delivered."
  type        = number
}

variable "redeem_policy_json" {
  description = "Policy that lets the function redeem the subscription's payloads, for an HTTP destination."
  type        = string
}

variable "secrets_prefix" {
  description = "Start of the name of a subscription's secret."
  type        = string
}

variable "recovery_window_days" {
  description = "How many days a deleted secret can be restored."
  type        = number
}

variable "function_defaults" {
  description = "What all functions of the stack share: see modules/function."
  type = object({
    stack        = string
    architecture = string
    packages = object({
      dir    = optional(string)
      bucket = optional(string)
      base   = optional(string, "")
      place  = optional(string, "")
      listed = optional(map(object({ path = string, sha256 = string })), {})
      keys   = optional(set(string), [])
      pinned = optional(bool, false)
    })
    logs_arn_prefix      = string
    log_level            = string
    log_retention_days   = number
    tracing              = bool
    tags                 = map(string)
    functions_arn_prefix = string
    vpc = object({
      subnet_ids         = set(string)
      security_group_ids = set(string)
    })
    roles = object({
      path                     = string
      permissions_boundary_arn = string
      tags                     = map(string)
    })
    key = object({
      arn         = string
      placeholder = string
      via         = map(string)
    })
    alarms = object({
      enabled     = bool
      actions     = set(string)
      runbook_url = string
      tags        = map(string)
    })
  })
}

variable "arn_prefixes" {
  description = "The start of the ARNs of services, by service."
  type        = map(string)
}
