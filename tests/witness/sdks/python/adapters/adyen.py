"""Adyen: signs and verifies, one item at a time."""

import json

from Adyen.util import generate_notification_sig, is_valid_hmac_notification

SIGNS = "sdk"


def sign(body, secret, **_):
    notification = json.loads(body)
    for wrapped in notification["notificationItems"]:
        item = wrapped["NotificationRequestItem"]
        item.setdefault("additionalData", {})["hmacSignature"] = generate_notification_sig(item, secret).decode()
    return {"": json.dumps(notification).encode()}


def verify(body, secret, **_):
    items = json.loads(body)["notificationItems"]
    return all(is_valid_hmac_notification(wrapped["NotificationRequestItem"], secret) for wrapped in items)
