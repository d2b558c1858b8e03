"""discord-interactions: verifies."""

from discord_interactions import verify_key
from nacl.signing import SigningKey

SIGNS = "recipe"


def sign(body, secret, now, **_):
    signed = SigningKey(bytes.fromhex(secret)).sign(f"{now}".encode() + body).signature
    return {"x-signature-timestamp": now, "x-signature-ed25519": signed.hex()}


def verify(body, secret, headers, **_):
    return verify_key(body, headers["x-signature-ed25519"], headers["x-signature-timestamp"], secret)
