# The members that each object may have, with their types (types.tf), and those that it must have.

locals {
  of_any_kind = {
    kind        = "any"
    event       = "object"
    challenges  = "list"
    acknowledge = "reply"
    repeats     = "flag"
  }

  of_signed_kinds = merge(local.of_any_kind, {
    also_require = "also_require"
    content      = "parts"
    key          = "object"
    signature    = "marks"
    timestamp    = "object"
  })

  kinds = {
    hmac       = merge(local.of_signed_kinds, { hash = "hash", allow_sha1 = "flag" })
    ed25519    = local.of_signed_kinds
    ecdsa-p256 = local.of_signed_kinds
    token      = merge(local.of_any_kind, { header = "name", prefix = "filled" })
    http-message = merge(local.of_any_kind, {
      algorithm    = "algorithm"
      components   = "components"
      key          = "object"
      keyid        = "flag"
      label        = "label"
      tag          = "filled"
      max_age_s    = "window"
      max_future_s = "window"
    })
    jwt = merge(local.of_any_kind, {
      header          = "name"
      prefix          = "filled"
      issuer          = "words"
      audience        = "words"
      algorithms      = "jwt_algorithms"
      scope           = "scope"
      claims          = "claims"
      endpoint_claims = "filled_texts"
      typ             = "filled"
      tolerance_s     = "tolerance"
      max_age_s       = "window"
      body_sha256     = "filled"
      jwks_url        = "key_set"
    })
    basic      = local.of_any_kind
    plaid      = local.of_any_kind
    contentful = local.of_any_kind
    twilio     = local.of_any_kind
    mailgun    = local.of_any_kind
    adyen      = local.of_any_kind
  }

  shapes = merge({
    signature = {
      headers        = "names"
      more_headers   = "more_names"
      grammar        = "grammar"
      encoding       = "encoding"
      prefix         = "filled"
      pair_sep       = "text"
      kv_sep         = "text"
      sig_keys       = "texts"
      list_sep       = "text"
      version_sep    = "text"
      versions       = "texts"
      max_signatures = "signatures"
    }
    key        = { decode = "decode", strip_prefix = "filled", min_bytes = "bytes" }
    public_key = { decode = "decode_bytes", strip_prefix = "filled" }
    timestamp  = { from = "clock", unit = "unit", max_age_s = "window", max_future_s = "window" }
    event      = { for fact in ["id", "type", "subject", "ordering_key", "occurred_at"] : fact => "location" }
    reply      = { status = "status", text = "text", json = "any", headers = "header_texts" }
    }, {
    for way in keys(local.sources) : "${way}_challenge" => {
      method  = "method"
      when    = "${way}_conditions"
      value   = "${way}_source"
      proof   = "${way}_proof"
      respond = "reply"
    }
  })

  required = {
    hmac               = ["hash", "signature", "content"]
    ed25519            = ["signature", "key", "content"]
    ecdsa-p256         = ["signature", "key", "content"]
    token              = ["header"]
    http-message       = ["algorithm", "components"]
    jwt                = ["algorithms"]
    signature          = ["headers", "grammar", "encoding"]
    public_key         = ["decode"]
    timestamp          = ["from", "unit"]
    signed_challenge   = ["respond"]
    unsigned_challenge = ["respond"]
    bodiless_challenge = ["respond"]
  }
}
