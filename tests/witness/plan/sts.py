"""Answers a plan from nothing in place of AWS: which account is this, is this state machine valid, which zone is this?

The second is asked only of a definition that the plan knows; `languages` asks another witness. The zone is that of the
front door's domain.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

from .names import ACCOUNT

ANSWER = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:user/witness</Arn><UserId>AIDAWITNESS</UserId>
<Account>{ACCOUNT}</Account></GetCallerIdentityResult>
<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>
</GetCallerIdentityResponse>""".encode()

# The provider looks a zone up by listing all: the suite's own, a private one and one for other names.
ZONES = {"Z0OUTSIDE": ("coatcheck.test.", "false"), "Z0PRIVATE": ("coatcheck.test.", "true"), "Z0OTHER": ("example.org.", "false")}


def zone(id: str) -> str:
    """A hosted zone, as Route 53 describes it."""
    name, private = ZONES[id]
    return (f"<HostedZone><Id>/hostedzone/{id}</Id><Name>{name}</Name><CallerReference>witness</CallerReference>"
            f"<Config><PrivateZone>{private}</PrivateZone></Config></HostedZone>")


def route_53(operation: str, inside: str) -> bytes:
    """An answer: https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations.html"""
    return f'<{operation}Response xmlns="https://route53.amazonaws.com/doc/2013-04-01/">{inside}</{operation}Response>'.encode()


ANSWERS = {
    "GET /2013-04-01/hostedzone": route_53(
        "ListHostedZones", f"<HostedZones>{''.join(map(zone, ZONES))}</HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>"
    ),
} | {
    f"GET /2013-04-01/hostedzone/{id}": route_53(
        "GetHostedZone", f"{zone(id)}<DelegationSet><NameServers><NameServer>ns-1.example</NameServer></NameServers></DelegationSet>"
    ) for id in ZONES
} | {
    f"GET /2013-04-01/tags/hostedzone/{id}": route_53(
        "ListTagsForResource", f"<ResourceTagSet><ResourceType>hostedzone</ResourceType><ResourceId>{id}</ResourceId><Tags></Tags></ResourceTagSet>"
    ) for id in ZONES
} | {
    f"GET /2013-04-01/hostedzone/{id}/rrset": route_53(
        "ListResourceRecordSets",
        f"<ResourceRecordSets><ResourceRecordSet><Name>{name}</Name><Type>NS</Type><TTL>172800</TTL><ResourceRecords><ResourceRecord>"
        "<Value>ns-1.example.</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></ResourceRecordSets>"
        "<IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>",
    ) for id, (name, _) in ZONES.items()
}

VALID = b'{"result":"OK","diagnostics":[],"truncated":false}'


def answer_to(request: str, target: str, body: str) -> tuple[int, bytes]:
    """Status and body; 403 for what a plan is not expected to ask."""
    if (path := request.partition("?")[0]) in ANSWERS:
        return 200, ANSWERS[path]
    if target == "AWSStepFunctions.ValidateStateMachineDefinition":
        return 200, VALID
    if parse_qs(body).get("Action") == ["GetCallerIdentity"]:
        return 200, ANSWER
    return 403, b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"


class Sts(http.server.BaseHTTPRequestHandler):
    """Answers what a plan is known to ask; anything else is refused for good and remembered in `server.others`."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        target = self.headers.get("X-Amz-Target") or ""
        status, answer = answer_to(f"{self.command} {self.path}", target, body)
        if status != 200:
            self.server.others.append(f"{self.command} {self.path} {target or body[:80]}")
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if answer is VALID else "text/xml")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_PUT = do_HEAD = do_POST

    def log_message(self, *_: object) -> None:
        """No line for each request."""


class Server(http.server.ThreadingHTTPServer):
    """On a free loopback port."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Sts)
        self.others: list[str] = []


@contextmanager
def running() -> Iterator[Server]:
    """Runs the server. Every service's endpoint may point at it."""
    server = Server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
