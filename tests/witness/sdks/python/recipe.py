"""What a provider's documentation says to compute, for libraries that verify and do not sign."""

import base64
import hashlib
import hmac


def mac(secret: str, *parts: bytes) -> bytes:
    """HMAC-SHA256 of the parts."""
    return hmac.new(secret.encode(), b"".join(parts), hashlib.sha256).digest()


def in_base64(secret: str, *parts: bytes) -> str:
    """The same as base64."""
    return base64.b64encode(mac(secret, *parts)).decode()
