"""razorpay: verifies."""

from razorpay import Client

from recipe import mac

SIGNS = "recipe"


def sign(body, secret, **_):
    return {"x-razorpay-signature": mac(secret, body).hex()}


def verify(body, secret, headers, **_):
    return Client(auth=("unused", "unused")).utility.verify_webhook_signature(body.decode(), headers["x-razorpay-signature"], secret)
