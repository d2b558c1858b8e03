"""line-bot-sdk: verifies."""

from linebot.v3.webhook import SignatureValidator

from recipe import in_base64

SIGNS = "recipe"


def sign(body, secret, **_):
    return {"x-line-signature": in_base64(secret, body)}


def verify(body, secret, headers, **_):
    return SignatureValidator(secret).validate(body.decode(), headers["x-line-signature"])
