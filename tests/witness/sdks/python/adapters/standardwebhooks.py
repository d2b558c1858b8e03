"""standardwebhooks: signs and verifies."""

from datetime import datetime, timezone

from standardwebhooks.webhooks import Webhook

SIGNS = "sdk"


def sign(body, secret, headers, now, **_):
    at = datetime.fromtimestamp(now, timezone.utc)
    return {"webhook-timestamp": now, "webhook-signature": Webhook(secret).sign(headers["webhook-id"], at, body.decode())}


def verify(body, secret, headers, **_):
    return bool(Webhook(secret).verify(body, headers))
