"""stripe: signs and verifies."""

from stripe import Webhook, WebhookSignature

SIGNS = "sdk"


def sign(body, secret, now, **_):
    return {"stripe-signature": WebhookSignature.generate_signature_header(body.decode(), secret, now)}


def verify(body, secret, headers, **_):
    return bool(Webhook.construct_event(body, headers["stripe-signature"], secret))
