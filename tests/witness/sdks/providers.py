"""What is compared: a library, our scheme, and what the provider sends besides."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from witness.sdks import bodies

URL = "https://hooks.example.com/v1/hooks/coat?tenant=1&b=2"
TEXT = "coatcheck-test-0123456789abcdef0123456789abcdef"
WHSEC = "whsec_" + base64.b64encode(TEXT.encode()[:32]).decode()
HEX = bytes(range(32)).hex()
SEED = bytes(range(32))
RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _public(seed: bytes) -> bytes:
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*RAW)


def _p256(secret: int) -> tuple[str, str]:
    """A private key as PKCS#8 and its public one, both as base64."""
    key = ec.derive_private_key(secret, ec.SECP256R1())
    private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(private).decode(), base64.b64encode(public).decode()


@dataclass(frozen=True)
class Keys:
    """What verifies, what signs (the same for a MAC), and what verifies another's deliveries."""

    verify: str
    sign: str
    other: str

    @classmethod
    def shared(cls, secret: str, other: str) -> Keys:
        """One secret for both."""
        return cls(secret, secret, other)


TEXT_KEYS = Keys.shared(TEXT, TEXT[::-1])
WHSEC_KEYS = Keys.shared(WHSEC, "whsec_" + base64.b64encode(TEXT[::-1].encode()[:32]).decode())
HEX_KEYS = Keys.shared(HEX.upper(), HEX[::-1].upper())
DISCORD_KEYS = Keys(_public(SEED).hex(), SEED.hex(), _public(SEED[::-1]).hex())
TELNYX_KEYS = Keys(*(base64.b64encode(key).decode() for key in (_public(SEED), SEED, _public(SEED[::-1]))))
SENDGRID_KEYS = Keys(_p256(7)[1], _p256(7)[0], _p256(8)[1])


@dataclass(frozen=True)
class Provider:
    """One comparison."""

    # The adapter's file, in node/adapters or python/adapters.
    adapter: str
    # The package whose version is shown; in the language's own registry.
    package: str
    language: str
    scheme: str | dict
    # Headers that hold the signature.
    signature: tuple[str, ...]
    keys: Keys = TEXT_KEYS
    fields: Callable[[int], dict] = lambda _now: {"id": "evt_1", "type": "order.paid"}
    make: bodies.Bodies = bodies.json_bodies
    # What else is sent, signed or not.
    headers: tuple[tuple[str, str], ...] = ()
    # Headers that are signed: another value must be refused by both.
    signed: tuple[str, ...] = ()
    url: str = URL
    # Whether the library refuses an old delivery. Where the scheme has a time, ours always does.
    clock: bool = False
    # Whether ours can sign: a signature inside the body is its caller's.
    we_sign: bool = True
    # Bodies and directions with known differences, each with the reason.
    differs: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """For findings."""
        return f"{self.adapter} ({self.language})"


LINE = {
    "kind": "hmac",
    "hash": "sha256",
    "signature": {"headers": ["x-line-signature"], "grammar": "whole", "encoding": "base64"},
    "content": [{"body": True}],
}
MESSAGE = {
    "kind": "http-message",
    "algorithm": "hmac-sha256",
    "components": ["@method", "@target-uri", "content-digest", "x-event-id"],
    "event": {"id": {"header": "x-event-id"}},
}
FORM = (("content-type", "application/x-www-form-urlencoded"),)
JSON = (("content-type", "application/json"),)
SVIX = (("svix-id", "msg_2"),)
STANDARD = (("webhook-id", "msg_2"),)
BOX = (("box-signature-version", "1"), ("box-signature-algorithm", "HmacSHA256"), ("box-delivery-id", "d-1"))
SHOPIFY = {"topic": "orders/create", "shop-domain": "a.myshopify.com", "api-version": "2026-10", "webhook-id": "b1"}
STRIPE = ("stripe-signature",)
ITEM = {
    "pspReference": "7914073381342284",
    "merchantAccountCode": "TestMerchant",
    "merchantReference": "TestPayment-1407325143704",
    "amount": {"value": 1130, "currency": "EUR"},
    "eventCode": "AUTHORISATION",
    "success": "true",
}


def _event(_now: int) -> dict:
    return {"id": "evt_1", "object": "event", "type": "order.paid", "data": {"object": {}}}


def _named(prefix: str) -> tuple[tuple[str, str], ...]:
    return tuple((prefix + name, value) for name, value in SHOPIFY.items())


def _both(adapter: str, node: str, python: str, scheme: str | dict, signature: tuple[str, ...], python_differs: dict | None = None, **more) -> list[Provider]:
    return [
        Provider(adapter, node, "node", scheme, signature, **more),
        Provider(adapter, python, "python", scheme, signature, differs=python_differs or {}, **more),
    ]


PROVIDERS = [
    *_both("stripe", "stripe", "stripe", "stripe", STRIPE, fields=_event, clock=True),
    *_both("svix", "svix", "svix", "svix", ("svix-signature",), keys=WHSEC_KEYS, headers=SVIX, signed=("svix-id", "svix-timestamp"), clock=True),
    *_both(
        "standardwebhooks", "standardwebhooks", "standardwebhooks", "standard-webhooks", ("webhook-signature",),
        keys=WHSEC_KEYS, headers=STANDARD, signed=("webhook-id", "webhook-timestamp"), clock=True,
    ),
    Provider("clerk", "@clerk/backend", "node", "svix", ("svix-signature",), keys=WHSEC_KEYS, headers=SVIX, signed=("svix-id",), clock=True),
    Provider("lithic", "lithic", "node", "lithic", ("webhook-signature",), keys=WHSEC_KEYS, headers=STANDARD, signed=("webhook-id",), clock=True),
    Provider("octokit", "@octokit/webhooks-methods", "node", "github", ("x-hub-signature-256",)),
    *_both("twilio", "twilio", "twilio", "twilio", ("x-twilio-signature",), make=bodies.forms, headers=FORM),
    *_both("twilio", "twilio", "twilio", "twilio", ("x-twilio-signature",), headers=JSON),
    *_both("square", "square", "squareup", "square", ("x-square-hmacsha256-signature",)),
    *_both(
        "adyen", "@adyen/api-library", "Adyen", "adyen", (), keys=HEX_KEYS, fields=lambda _now: ITEM, make=bodies.adyen_items, we_sign=False,
        python_differs={"null": "the library signs the word None where a member is null; Adyen's others sign nothing there, and so do we"},
    ),
    *_both("adyen-platform", "@adyen/api-library", "Adyen", "adyen-platform", ("hmacsignature",), keys=HEX_KEYS),
    *_both(
        "hubspot", "@hubspot/api-client", "hubspot-api-client", "hubspot-v3", ("x-hubspot-signature-v3",),
        signed=("x-hubspot-request-timestamp",), make=bodies.list_bodies, clock=True,
    ),
    Provider(
        "contentful", "@contentful/node-apps-toolkit", "node", "contentful", ("x-contentful-signature",),
        keys=Keys.shared("aB3-" * 16, "4Cd_" * 16), headers=(("x-contentful-topic", "ContentManagement.Entry.publish"),),
        signed=("x-contentful-topic", "x-contentful-timestamp"), clock=True,
    ),
    *_both("paddle", "@paddle/paddle-node-sdk", "paddle-python-sdk", "paddle", ("paddle-signature",), clock=True),
    *_both(
        "discord", "discord-interactions", "discord-interactions", "discord", ("x-signature-ed25519",),
        keys=DISCORD_KEYS, make=bodies.bytes_bodies, signed=("x-signature-timestamp",),
    ),
    Provider(
        "linear", "@linear/sdk", "node", "linear", ("linear-signature",),
        fields=lambda now: {"type": "Issue", "action": "create", "webhookTimestamp": now * 1000, "data": {"id": "1"}}, clock=True,
    ),
    *_both("razorpay", "razorpay", "razorpay", "razorpay", ("x-razorpay-signature",), make=bodies.text_bodies),
    *_both(
        "workos", "@workos-inc/node", "workos", "workos", ("workos-signature",), clock=True,
        python_differs={"from us": "the library demands a space after the comma; WorkOS sends one, our signer writes none, and we take both"},
    ),
    *_both("line", "@line/bot-sdk", "line-bot-sdk", LINE, ("x-line-signature",), make=bodies.text_bodies),
    # Our signer writes the first name that a scheme knows.
    Provider("shopify", "@shopify/shopify-api", "node", "shopify", ("x-shopify-hmac-sha256",), headers=_named("x-shopify-"), we_sign=False),
    Provider("shopify", "@shopify/shopify-api", "node", "shopify", ("shopify-hmac-sha256",), headers=_named("shopify-")),
    *_both("slack", "@slack/bolt", "slack_sdk", "slack", ("x-slack-signature",), make=bodies.text_bodies, signed=("x-slack-request-timestamp",), clock=True),
    Provider("notion", "@notionhq/client", "node", "notion", ("x-notion-signature",), make=bodies.bytes_bodies),
    Provider("coinbase-commerce", "coinbase-commerce-node", "node", "coinbase-commerce", ("x-cc-webhook-signature",), fields=lambda _now: {"event": {"id": "1", "type": "charge:created"}}),
    Provider("box", "box-node-sdk", "node", "box", ("box-signature-primary",), headers=BOX, make=bodies.text_bodies, clock=True),
    Provider(
        "sendgrid", "@sendgrid/eventwebhook", "node", "sendgrid", ("x-twilio-email-event-webhook-signature",),
        keys=SENDGRID_KEYS, make=bodies.list_bodies, signed=("x-twilio-email-event-webhook-timestamp",),
    ),
    Provider("telnyx", "telnyx", "node", "telnyx", ("telnyx-signature-ed25519",), keys=TELNYX_KEYS, signed=("telnyx-timestamp",), clock=True),
    *_both(
        "http-message-signatures", "http-message-signatures", "http-message-signatures", MESSAGE, ("signature",),
        headers=(("x-event-id", "17"),), signed=("x-event-id", "content-digest"), make=bodies.bytes_bodies, clock=True,
    ),
]
