"""workos: verifies."""

from workos import WorkOSClient

from recipe import mac

SIGNS = "recipe"


def sign(body, secret, now, **_):
    return {"workos-signature": f"t={now * 1000}, v1={mac(secret, f'{now * 1000}.'.encode(), body).hex()}"}


def verify(body, secret, headers, **_):
    webhooks = WorkOSClient(api_key="sk_unused", client_id="client_unused").webhooks
    webhooks.verify_header(event_body=body, event_signature=headers["workos-signature"], secret=secret)
    return True
