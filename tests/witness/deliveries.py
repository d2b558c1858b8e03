"""Asks Standard Webhooks' and svix's libraries about deliveries, as node/deliveries.mjs does: a JSON array of {library,
secret, headers, body} at standard input, with the body in base64; an array of true, or of why not, at standard output."""

import base64
import json
import sys

from standardwebhooks import webhooks as standardwebhooks
from svix import webhooks as svix

LIBRARIES = {"standardwebhooks": standardwebhooks.Webhook, "svix": svix.Webhook}


def ask(delivery):
    """True, or why the library refuses it."""
    body = base64.b64decode(delivery["body"])
    try:
        # The body of these is JSON, which the library also reads.
        LIBRARIES[delivery["library"]](delivery["secret"]).verify(body, delivery["headers"])
    except (standardwebhooks.WebhookVerificationError, svix.WebhookVerificationError, ValueError) as problem:
        return f"{type(problem).__name__}: {problem}"
    return True


if __name__ == "__main__":
    print(json.dumps([ask(delivery) for delivery in json.load(sys.stdin)]))
