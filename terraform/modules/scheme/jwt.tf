# JSON Web Tokens: what may be written, and what an endpoint has to say before a token could be accepted.

locals {
  # What the functions judge by itself: a rule beside it could only contradict.
  judged_claims = ["aud", "exp", "iat", "iss", "nbf", "scope"]

  jwt_claims      = try(keys(local.sound.claims), [])
  jwt_own_claims  = try(local.sound.endpoint_claims, [])
  jwt_is_issued   = can(local.sound.issuer)
  jwt_is_for_whom = can(local.sound.audience) || can(local.sound.scope) || contains(local.jwt_claims, "client_id")

  # A token that covers no body is a secret that is shown.
  is_shown_jwt = local.kind == "jwt" && !can(local.sound.body_sha256)

  jwt_problems = [
    for rule in [
      {
        is_broken = try(length(distinct(local.sound.algorithms)) != length(local.sound.algorithms), false)
        says      = "algorithms: one is listed twice; list each once"
      },
      {
        is_broken = local.kind == "jwt" && length(setintersection(local.jwt_claims, local.judged_claims)) > 0
        says      = "claims: ${join(", ", setintersection(local.jwt_claims, local.judged_claims))} is judged by itself; use issuer, audience, scope, tolerance_s and max_age_s for it"
      },
      {
        is_broken = local.kind == "jwt" && length(setintersection(local.jwt_own_claims, local.judged_claims)) > 0
        says      = "endpoint_claims: ${join(", ", setintersection(local.jwt_own_claims, local.judged_claims))} is judged by itself; name other claims"
      },
    ] : rule.says if rule.is_broken
  ]

  unfinished = [
    for rule in [
      {
        is_broken = !local.jwt_is_issued
        says      = "jwt.issuer: missing, so anyone's token would count; set it to the claim iss of the issuer's tokens"
      },
      {
        is_broken = !local.jwt_is_for_whom
        says      = "jwt.audience: missing, so a token for any other service would count; set it to the claim aud or, if the issuer writes none, set jwt.scope or the claim client_id under jwt.claims"
      },
      {
        is_broken = length(setsubtract(local.jwt_own_claims, local.jwt_claims)) > 0
        says      = "jwt.claims: ${join(", ", setsubtract(local.jwt_own_claims, local.jwt_claims))} is missing, so a token of another sender would count; set it to the value in the sender's tokens"
      },
      {
        is_broken = !can(local.sound.jwks_url)
        says      = "jwt.jwks_url: missing, so there are no keys to verify with; set it to the issuer's jwks_uri, or to \"none\" if you put the keys into the secret"
      },
    ] : rule.says if rule.is_broken && can(local.sound.algorithms) && local.kind == "jwt"
  ]
}
