"""paddle-python-sdk: verifies."""

from types import SimpleNamespace

from paddle_billing.Notifications import Secret, Verifier

from recipe import mac

SIGNS = "recipe"


def sign(body, secret, now, **_):
    return {"paddle-signature": f"ts={now};h1={mac(secret, f'{now}:'.encode(), body).hex()}"}


def verify(body, secret, headers, **_):
    request = SimpleNamespace(body=body, headers={"Paddle-Signature": headers["paddle-signature"]})
    return Verifier().verify(request, Secret(secret))
