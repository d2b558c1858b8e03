"""Checks texts into which API Gateway puts values unchanged: gateway responses and the access log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from witness.plan import document

# The worst that a stranger can send: each breaks JSON if put between quotes unchanged.
HOSTILE = ('x","status":"200', "back\\slash", "line\nbreak")

VARIABLE = re.compile(r"\$(?:context|input|stageVariables|method|util)[A-Za-z0-9_.()'-]*[A-Za-z0-9_)]")

# What API Gateway creates itself and no stranger can add a quote to: numbers, ids, addresses, words of a
# list, our own paths. And the words of the authorizer's denials, which it keeps free of quotes:
# functions/authorizer/src/event.rs, a_denial_cannot_leave_the_quotes_around_it.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
PLAIN = {
    f"$context.{name}": value
    for name, value in {
        "apiId": "abcde12345", "authorizer.denial_code": "forbidden", "authorizer.latency": "12", "authorizer.denial_message": "unknown endpoint",
        "authorizer.requestId": "r", "authorizer.status": "-", "error.responseType": "THROTTLED",
        "extendedRequestId": "x", "httpMethod": "POST", "identity.sourceIp": "192.0.2.1", "integration.latency": "-",
        "integration.requestId": "r", "integration.status": "200", "integrationLatency": "12", "protocol": "HTTP/1.1",
        "requestId": "r", "requestTime": "26/Nov/2026:10:00:00 +0000", "requestTimeEpoch": "1700000000", "resourceId": "r",
        "resourcePath": "/hooks/{endpoint}", "responseLatency": "30", "responseLength": "40", "stage": "v1", "status": "200",
    }.items()
}


def substituted(text: str, hostile: str) -> str:
    """The text with its variables replaced: the plain ones by what they may hold, all others by what a stranger may choose."""
    return VARIABLE.sub(lambda variable: PLAIN.get(variable[0], hostile), text)


def breaks(where: str, text: str) -> Iterator[str]:
    """A text that is no JSON, or another JSON, if a stranger chooses the values."""
    expected = set(re.findall(r'"(\w+)":', text))
    for hostile in HOSTILE:
        try:
            value = json.loads(substituted(text, hostile))
        except ValueError:
            chosen = sorted(set(VARIABLE.findall(text)) - set(PLAIN))
            yield f"{where}: a value with {hostile!r} breaks its JSON: {', '.join(chosen) or 'the text itself is none'}"
            return
        if len(json.dumps(value)) and (not isinstance(value, dict) or set(value) != expected or hostile in json.dumps(value)):
            yield f"{where}: a stranger's value adds or overwrites a member: {', '.join(sorted(set(VARIABLE.findall(text)) - set(PLAIN)))}"
            return


def findings(plan: dict) -> Iterator[str]:
    """Every gateway response and the access log."""
    for response in document.of_type(plan, "aws_api_gateway_gateway_response"):
        for text in response["values"]["response_templates"].values():
            yield from breaks(response["address"], text)
    for stage in document.of_type(plan, "aws_api_gateway_stage"):
        for settings in stage["values"].get("access_log_settings", []):
            yield from breaks(stage["address"], settings["format"])
