"""squareup: verifies."""

from square.utils.webhooks_helper import verify_signature

from recipe import in_base64

SIGNS = "recipe"


def sign(body, secret, url, **_):
    return {"x-square-hmacsha256-signature": in_base64(secret, url.encode(), body)}


def verify(body, secret, headers, url, **_):
    return verify_signature(
        request_body=body.decode(),
        signature_header=headers["x-square-hmacsha256-signature"],
        signature_key=secret,
        notification_url=url,
    )
