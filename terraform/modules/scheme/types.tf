# What a member's value may be: a pattern that must match its whole JSON text, and a phrase for people that
# follows "write". The patterns build on each other, so that a part of a list, or a location in a location,
# must have the same form everywhere.

locals {
  text    = "\"(?:[^\"\\\\]|\\\\.)*\""
  filled  = "\"(?:[^\"\\\\]|\\\\.)+\""
  name    = "\"[a-z0-9._-]+\""
  pointer = "\"(?:/(?:[^~\"\\\\]|\\\\.|~[01])*)+\""

  # One name, or one for each signature header.
  names = "(?:${local.name}|\\[${local.name}(?:,${local.name})*\\])"

  place    = "\\{\"(?:header\":${local.name}|json\":${local.pointer}|form\":${local.filled}|literal\":${local.text})\\}"
  joined   = "\\{\"join\":\\[${local.place}(?:,${local.place}){1,3}\\]\\}"
  choice   = "(?:${local.place}|${local.joined})"
  location = "${local.choice}|\\{\"first\":\\[${local.choice}(?:,${local.choice}){1,7}\\]\\}"

  # Where a challenge may be read from. A body is not read before it is verified, a GET or a HEAD has none,
  # and a delivery has no query.
  sources = {
    signed   = "\\{\"(?:header\":${local.name}|json\":${local.pointer})\\}"
    unsigned = "\\{\"header\":${local.name}\\}"
    bodiless = "\\{\"(?:header\":${local.name}|query\":${local.filled})\\}"
  }
  source_phrases = {
    signed   = "{\"header\": name in lower case} or {\"json\": \"/pointer\"}"
    unsigned = "{\"header\": name in lower case}, because an unsigned body is not read"
    bodiless = "{\"header\": name in lower case} or {\"query\": name}"
  }
  conditions = {
    for way, source in local.sources :
    way => "\\{(?:\"at\":${source}(?:,\"is\":${local.text})?|\"absent\":true,\"at\":${source})\\}"
  }

  # A reply's header: a value of printable ASCII, as JSON writes it.
  reply_header = "${local.name}:\"(?:[ !#-\\[\\]-~]|\\\\[\"\\\\]|\\\\u00(?:26|3c|3e))*\""

  component = "\"(?:[a-z0-9._-]+|@method|@target-uri|@authority|@scheme|@request-target|@path|@query)\""

  # Printable ASCII but quotes and backslashes; JSON text in Terraform has codes for < > and &.
  visible = "(?:[!#-\\[\\]-~]|\\\\u00(?:26|3c|3e))"

  # What a claim may be equal to.
  claim = "(?:${local.text}|true|false|-?[0-9]+(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"

  jwt_algorithm = "\"(?:RS256|PS256|ES256|EdDSA)\""

  types = merge(
    {
      any    = { pattern = ".*", is = "any JSON" }
      object = { pattern = "\\{.*\\}", is = "an object" }
      list   = { pattern = "\\[.*\\]", is = "a list" }
      reply  = { pattern = "\\{.*\\}", is = "an object, for instance {\"text\": \"ok\"}" }
      parts  = { pattern = "\\[.*\\]", is = "a list of parts, for instance [{\"body\": true}]" }
      marks  = { pattern = "\\{.*\\}", is = "an object with at least headers, grammar and encoding" }
      flag   = { pattern = "true|false", is = "true or false" }
      text   = { pattern = local.text, is = "a text" }
      filled = { pattern = local.filled, is = "a text that is not empty, or leave it out" }
      texts  = { pattern = "\\[(?:${local.text}(?:,${local.text})*)?\\]", is = "a list of texts" }

      name         = { pattern = local.name, is = "a header name, of a-z, 0-9, - _ and ." }
      names        = { pattern = "\\[${local.name}(?:,${local.name})*\\]", is = "a list of one or more header names, of a-z, 0-9, - _ and ." }
      more_names   = { pattern = "\\[(?:${local.name}(?:,${local.name}){0,14})?\\]", is = "a list of at most 15 header names, of a-z, 0-9, - _ and ." }
      header_texts = { pattern = "\\{(?:${local.reply_header}(?:,${local.reply_header})*)?\\}", is = "an object of header names (of a-z, 0-9, - _ and .) with texts of printable ASCII" }
      label        = { pattern = "\"[a-z*][a-z0-9_.*-]*\"", is = "the label exactly as in Signature-Input, for instance sig1" }

      bytes      = { pattern = "[1-9][0-9]*", is = "a whole number of at least 1; 16 suits most providers" }
      signatures = { pattern = "[1-9]|1[0-6]", is = "a whole number from 1 to 16" }
      status     = { pattern = "2[0-9][0-9]", is = "a status from 200 to 299, or leave it out for 200" }
      window     = { pattern = "[1-9][0-9]{0,4}|[1-5][0-9]{5}|60[0-3][0-9]{3}|604[0-7][0-9]{2}|604800", is = "a whole number of seconds from 1 to 604800; 300 suits most providers" }

      part = {
        pattern = "\\{\"(?:lit\":${local.filled}|header\":${local.names}|param\":${local.filled}|(?:body|body_sha256_hex|url|method|path_query)\":true)\\}"
        is      = "exactly one of {\"lit\": text}, {\"header\": name in lower case}, {\"param\": name}, {\"body\": true}, {\"body_sha256_hex\": true}, {\"url\": true}, {\"method\": true} and {\"path_query\": true}"
      }
      clock = {
        pattern = "\\{\"(?:header\":${local.names}|param\":${local.filled}|json\":${local.pointer})\\}"
        is      = "exactly one of {\"header\": name in lower case}, {\"param\": name} and {\"json\": \"/pointer\"}"
      }
      location = {
        pattern = local.location
        is      = "exactly one of {\"header\": name in lower case}, {\"json\": \"/pointer\"}, {\"form\": field}, {\"literal\": text}, {\"join\": [2 to 4 of these]} and {\"first\": [2 to 8 of all these]}"
      }
      components = {
        pattern = "\\[${local.component}(?:,${local.component})*\\]"
        is      = "a list of header names in lower case, @method, @target-uri, @authority, @scheme, @request-target, @path and @query"
      }
      words = {
        pattern = "${local.filled}|\\[${local.filled}(?:,${local.filled})*\\]"
        is      = "a text that is not empty, or a list of such texts"
      }
      filled_texts = {
        pattern = "\\[(?:${local.filled}(?:,${local.filled})*)?\\]"
        is      = "a list of texts that are not empty"
      }
      jwt_algorithms = {
        pattern = "\\[${local.jwt_algorithm}(?:,${local.jwt_algorithm})*\\]"
        is      = "a list of one or more of RS256, PS256, ES256 and EdDSA; there are no others"
      }
      claims = {
        pattern = "\\{(?:${local.filled}:(?:${local.claim}|\\[${local.claim}(?:,${local.claim})*\\])(?:,${local.filled}:(?:${local.claim}|\\[${local.claim}(?:,${local.claim})*\\]))*)?\\}"
        is      = "an object of claims, each with a text, a number, true or false, or a list of these"
      }
      scope     = { pattern = "\"${local.visible}+\"", is = "the one scope that a sender needs, of printable ASCII without spaces" }
      tolerance = { pattern = "[0-9]|[1-9][0-9]|[12][0-9]{2}|300", is = "a whole number of seconds from 0 to 300; 60 suits most issuers" }
      key_set = {
        pattern = "\"(?:none|https://[!$-.0-;=A-\\[\\]-~]+(?:[/?](?:[!$-\\[\\]-~]|\\\\u00(?:26|3c|3e))*)?)\""
        is      = "the issuer's jwks_uri, an https URL without a user and a fragment, or \"none\" if you put the keys into the secret"
      }
      also_require = { pattern = "\\{\"basic\":true\\}", is = "{\"basic\": true}, or leave it out" }
    },
    # Choices of one word.
    {
      for name, choices in {
        hash         = ["sha256", "sha512", "sha1"]
        grammar      = ["whole", "kv", "versions"]
        encoding     = ["hex", "base64", "base64url"]
        decode       = ["utf8", "base64", "hex"]
        decode_bytes = ["base64", "hex"]
        unit         = ["s", "ms", "rfc3339"]
        algorithm    = ["hmac-sha256", "ed25519", "ecdsa-p256-sha256"]
        method       = ["POST", "GET", "HEAD"]
      } : name => { pattern = "\"(?:${join("|", choices)})\"", is = "one of ${join(", ", choices)}" }
    },
    { for way, source in local.sources : "${way}_source" => { pattern = source, is = local.source_phrases[way] } },
    {
      for way, condition in local.conditions : "${way}_conditions" => {
        pattern = "\\[(?:${condition}(?:,${condition})*)?\\]"
        is      = "a list of {\"at\": source}, {\"at\": source, \"is\": text} and {\"at\": source, \"absent\": true}, where a source is ${local.source_phrases[way]}"
      }
    },
    {
      for way, source in local.sources : "${way}_proof" => {
        pattern = "\"(?:signature|none|operator)\"|\\{\"token\":${source}\\}"
        is      = "one of signature, none, operator and {\"token\": source}, where a source is ${local.source_phrases[way]}"
      }
    },
  )
}
