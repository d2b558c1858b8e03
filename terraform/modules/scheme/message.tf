# HTTP Message Signatures (RFC 9421): what must be covered, and by which key.

locals {
  components = try(local.sound.components, [])

  # All derived components but @method.
  url_components = ["@authority", "@path", "@query", "@request-target", "@scheme", "@target-uri"]

  message_problems = [
    for rule in [
      {
        is_broken = contains(["ecdsa-p256-sha256", "ed25519"], try(local.sound.algorithm, "")) && !can(local.sound.key)
        says      = "key.decode: missing, and a public key is bytes, not text; write base64 or hex, as the provider shows it"
      },
      {
        is_broken = can(local.sound.components) && !contains(local.components, "content-digest")
        says      = "components: content-digest is missing, so the body would not be signed; add it"
      },
      {
        is_broken = length(distinct(local.components)) != length(local.components)
        says      = "components: one is listed twice; list each once"
      },
      {
        is_broken = length(setintersection(local.components, ["signature", "signature-input"])) > 0
        says      = "components: lists a header that holds the signature, which cannot sign itself; leave it out"
      },
    ] : rule.says if rule.is_broken
  ]
}
