"""Adyen's platform webhooks: signs and verifies."""

from Adyen.util import generate_payload_sig, is_valid_hmac_payload

SIGNS = "sdk"


def sign(body, secret, **_):
    return {"hmacsignature": generate_payload_sig(body, secret).decode()}


def verify(body, secret, headers, **_):
    return is_valid_hmac_payload(headers["hmacsignature"], secret, body)
