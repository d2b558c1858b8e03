"""hubspot-api-client: signs and verifies."""

from hubspot.utils.signature import Signature

SIGNS = "sdk"


def sign(body, secret, now, url, **_):
    signed = Signature.get_signature(secret, body.decode(), "v3", url, "POST", str(now * 1000))
    return {"x-hubspot-request-timestamp": now * 1000, "x-hubspot-signature-v3": signed}


def verify(body, secret, headers, url, **_):
    return Signature.is_valid(
        headers["x-hubspot-signature-v3"],
        secret,
        body.decode(),
        http_uri=url,
        signature_version="v3",
        timestamp=headers["x-hubspot-request-timestamp"],
    )
