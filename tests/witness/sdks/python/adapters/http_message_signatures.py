"""http-message-signatures: signs and verifies by RFC 9421, the body's digest included."""

import base64
import hashlib
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

SIGNS = "sdk"

FIELDS = ("@method", "@target-uri", "content-digest", "x-event-id")


class Keys(HTTPSignatureKeyResolver):
    """The same secret under every id."""

    def __init__(self, secret: str):
        self.secret = secret.encode()

    def resolve_private_key(self, key_id):
        """To sign with."""
        return self.secret

    def resolve_public_key(self, key_id):
        """To verify with."""
        return self.secret


def message(headers, url):
    """A request as the library reads one."""
    return SimpleNamespace(method="POST", url=url, headers=dict(headers))


def sign(body, secret, headers, now, url):
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    request = message({**headers, "content-digest": digest}, url)
    signer = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=Keys(secret))
    at = datetime.fromtimestamp(now, timezone.utc)
    signer.sign(request, key_id="key-1", created=at, covered_component_ids=FIELDS, use_existing_digest=True)
    return request.headers


def verify(body, secret, headers, url):
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=Keys(secret))
    found = verifier.verify(message(headers, url), max_age=timedelta(minutes=5), require_components=FIELDS, body=body)
    return len(found) == 1
