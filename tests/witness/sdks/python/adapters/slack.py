"""slack_sdk: signs and verifies."""

from slack_sdk.signature import SignatureVerifier

SIGNS = "sdk"


def sign(body, secret, now, **_):
    signed = SignatureVerifier(secret).generate_signature(timestamp=str(now), body=body)
    return {"x-slack-request-timestamp": now, "x-slack-signature": signed}


def verify(body, secret, headers, **_):
    return SignatureVerifier(secret).is_valid_request(body, headers)
