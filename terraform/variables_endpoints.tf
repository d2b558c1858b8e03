variable "endpoints" {
  description = <<-EOT
    Inbound URLs by name, one for each provider account.

    - preset: a scheme that comes with Coatcheck: standard-webhooks, svix, github or stripe. Or:
    - custom: a scheme of one's own. `content` lists, in order, what is signed.
    - enabled: false refuses everything.
    - lane: only "standard" so far: through ingest, bodies up to 4,500,000 bytes.
    - allowed_cidrs: source addresses that may deliver; empty means any.
    - max_body_bytes: a limit below the lane's.
    - dedupe: "auto" takes the event id where the signature covers it, else the digest
      of the signed bytes; "id" always takes the event id.
    - event: where the event's facts stand, where that differs from the scheme: a header
      (lower case), a JSON pointer into the body (RFC 6901), or a literal.
  EOT

  type = map(object({
    preset         = optional(string)
    enabled        = optional(bool, true)
    lane           = optional(string, "standard")
    allowed_cidrs  = optional(list(string), [])
    max_body_bytes = optional(number, 4500000)
    dedupe         = optional(string, "auto")

    custom = optional(object({
      kind       = optional(string, "hmac")
      hash       = optional(string, "sha256")
      allow_sha1 = optional(bool)
      signature = object({
        headers        = list(string)
        grammar        = optional(string, "whole")
        prefix         = optional(string)
        encoding       = optional(string, "hex")
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
        unit         = optional(string, "s")
        max_age_s    = optional(number, 300)
        max_future_s = optional(number, 300)
      }))
    }))

    event = optional(object({
      id           = optional(object({ header = optional(string), json = optional(string), literal = optional(string) }))
      type         = optional(object({ header = optional(string), json = optional(string), literal = optional(string) }))
      subject      = optional(object({ header = optional(string), json = optional(string), literal = optional(string) }))
      ordering_key = optional(object({ header = optional(string), json = optional(string), literal = optional(string) }))
      occurred_at  = optional(object({ header = optional(string), json = optional(string), literal = optional(string) }))
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.endpoints) : can(regex("^[a-z0-9][a-z0-9-]{0,62}$", name))])
    error_message = "An endpoint's name must be 1 to 63 characters of a-z, 0-9 and -, not starting with -, as it stands in its URL."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : (endpoint.preset == null) != (endpoint.custom == null)])
    error_message = "Each endpoint needs either preset or custom, not both and not neither: ${join(", ", [for name, endpoint in var.endpoints : name if(endpoint.preset == null) == (endpoint.custom == null)])}."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.preset == null || contains(["github", "standard-webhooks", "stripe", "svix"], coalesce(endpoint.preset, "-"))])
    error_message = "preset must be one of github, standard-webhooks, stripe, svix; describe any other scheme with custom."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.lane == "standard"])
    error_message = "lane must be \"standard\": the direct lane, for bodies up to 10 MB, is not part of this version."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.max_body_bytes >= 1 && endpoint.max_body_bytes <= 4500000 && floor(endpoint.max_body_bytes) == endpoint.max_body_bytes])
    error_message = "max_body_bytes must be a whole number from 1 to 4500000: a larger body does not fit into the event that API Gateway hands to Lambda."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : contains(["auto", "id"], endpoint.dedupe)])
    error_message = "dedupe must be \"auto\" or \"id\"."
  }

  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : [for cidr in endpoint.allowed_cidrs : can(cidrhost(cidr, 0))]]))
    error_message = "allowed_cidrs must hold CIDR blocks, for instance 203.0.113.0/24 or 2001:db8::/32; a single address ends in /32 or /128."
  }

  validation {
    condition = alltrue(flatten([
      for endpoint in values(var.endpoints) : endpoint.event == null ? [] : [
        for place in values(endpoint.event) : place == null ? true : (
          length([for value in values(place) : value if value != null]) == 1
          && try(regex("^[a-z0-9!#$%&'*+.^_`|~-]+$", place.header) == place.header, place.header == null)
          && try(startswith(place.json, "/"), place.json == null)
        )
      ]
    ]))
    error_message = "Each place under event needs exactly one of header (lower case), json (a JSON pointer, starting with /) and literal."
  }

  # What follows can be known of a custom scheme at plan time. The functions check all
  # of a scheme again when they load it; here a mistake shows before it is applied.

  validation {
    condition = alltrue([
      for scheme in [for endpoint in values(var.endpoints) : endpoint.custom if endpoint.custom != null] :
      scheme.kind == "hmac"
      && contains(["sha256", "sha512", "sha1"], scheme.hash)
      && contains(["hex", "base64", "base64url"], scheme.signature.encoding)
      && contains(["utf8", "base64", "hex"], try(coalesce(scheme.key.decode, "utf8"), "utf8"))
      && contains(["s", "ms", "rfc3339"], try(coalesce(scheme.timestamp.unit, "s"), "s"))
    ])
    error_message = "A custom scheme takes kind hmac; hash sha256, sha512 or sha1; encoding hex, base64 or base64url; key.decode utf8, base64 or hex; timestamp.unit s, ms or rfc3339."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : try(endpoint.custom.hash, "") != "sha1" || try(coalesce(endpoint.custom.allow_sha1, false), false)])
    error_message = "SHA-1 is too weak to be taken silently: set allow_sha1 = true in the scheme if the provider offers nothing better."
  }

  validation {
    condition = alltrue([
      for scheme in [for endpoint in values(var.endpoints) : endpoint.custom if endpoint.custom != null] :
      contains(["whole", "kv", "versions"], scheme.signature.grammar)
      && (scheme.signature.grammar != "kv" || length(coalesce(scheme.signature.sig_keys, [])) > 0)
      && (scheme.signature.grammar != "versions" || length(coalesce(scheme.signature.versions, [])) > 0)
    ])
    error_message = "signature.grammar must be whole, kv or versions; kv needs sig_keys (which keys hold signatures) and versions needs versions (which are accepted)."
  }

  validation {
    condition = alltrue([
      for scheme in [for endpoint in values(var.endpoints) : endpoint.custom if endpoint.custom != null] :
      length(scheme.signature.headers) > 0 && alltrue([
        for header in concat(
          scheme.signature.headers,
          [for part in scheme.content : part.header if part.header != null],
          [for header in [try(scheme.timestamp.from.header, null)] : header if header != null],
        ) : can(regex("^[a-z0-9!#$%&'*+.^_`|~-]+$", header))
      ])
    ])
    error_message = "signature.headers must name at least one header, and every header of a scheme must be written in lower case."
  }

  validation {
    condition = alltrue(flatten([
      for scheme in [for endpoint in values(var.endpoints) : endpoint.custom if endpoint.custom != null] : [
        for part in scheme.content : length([for value in values(part) : value if value != null]) == 1 && part.body != false && part.body_sha256_hex != false
      ]
    ]))
    error_message = "Each part of content must be exactly one of lit, header, param, body = true and body_sha256_hex = true."
  }

  validation {
    condition = alltrue([
      for scheme in [for endpoint in values(var.endpoints) : endpoint.custom if endpoint.custom != null] :
      anytrue([for part in scheme.content : coalesce(part.body, false) || coalesce(part.body_sha256_hex, false)])
    ])
    error_message = "content must have a part body or body_sha256_hex: a signature that does not cover the body proves nothing about it."
  }

  validation {
    condition = alltrue([
      for scheme in [for endpoint in values(var.endpoints) : endpoint.custom if endpoint.custom != null] :
      scheme.signature.grammar == "kv" || alltrue([for param in concat([for part in scheme.content : part.param], [try(scheme.timestamp.from.param, null)]) : param == null])
    ])
    error_message = "param takes a value out of a signature header with grammar kv: other grammars have none."
  }

  validation {
    condition = alltrue([
      for scheme in [for endpoint in values(var.endpoints) : endpoint.custom if endpoint.custom != null] :
      scheme.timestamp == null ? true : (
        length([for value in values(scheme.timestamp.from) : value if value != null]) == 1
        && alltrue([for header in [scheme.timestamp.from.header] : header == null || contains([for part in scheme.content : part.header == null ? "" : part.header], header == null ? "-" : header)])
        && alltrue([for param in [scheme.timestamp.from.param] : param == null || contains([for part in scheme.content : part.param == null ? "" : part.param], param == null ? "-" : param)])
      )
    ])
    error_message = "timestamp.from must have exactly one of header, param and json, and a header or param must also be a part of content: a timestamp that is not signed stops no replay."
  }
}
