"""The part of a request that is kept: enough to check it, but no signature, session token, package or object."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any, TextIO

from witness.models.tap import Request

# Neither the signature of a request nor what differs each time says anything about its shape.
DROPPED = re.compile(
    r"authorization|host|connection|content-length|x-amz-(date|security-token|user-agent|content-sha256)|amz-sdk-.*|"
    r"x-amzn-trace-id|traceparent|accept.*"
)
SCOPE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
PACKAGE = re.compile(rb'("ZipFile"\s*:\s*")[^"]*"')
FUNCTIONS = "/2015-03-31/functions"
MAX_BODY = 2_000_000


def service(request: Request) -> str | None:
    """The service that the request is signed for; None for an unsigned one, such as a provider's delivery."""
    match = SCOPE.search(request.headers.get("authorization", ""))
    return match[1] if match else None


def wants_body(request: Request) -> bool:
    """False for bodies that cannot be checked: unsigned requests and S3 objects."""
    signed_for = service(request)
    if signed_for != "s3":
        return signed_for is not None
    url = urllib.parse.urlsplit(request.path)
    names = urllib.parse.parse_qs(url.query, keep_blank_values=True).keys() - {"x-id", "partNumber", "uploadId"}
    is_object = url.path.strip("/").count("/") > 0
    return not (is_object and request.method == "PUT" and not names)


def line(request: Request) -> dict[str, Any] | None:
    """The line that stands for the request; None if it need not be checked."""
    signed_for = service(request)
    if signed_for is None:
        return None
    body = request.body
    if body and request.path.startswith(FUNCTIONS):
        body = PACKAGE.sub(rb'\1"', body)
    if body is not None and len(body) > MAX_BODY:
        body = None
    kept = {name: value for name, value in request.headers.items() if not DROPPED.fullmatch(name)}
    return {
        "service": signed_for,
        "method": request.method,
        "path": request.path,
        "headers": kept,
        "length": request.length,
        "body": None if body is None else base64.b64encode(body).decode(),
    }


@dataclass
class Log:
    """A file of JSON lines. A repeated request takes one short line that names the first."""

    out: TextIO
    _seen: dict[bytes, int] = field(default_factory=dict)

    def add(self, request: Request) -> None:
        """Writes the request at once, because the recorder may be killed at any time."""
        entry = line(request)
        if entry is None:
            return
        text = json.dumps(entry)
        digest = hashlib.sha256(text.encode()).digest()
        if digest in self._seen:
            text = json.dumps({"again": self._seen[digest]})
        else:
            self._seen[digest] = len(self._seen)
        self.out.write(text + "\n")
        self.out.flush()
