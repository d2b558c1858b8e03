"""twilio: signs and verifies."""

from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

SIGNS = "sdk"


class Fields(dict):
    """A form as Django reads it: a name may have several values."""

    def __init__(self, body: bytes):
        super().__init__()
        for name, value in parse_qsl(body.decode(), keep_blank_values=True):
            self.setdefault(name, []).append(value)

    def getlist(self, name):
        """Every value of a name."""
        return self[name]


def asked(validator, body, headers, url):
    """The URL that Twilio calls, and what is signed besides."""
    if headers["content-type"] == "application/x-www-form-urlencoded":
        return url, Fields(body)
    return f"{url}{'&' if '?' in url else '?'}bodySHA256={validator.compute_hash(body.decode())}", body.decode()


def sign(body, secret, headers, url, **_):
    validator = RequestValidator(secret)
    called, params = asked(validator, body, headers, url)
    return {"x-twilio-signature": validator.compute_signature(called, params if isinstance(params, Fields) else {})}


def verify(body, secret, headers, url, **_):
    validator = RequestValidator(secret)
    called, params = asked(validator, body, headers, url)
    return validator.validate(called, params, headers["x-twilio-signature"])
