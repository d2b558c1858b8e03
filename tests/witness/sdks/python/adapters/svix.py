"""svix: signs and verifies."""

from datetime import datetime, timezone

from svix.webhooks import Webhook

SIGNS = "sdk"


def sign(body, secret, headers, now, **_):
    at = datetime.fromtimestamp(now, timezone.utc)
    return {"svix-timestamp": now, "svix-signature": Webhook(secret).sign(headers["svix-id"], at, body.decode())}


def verify(body, secret, headers, **_):
    Webhook(secret).verify(body, headers)
    return True
