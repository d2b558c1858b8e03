variable "endpoints" {
  description = <<-EOT
    Inbound URLs by name, one for each provider account.

    - preset: a scheme that comes with Coatcheck, by the name of its file in presets. Or:
    - custom: your own scheme, as JSON text. It is text because Terraform silently drops unknown
      members of an object: a misspelt `timestamp` would simply be missing.
    - url: the public URL, byte for byte as the provider knows and signs it. Set it if that is not
      the stack's own URL.
    - max_age_s: how old the signed time of a delivery may be, in seconds, up to a week. It replaces
      the scheme's value. A lower value refuses late retries of a provider that signs only once; a
      higher value accepts a captured delivery for longer.
    - handshake: true answers a provider's unsigned handshake, if the scheme has one. Turn it on
      while you register the webhook, then turn it off again.
    - enabled: false refuses everything.
    - lane: "standard" passes bodies up to 4,500,000 bytes through ingest. "direct" stores bodies up
      to 10,485,760 bytes first and verifies them afterwards; it is for schemes without challenges,
      handshakes and replies of their own. Each lane has its own URL.
    - allowed_cidrs: source addresses that may deliver; empty means any. CIDR blocks, and names of
      lists that providers publish, such as "github" and "stripe" (docs/providers.md). An address
      is no proof: the signature is verified all the same.
    - mtls: which client certificates may deliver, beside the signature, which is checked all the
      same. It needs front_door.mtls. `subject` lists distinguished names as in RFC 4514, the most
      specific part first, as `openssl x509 -noout -subject -nameopt RFC2253` shows them; `san` lists
      subject alternative names, such as "dns:client.example.com", "uri:spiffe://example/client",
      "email:a@example.com" and "ip:192.0.2.1"; `fingerprint` lists SHA-256 digests of certificates.
      Each that is set must match, and one entry of it is enough. Others get 403 `forbidden`.
    - max_body_bytes: a limit below the standard lane's. The direct lane allows only its own limit.
    - min_bytes: the smallest body that the endpoint takes. Shorter ones get 403 `body_too_small`.
    - inline_max_bytes: a body of at most so many bytes is held by its pointer and its event, and by no
      object: no PUT and no GET of S3 (docs/inline.md). 0 turns it off; at most 8192, and only in the
      standard lane. Such a pointer lives as long as a payload: retention_days, else
      payload_retention_days.
    - content_types: the media types that the endpoint takes, in lower case and without parameters,
      for instance ["application/json", "text/*"]. Other ones get 403 `content_type_not_allowed`.
      Empty means any.
    - required_headers: names of headers (lower case) that every delivery must have, with any value.
      Others get 403 `required_header_missing`. These three are judged before the signature, and not
      for a provider's challenges by GET and HEAD.
    - dedupe: what makes two deliveries one event. "auto" uses the event id if the signature covers
      it, else the digest of the signed bytes together with the id and the type in unsigned headers.
      "bytes" leaves those headers out: a captured delivery cannot be sent again under another id,
      but two events with equal bytes become one. "id" always uses the event id. "attributes" uses
      the type and the attributes of dedupe_by: what has the same values within dedupe_window_s is one
      event, whatever else differs, and only the first is routed (docs/providers.md).
    - dedupe_by: names of attributes for dedupe = "attributes". They must come from the body
      (`json`), where the signature covers it. An event that lacks one of them is named as under "auto".
    - dedupe_window_s: for how many seconds equal bytes, or equal attributes, are one event, if no
      signed id names the event. A later delivery with the same bytes is a new event. Set it longer
      than the provider keeps retrying. If you leave it out, pointer_ttl_days applies; with
      dedupe = "attributes" you must set it.
    - retention_days: for how many days this endpoint's payloads are kept, where that is fewer than
      payload_retention_days. More than queue_retention_days + 7. Its pointers are forgotten 7 days
      later. It counts for what arrives from then on (docs/operations.md#keep-payloads-for-fewer-days).
    - redact: what people are not shown unless they ask for it and hold the policy `reveal`: JSON
      pointers into the body (RFC 6901) and names of kept headers (lower case). The command line, the
      console and alerts show "[redacted]" there, and in attributes that come from there. What is
      stored, replayed and processed stays exact. A body that is not JSON is not shown at all.
    - keep_headers: names of further headers to keep with each payload (lower case), for people and
      for `coatcheck listen`. The signature's headers and those that name the event are always kept.
      S3 gives an object 2,048 bytes of metadata: a header that no longer fits is left out. Headers
      that may hold a secret cannot be kept.
    - attributes: up to 10 values by name that pointers and events keep besides, for filters, search and
      processors (docs/attributes.md). Each is at `json`, a JSON pointer into the body (RFC 6901), or in the
      `header` (lower case). `as` is "text" or "number". `index = true`, at most 3 times, is for values
      that you search events by: it costs one more write for each event (docs/attributes.md#find). A value
      that is missing, longer than 128 bytes or no scalar is left out. A name is 1 to 20 of a-z and 0-9.
    - schema: a JSON Schema (draft 2020-12 or 7) that payloads must match (docs/schemas.md). `file` is its path; a
      relative one starts at the folder that Terraform runs in. `types` are the event types that it is for: exact,
      "prefix.*" or "*"; empty for all. `on_fail` says what becomes of a payload that does not match: "reject" answers 400
      `schema_mismatch`; "flag" stores the event and sets its attribute schemacheck to `failed`; "quarantine" stores it and
      routes it only to subscriptions with `quarantined = true`. The direct lane has no "reject".
    - schemas: further ones, for other types. They are asked in their order, after `schema`; the first for an event's type
      counts.
    - jwt: what the tokens of this endpoint must say, for a scheme of the kind jwt. It adds to the
      preset or custom scheme, and replaces what is there. `issuer` is the claim iss; `audience`
      lists values of which the claim aud has one; `scope` is one word of the claim scope; `claims`
      are other claims by name; `jwks_url` is where the issuer publishes its keys, or "none" if you
      put them into the secret; `tolerance_s` is how far clocks may differ.
    - event: where the event's facts are, if not where the scheme says: a header (lower case), a
      JSON pointer into the body (RFC 6901), a field of a form, or a literal.
  EOT

  type = map(object({
    preset           = optional(string)
    custom           = optional(string)
    url              = optional(string)
    max_age_s        = optional(number)
    handshake        = optional(bool, false)
    enabled          = optional(bool, true)
    lane             = optional(string, "standard")
    allowed_cidrs    = optional(list(string), [])
    max_body_bytes   = optional(number)
    min_bytes        = optional(number)
    inline_max_bytes = optional(number, 0)
    content_types    = optional(list(string), [])
    required_headers = optional(list(string), [])
    dedupe           = optional(string, "auto")
    dedupe_by        = optional(list(string), [])
    dedupe_window_s  = optional(number)
    retention_days   = optional(number)
    redact           = optional(list(string), [])
    keep_headers     = optional(list(string), [])

    attributes = optional(map(object({
      json   = optional(string)
      header = optional(string)
      as     = optional(string, "text")
      index  = optional(bool, false)
    })), {})

    schema = optional(object({
      file    = string
      types   = optional(list(string), [])
      on_fail = string
    }))

    schemas = optional(list(object({
      file    = string
      types   = optional(list(string), [])
      on_fail = string
    })), [])

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
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.endpoints) : can(regex("^[a-z0-9][a-z0-9-]{0,62}$", name))])
    error_message = "An endpoint's name must be 1 to 63 characters of a-z, 0-9 and -, not starting with -, because it is part of the endpoint's URL."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : (endpoint.preset == null) != (endpoint.custom == null)])
    error_message = "Each endpoint needs exactly one of preset and custom. Correct these endpoints: ${join(", ", [for name, endpoint in var.endpoints : name if(endpoint.preset == null) == (endpoint.custom == null)])}."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.preset == null || contains(keys(local.presets), coalesce(endpoint.preset, "-"))])
    error_message = "Unknown preset: ${join(", ", [for name, endpoint in var.endpoints : "${endpoint.preset} of ${name}" if endpoint.preset != null && !contains(keys(local.presets), coalesce(endpoint.preset, "-"))])}. Use one of ${join(", ", keys(local.presets))}, or describe the scheme with custom."
  }

  # Host, port, path and query unchanged: nothing signed may be normalised.
  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.url == null || can(regex("^https://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?(?:[/?][!\"$-~]*)?$", endpoint.url))])
    error_message = "url must be the https URL that the provider signs, with its port, path and query if it has any: no fragment, no space, ASCII only."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : contains(["standard", "direct"], endpoint.lane)])
    error_message = "lane must be \"standard\", for bodies up to 4500000 bytes, or \"direct\", for bodies up to 10485760."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.max_body_bytes == null ? true : endpoint.max_body_bytes >= 1 && endpoint.max_body_bytes <= 4500000 && floor(endpoint.max_body_bytes) == endpoint.max_body_bytes if endpoint.lane != "direct"])
    error_message = "max_body_bytes must be a whole number from 1 to 4500000, or left out: a larger body does not fit into the event that API Gateway passes to Lambda. For bodies up to 10485760 bytes set lane = \"direct\"."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.max_body_bytes == null if endpoint.lane == "direct"])
    error_message = "max_body_bytes must be left out with lane = \"direct\". There only API Gateway can answer 413 before it stores the body, and it uses the lane's own limit of 10485760 bytes; an authorizer can only answer 401 and 403. Remove max_body_bytes from ${join(", ", [for name, endpoint in var.endpoints : name if endpoint.lane == "direct" && endpoint.max_body_bytes != null])}."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.min_bytes == null ? true : endpoint.min_bytes >= 1 && floor(endpoint.min_bytes) == endpoint.min_bytes && endpoint.min_bytes <= coalesce(endpoint.max_body_bytes, endpoint.lane == "direct" ? 10485760 : 4500000)])
    error_message = "min_bytes must be a whole number from 1 to max_body_bytes (or to the lane's limit, 4500000 or 10485760), or left out to take any length. Correct ${join(", ", [for name, endpoint in var.endpoints : name if endpoint.min_bytes == null ? false : endpoint.min_bytes < 1 || floor(endpoint.min_bytes) != endpoint.min_bytes || endpoint.min_bytes > coalesce(endpoint.max_body_bytes, endpoint.lane == "direct" ? 10485760 : 4500000)])}."
  }

  # The same number as in shared/domain/src/endpoint/mod.rs.
  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.inline_max_bytes >= 0 && endpoint.inline_max_bytes <= 8192 && floor(endpoint.inline_max_bytes) == endpoint.inline_max_bytes])
    error_message = "inline_max_bytes must be a whole number from 0 to 8192, or left out to store each payload as an object: ten larger events, in base64, would come near what SNS takes at once. Correct ${join(", ", [for name, endpoint in var.endpoints : name if endpoint.inline_max_bytes < 0 || endpoint.inline_max_bytes > 8192 || floor(endpoint.inline_max_bytes) != endpoint.inline_max_bytes])}."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.inline_max_bytes == 0 if endpoint.lane == "direct"])
    error_message = "inline_max_bytes must be left out with lane = \"direct\": there API Gateway stores each body as an object before anything of ours sees it. Use lane = \"standard\", or remove inline_max_bytes from ${join(", ", [for name, endpoint in var.endpoints : name if endpoint.lane == "direct" && endpoint.inline_max_bytes != 0])}."
  }

  # The same form as in shared/domain/src/media_range.rs.
  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : alltrue([for type in endpoint.content_types : can(regex("^[a-z0-9!#$&^_.+-]{1,127}/(?:\\*|[a-z0-9!#$&^_.+-]{1,127})$", type))]) && length(endpoint.content_types) <= 10 && length(distinct(endpoint.content_types)) == length(endpoint.content_types)])
    error_message = "content_types must hold at most 10 different media types in lower case and without parameters, such as application/json or text/*. Leave the list out to take any type."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : alltrue([for name in endpoint.required_headers : can(regex("^[a-z0-9!#$&'*+.^_`|~-]{1,100}$", name))]) && length(endpoint.required_headers) <= 20 && length(distinct(endpoint.required_headers)) == length(endpoint.required_headers)])
    error_message = "required_headers must hold at most 20 different names of headers, in lower case, each up to 100 characters."
  }

  # API Gateway passes none of these on, or not always.
  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : [for name in endpoint.required_headers : !contains(["connection", "content-length", "content-type", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"], name)]]))
    error_message = "required_headers must not name headers of the connection, such as host. In place of content-type set content_types, in place of content-length set min_bytes."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.max_age_s == null ? true : endpoint.max_age_s >= 1 && endpoint.max_age_s <= 604800 && floor(endpoint.max_age_s) == endpoint.max_age_s])
    error_message = "max_age_s must be a whole number of seconds from 1 to 604800, or left out for the scheme's own."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : contains(["attributes", "auto", "bytes", "id"], endpoint.dedupe)])
    error_message = "dedupe must be \"auto\", \"bytes\", \"id\" or \"attributes\"."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.dedupe == "attributes" ? length(endpoint.dedupe_by) > 0 : length(endpoint.dedupe_by) == 0])
    error_message = "dedupe_by names the attributes for dedupe = \"attributes\", and nothing else uses it. Set both or neither for ${join(", ", [for name, endpoint in var.endpoints : name if(endpoint.dedupe == "attributes") != (length(endpoint.dedupe_by) > 0)])}."
  }

  # Some value that comes back often, such as a status, would otherwise merge months of events.
  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.dedupe_window_s != null if endpoint.dedupe == "attributes"])
    error_message = "dedupe = \"attributes\" needs dedupe_window_s: say for how many seconds equal attributes are one event, a little longer than the provider keeps retrying. Set it for ${join(", ", [for name, endpoint in var.endpoints : name if endpoint.dedupe == "attributes" && endpoint.dedupe_window_s == null])}."
  }

  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : [for name in endpoint.dedupe_by : contains(keys(endpoint.attributes), name)]])) && alltrue([for endpoint in values(var.endpoints) : length(distinct(endpoint.dedupe_by)) == length(endpoint.dedupe_by)])
    error_message = "dedupe_by must name attributes of the same endpoint, each once. Declare under attributes, or name once: ${join(", ", flatten([for name, endpoint in var.endpoints : [for attribute in endpoint.dedupe_by : "${attribute} of ${name}" if !contains(keys(endpoint.attributes), attribute) || length([for other in endpoint.dedupe_by : other if other == attribute]) > 1]]))}."
  }

  # A header that the signature does not cover may split events, never merge them.
  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : [for name in endpoint.dedupe_by : try(endpoint.attributes[name].json, "") != null]]))
    error_message = "dedupe_by must name attributes that come from the body (json): a header could be changed on the way, and would merge two events. Replace ${join(", ", flatten([for name, endpoint in var.endpoints : [for attribute in endpoint.dedupe_by : "${attribute} of ${name}" if try(endpoint.attributes[attribute].json, "") == null]]))}."
  }

  validation {
    condition = alltrue([for endpoint in values(var.endpoints) :
      length(endpoint.redact) <= 20 && length(distinct(endpoint.redact)) == length(endpoint.redact)
      && alltrue([for place in endpoint.redact : can(regex("^(?:(?:/(?:[^~/]|~[01])*)+|[a-z0-9!#$&'*+.^_`|~-]{1,100})$", place)) && length(place) <= 200])
    ])
    error_message = "redact must hold at most 20 different places: JSON pointers that start with / (such as /data/object/email), and names of headers in lower case. Correct ${join(", ", [for name, endpoint in var.endpoints : name if length(endpoint.redact) > 0])}."
  }

  # Whoever may read the table sees what a pointer holds.
  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.inline_max_bytes == 0 if length(endpoint.redact) > 0])
    error_message = "redact needs inline_max_bytes = 0: a pointer that holds its payload shows it to everyone who may read events. Remove inline_max_bytes from ${join(", ", [for name, endpoint in var.endpoints : name if length(endpoint.redact) > 0 && endpoint.inline_max_bytes != 0])}."
  }

  # Each is a resource in a policy of at most 6144 characters.
  validation {
    condition     = length([for endpoint in values(var.endpoints) : true if length(endpoint.redact) > 0]) <= 20
    error_message = "At most 20 endpoints of a stack can have redact, because the policy for operators names each of them. Put further ones into a stack of their own."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.dedupe_window_s == null ? true : endpoint.dedupe_window_s >= 1 && endpoint.dedupe_window_s <= var.pointer_ttl_days * 86400 && floor(endpoint.dedupe_window_s) == endpoint.dedupe_window_s])
    error_message = "dedupe_window_s must be a whole number of seconds from 1 to ${var.pointer_ttl_days * 86400}, which is pointer_ttl_days: an event is forgotten after that. If you leave it out, pointer_ttl_days applies."
  }

  # The margin is that of payload_retention_days. Where rules for one object overlap, S3 applies the one with the fewest
  # days, so no endpoint can have more than all have:
  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html
  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.retention_days == null ? true : endpoint.retention_days > var.queue_retention_days + 7 && endpoint.retention_days <= var.payload_retention_days && floor(endpoint.retention_days) == endpoint.retention_days])
    error_message = "retention_days must be a whole number from ${floor(var.queue_retention_days) + 8} to ${var.payload_retention_days}: more than queue_retention_days + 7, or the payload of a message redriven from a DLQ could have expired; and at most payload_retention_days, which limits all. Lower queue_retention_days for fewer days; for more, raise payload_retention_days and give the others retention_days. Correct ${join(", ", [for name, endpoint in var.endpoints : name if endpoint.retention_days == null ? false : !(endpoint.retention_days > var.queue_retention_days + 7 && endpoint.retention_days <= var.payload_retention_days && floor(endpoint.retention_days) == endpoint.retention_days)])}."
  }

  # Each is a rule of the bucket, which may have 1,000:
  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html
  validation {
    condition     = length(distinct([for endpoint in values(var.endpoints) : endpoint.retention_days if endpoint.retention_days != null])) <= 900
    error_message = "retention_days can have at most 900 different values in a stack: each is a rule of the bucket, and S3 allows 1,000. Give endpoints the same values."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.retention_days == null || endpoint.dedupe_window_s == null ? true : endpoint.dedupe_window_s <= endpoint.retention_days * 86400])
    error_message = "dedupe_window_s must be at most retention_days (in seconds: retention_days * 86400), or an event would be forgotten within its window. Shorten dedupe_window_s or raise retention_days of ${join(", ", [for name, endpoint in var.endpoints : name if endpoint.retention_days == null || endpoint.dedupe_window_s == null ? false : endpoint.dedupe_window_s > endpoint.retention_days * 86400])}."
  }

  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : [for entry in endpoint.allowed_cidrs : can(cidrhost(entry, 0)) || contains(keys(local.ranges), entry)]]))
    error_message = "allowed_cidrs must hold CIDR blocks, for instance 203.0.113.0/24 or 2001:db8::/32 (a single address ends in /32 or /128), and names of published lists. Neither is: ${join(", ", distinct(flatten([for name, endpoint in var.endpoints : [for entry in endpoint.allowed_cidrs : "${entry} of ${name}" if !(can(cidrhost(entry, 0)) || contains(keys(local.ranges), entry))]])))}. The lists are ${join(", ", keys(local.ranges))}."
  }

  # Written out they are a part of the endpoint's item, and of what the authorizer hands on for each delivery.
  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : length(flatten([for entry in endpoint.allowed_cidrs : try(local.ranges[entry].cidrs, [entry])])) <= 1000])
    error_message = "allowed_cidrs may hold at most 1000 CIDR blocks for an endpoint, its lists written out. Name fewer or wider blocks for ${join(", ", [for name, endpoint in var.endpoints : name if length(flatten([for entry in endpoint.allowed_cidrs : try(local.ranges[entry].cidrs, [entry])])) > 1000])}."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.mtls == null ? true : length(concat(endpoint.mtls.subject, endpoint.mtls.san, endpoint.mtls.fingerprint)) > 0])
    error_message = "mtls must say which client certificates may deliver: set subject, san or fingerprint, or remove mtls, for ${join(", ", [for name, endpoint in var.endpoints : name if endpoint.mtls == null ? false : length(concat(endpoint.mtls.subject, endpoint.mtls.san, endpoint.mtls.fingerprint)) == 0])}."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : endpoint.mtls == null ? true : alltrue([for entries in values(endpoint.mtls) : length(entries) <= 10])])
    error_message = "mtls takes at most 10 entries each in subject, san and fingerprint: every delivery carries the endpoint's configuration. If many certificates of one CA may deliver, give them one subject or one name."
  }

  # RFC 4514, without values in hexadecimal digits: shared/domain/src/client_certificate/distinguished_name.rs reads it.
  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : endpoint.mtls == null ? [] : [for subject in endpoint.mtls.subject : can(regex("^(?: *(?i:CN|O|OU|C|ST|L|STREET|DC|UID|SERIALNUMBER|EMAILADDRESS|(?:0|[1-9][0-9]*)(?:\\.(?:0|[1-9][0-9]*))+)= *(?:[^\\\\,+\"<>;# \\x00]|\\\\[ \"#+,;<=>\\\\]|\\\\[0-9A-Fa-f]{2})(?:[^\\\\,+\"<>;\\x00]|\\\\[ \"#+,;<=>\\\\]|\\\\[0-9A-Fa-f]{2})*(?:[,+]|$))+$", subject)) && !can(regex("[,+]$", replace(subject, "/\\\\./", ""))) && length(subject) <= 500]]))
    error_message = "mtls.subject must hold distinguished names as in RFC 4514, for instance CN=client,O=Example,C=US: the most specific part first, no space before =, and a backslash before a comma or a plus sign in a value. Run: openssl x509 -in client.pem -noout -subject -nameopt RFC2253. Correct ${join(", ", [for name, endpoint in var.endpoints : name if try(length(endpoint.mtls.subject), 0) > 0])}."
  }

  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : endpoint.mtls == null ? [] : [for name in endpoint.mtls.san : can(regex("^(?:dns|uri|email):[!-~]{1,253}$", name)) || (startswith(name, "ip:") && (can(cidrhost("${trimprefix(name, "ip:")}/32", 0)) || can(cidrhost("${trimprefix(name, "ip:")}/128", 0))))]]))
    error_message = "mtls.san must hold names with their kind: dns:client.example.com, uri:spiffe://example/client, email:a@example.com or ip:192.0.2.1. They are compared whole; a star stands for itself. Correct ${join(", ", [for name, endpoint in var.endpoints : name if try(length(endpoint.mtls.san), 0) > 0])}."
  }

  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : endpoint.mtls == null ? [] : [for digest in endpoint.mtls.fingerprint : can(regex("^(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){31})$", digest))]]))
    error_message = "mtls.fingerprint must hold SHA-256 digests of certificates: 64 hexadecimal digits, with or without colons. Run: openssl x509 -in client.pem -noout -fingerprint -sha256. Correct ${join(", ", [for name, endpoint in var.endpoints : name if try(length(endpoint.mtls.fingerprint), 0) > 0])}."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : alltrue([for name in endpoint.keep_headers : can(regex("^[a-z0-9!#$&'*+.^_`|~-]{1,100}$", name))]) && length(endpoint.keep_headers) <= 20 && length(distinct(endpoint.keep_headers)) == length(endpoint.keep_headers)])
    error_message = "keep_headers must hold at most 20 different names of headers, in lower case, each up to 100 characters."
  }

  # The same list as in shared/domain/src/header_names.rs, by which the functions keep none of them.
  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : [for name in endpoint.keep_headers : !can(regex("access-key|api-key|apikey|authorization|cookie|credential|password|secret|token", name))]]))
    error_message = "keep_headers must not name headers that may hold a secret: anyone who may read payloads could read it. Remove ${join(", ", distinct(flatten([for endpoint in values(var.endpoints) : [for name in endpoint.keep_headers : name if can(regex("access-key|api-key|apikey|authorization|cookie|credential|password|secret|token", name))]])))}."
  }

  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : [for name in endpoint.keep_headers : !contains(["connection", "content-length", "content-type", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"], name)]]))
    error_message = "keep_headers must not name headers of the connection, such as host and content-length. content-type is always kept."
  }

  # Names with their punctuation, each with a value of one character, beside the shortest facts.
  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : length(join("", endpoint.keep_headers)) + 9 * length(endpoint.keep_headers) + 1 <= 1842])
    error_message = "keep_headers cannot fit: S3 gives an object 2048 bytes of metadata, and other facts need at least 206 of them. For each header count the length of its name and 9; the sum may be 1841 at most. Shorten the list of ${join(", ", [for name, endpoint in var.endpoints : name if length(join("", endpoint.keep_headers)) + 9 * length(endpoint.keep_headers) + 1 > 1842])}."
  }

  validation {
    condition = alltrue(flatten([
      for endpoint in values(var.endpoints) : endpoint.event == null ? [] : [
        for place in values(endpoint.event) : place == null ? true : (
          length([for value in values(place) : value if value != null]) == 1
          && (place.header == null || can(regex("^[a-z0-9._-]+$", place.header)))
          && (place.json == null || can(regex("^(?:/(?:[^~]|~[01])*)+$", place.json)))
          && place.form != ""
        )
      ]
    ]))
    error_message = "Each fact under event needs exactly one of header (lower case), json (a JSON pointer that starts with /), form (a field's name) and literal."
  }

  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : length(endpoint.attributes) <= 10 && alltrue([for name in keys(endpoint.attributes) : can(regex("^[a-z][a-z0-9]{0,19}$", name))])])
    error_message = "attributes must hold at most 10 entries for each endpoint, each with a name of 1 to 20 characters of a-z and 0-9 that starts with a letter, because it names an extension of the event. Correct those of ${join(", ", [for name, endpoint in var.endpoints : name if length(endpoint.attributes) > 10 || anytrue([for attribute in keys(endpoint.attributes) : !can(regex("^[a-z][a-z0-9]{0,19}$", attribute))])])}."
  }

  # The same list as in shared/domain/src/attributes/name.rs.
  validation {
    condition     = length(setintersection(flatten([for endpoint in values(var.endpoints) : keys(endpoint.attributes)]), ["data", "datacontenttype", "dataref", "dataschema", "datasha256", "datasize", "deliveryid", "id", "partitionkey", "receivedat", "ref", "replayforce", "replayid", "replayto", "schemacheck", "source", "specversion", "subject", "subscription", "time", "traceparent", "type"])) == 0
    error_message = "attributes must not have the names that every event has already or that Coatcheck sets. Rename ${join(", ", setintersection(flatten([for endpoint in values(var.endpoints) : keys(endpoint.attributes)]), ["data", "datacontenttype", "dataref", "dataschema", "datasha256", "datasize", "deliveryid", "id", "partitionkey", "receivedat", "ref", "replayforce", "replayid", "replayto", "schemacheck", "source", "specversion", "subject", "subscription", "time", "traceparent", "type"]))}."
  }

  validation {
    condition = alltrue(flatten([
      for endpoint in values(var.endpoints) : [
        for rule in values(endpoint.attributes) : (
          (rule.json == null) != (rule.header == null)
          && (rule.json == null || can(regex("^(?:/(?:[^~/]|~[01])*)+$", rule.json)))
          && (rule.header == null || can(regex("^[a-z0-9._-]{1,100}$", rule.header)))
          && contains(["text", "number"], rule.as)
        )
      ]
    ]))
    error_message = "Each entry of attributes needs exactly one of json (a JSON pointer that starts with /) and header (lower case), and as must be text or number. Correct those of ${join(", ", [for name, endpoint in var.endpoints : name if length(endpoint.attributes) > 0])}."
  }

  # The same lists as for keep_headers.
  validation {
    condition     = alltrue(flatten([for endpoint in values(var.endpoints) : [for rule in values(endpoint.attributes) : !can(regex("access-key|api-key|apikey|authorization|cookie|credential|password|secret|token", coalesce(rule.header, "-"))) && !contains(["connection", "content-length", "content-type", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"], coalesce(rule.header, "-"))]]))
    error_message = "attributes must not be taken from headers that may hold a secret, because every processor would get it, or from headers of the connection. Remove ${join(", ", distinct(flatten([for endpoint in values(var.endpoints) : [for rule in values(endpoint.attributes) : rule.header if can(regex("access-key|api-key|apikey|authorization|cookie|credential|password|secret|token", coalesce(rule.header, "-"))) || contains(["connection", "content-length", "content-type", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"], coalesce(rule.header, "-"))]])))}."
  }

  # Every event of the stack has all of them, in templates of at most 8,192 characters.
  # https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_PipeTargetParameters.html
  validation {
    condition     = length(distinct(flatten([for endpoint in values(var.endpoints) : keys(endpoint.attributes)]))) <= 40
    error_message = "All endpoints together must have at most 40 different names of attributes, because every event of the stack has all of them: these have ${length(distinct(flatten([for endpoint in values(var.endpoints) : keys(endpoint.attributes)])))}. Give the same name to what means the same."
  }

  # Each is a key of an index of the events table, and one more write: shared/domain/src/find_key.rs.
  validation {
    condition     = alltrue([for endpoint in values(var.endpoints) : length([for rule in values(endpoint.attributes) : rule if rule.index]) <= 3])
    error_message = "attributes may have index = true at most 3 times for each endpoint: each is an index of the events table, and one more write for every event. Remove one from ${join(", ", [for name, endpoint in var.endpoints : name if length([for rule in values(endpoint.attributes) : rule if rule.index]) > 3])}. You can search by the others, too, over a short time (docs/attributes.md#find)."
  }

  # Subscriptions compare an attribute in one way, whatever endpoint an event came to.
  validation {
    condition     = alltrue([for name, kinds in { for pair in flatten([for endpoint in values(var.endpoints) : [for name, rule in endpoint.attributes : { name = name, as = rule.as }]]) : pair.name => pair.as... } : length(distinct(kinds)) == 1])
    error_message = "An attribute must have the same `as` at all endpoints. Correct ${join(", ", [for name, kinds in { for pair in flatten([for endpoint in values(var.endpoints) : [for name, rule in endpoint.attributes : { name = name, as = rule.as }]]) : pair.name => pair.as... } : name if length(distinct(kinds)) > 1])}."
  }
}

variable "ranges_dir" {
  description = <<-EOT
    A folder with lists of address ranges, NAME.json, as `coatcheck ranges check NAME --dir FOLDER --write` writes them.
    They replace lists of the same name that come with this version; others are lists of your own. Null uses those
    that come with this version.
  EOT
  type        = string
  default     = null

  validation {
    condition     = var.ranges_dir == null ? true : length(fileset(var.ranges_dir, "*.json")) > 0
    error_message = "ranges_dir has no list. Write one with `coatcheck ranges check NAME --dir FOLDER --write`, or leave ranges_dir out."
  }

  # A list without ranges would admit everyone, as an endpoint without any does.
  validation {
    condition = var.ranges_dir == null ? true : alltrue([for file in fileset(var.ranges_dir, "*.json") :
      can(regex("^[a-z][a-z0-9-]*\\.json$", file))
      && can(formatdate("YYYY", "${jsondecode(file("${var.ranges_dir}/${file}")).read_on}T00:00:00Z"))
      && try(length(jsondecode(file("${var.ranges_dir}/${file}")).cidrs), 0) > 0
      && alltrue([for cidr in try(jsondecode(file("${var.ranges_dir}/${file}")).cidrs, []) : can(cidrhost(cidr, 0)) && try(tonumber(split("/", cidr)[1]) >= (strcontains(cidr, ":") ? 16 : 8), false)])
    ])
    error_message = "Each file of ranges_dir must be a list: a name of a-z, 0-9 and -, read_on as a day such as 2026-11-27, and in cidrs one CIDR block at least, none wider than /8 (IPv6: /16). Write it with `coatcheck ranges check NAME --dir FOLDER --write`."
  }
}
