"""What the direct lane must answer, in whichever form API Gateway passes S3's XML to the template.

AWS's pages leave open whether a template sees S3's error as text, as base64 or not at all; so the answers must be right in
all three.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

from witness.plan import document

from .engines import Answer, Question

# Codes that S3 sends with a 400, by who is at fault.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
OTHERS_FAULT = (
    "AuthorizationHeaderMalformed", "ExpiredToken", "IncompleteBody", "InvalidArgument", "InvalidDigest", "InvalidRequest",
    "InvalidToken", "KMS.DisabledException", "RequestTimeout", "TokenRefreshRequired",
)
PROVIDERS_FAULT = ("BadDigest", "XAmzContentChecksumMismatch")

SIGNED, UNSIGNED = {"sha256": "jZ0A", "delivery": "x"}, {"delivery": "x"}


@dataclass(frozen=True)
class Case:
    """A question, and the status and error that must follow."""

    name: str
    status: int
    question: Question
    must: int
    error: str | None


def xml(code: str, padding: int = 0) -> str:
    """S3's answer; `padding` moves the code, so that base64 cuts it elsewhere."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{" " * padding}<Error><Code>{code}</Code><Message>Said by S3.</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>'


def forms(code: str) -> Iterator[tuple[str, str]]:
    """The answer as text and in base64 from each offset."""
    yield "text", xml(code)
    for padding in range(3):
        yield f"base64 from offset {padding}", base64.b64encode(xml(code, padding).encode()).decode()


def bad_requests(text: str) -> Iterator[Case]:
    """What a 400 of S3 must become, with a signed digest and without."""
    for known, authorizer in (("a signed digest", SIGNED), ("no digest", UNSIGNED), ("an empty digest", UNSIGNED | {"sha256": ""})):
        context = {"requestId": "r", "authorizer": authorizer}
        mismatch = (400, "digest_mismatch") if authorizer is SIGNED else (503, "unavailable")
        bodies = [(f"{code} as {form}", body, (503, "unavailable")) for code in OTHERS_FAULT for form, body in forms(code)]
        bodies += [(f"{code} as {form}", body, mismatch) for code in PROVIDERS_FAULT for form, body in forms(code)]
        bodies += [("an empty body", "", mismatch), ("an unreadable body", None, mismatch), ("bytes", "\ufffd\ufffd", mismatch)]
        for what, body, (status, error) in bodies:
            yield Case(f"S3's 400, {what}, {known}", 400, Question(text, body, context), status, error)


def cases(plan: dict) -> Iterator[Case]:
    """Every template of the direct lane with every response that it may get."""
    for response in document.of_type(plan, "aws_api_gateway_integration_response"):
        status = int(response["values"]["status_code"])
        for text in response["values"]["response_templates"].values():
            if status == 400:
                yield from bad_requests(text)
                continue
            for body in (xml("AccessDenied"), xml("SlowDown"), "", None):
                error = None if status == 200 else "misconfigured" if status == 500 else "unavailable"
                yield Case(f"the {status} of the direct lane", status, Question(text, body, {"requestId": "r", "authorizer": SIGNED}), status, error)


def wrong(case: Case, answer: Answer) -> str | None:
    """What is wrong with the answer, None if nothing is."""
    status = int(answer.override.get("status", case.status))
    if status != case.must:
        return f"{case.name}: answered {status}, must be {case.must}"
    try:
        body = json.loads(answer.text)
    except ValueError:
        return f"{case.name}: no JSON: {answer.text[:80]!r}"
    if body.get("error") != case.error:
        return f"{case.name}: error {body.get('error')}, must be {case.error}"
    return None
