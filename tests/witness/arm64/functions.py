"""The functions: the settings that each needs, an event that it can answer without AWS, and what the answer must hold."""

from __future__ import annotations

from dataclasses import dataclass

# Nothing listens there, so a call to AWS fails at once.
NOWHERE = "http://127.0.0.1:1"

SHARED = {
    "AWS_ACCESS_KEY_ID": "witness",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ENDPOINT_URL": NOWHERE,
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_FUNCTION_NAME": "witness",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/witness",
    "AWS_LAMBDA_LOG_STREAM_NAME": "witness",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_REGION": "eu-west-1",
    "AWS_SECRET_ACCESS_KEY": "witness",
    "ENDPOINTS_TABLE": "witness-endpoints",
    "EVENTS_TABLE": "witness-events",
    "KEYS_PREFIX": "witness/endpoints/",
    "LOG_LEVEL": "info",
    "PAYLOADS_BUCKET": "witness-payloads",
    "PAYLOAD_RETENTION_DAYS": "30",
    "POINTER_TTL_DAYS": "90",
    "STACK": "witness",
}
QUEUE = f"{NOWHERE}/123456789012/witness"

REQUEST = {
    "resource": "/hooks/{endpoint}",
    "path": "/hooks/No%20Endpoint",
    "httpMethod": "POST",
    "headers": {"Host": "hooks.example.org"},
    "multiValueHeaders": {"Host": ["hooks.example.org"]},
    "queryStringParameters": {},
    "multiValueQueryStringParameters": {},
    "pathParameters": {"endpoint": "No Endpoint"},
    "stageVariables": {},
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "abcde12345",
        "httpMethod": "POST",
        "identity": {"sourceIp": "192.0.2.1"},
        "path": "/v1/hooks/No%20Endpoint",
        "protocol": "HTTP/1.1",
        "requestId": "r",
        "requestTime": "26/Nov/2026:10:00:00 +0000",
        "requestTimeEpoch": 1795687200000,
        "resourceId": "r",
        "resourcePath": "/hooks/{endpoint}",
        "stage": "v1",
    },
}
AUTHORIZER = REQUEST | {
    "type": "REQUEST",
    "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:abcde12345/v1/POST/hooks/No%20Endpoint",
}
DELIVERY = REQUEST | {"body": "e30=", "isBase64Encoded": True}


@dataclass(frozen=True)
class Function:
    """One function; `answers` are the kinds of answer that are right."""

    name: str
    event: object
    holds: str
    environment: dict[str, str]
    answers: tuple[str, ...] = ("response",)


PROCESSOR = {"EVENTS_AT_ONCE": "8", "IDEMPOTENCY": "on", "KEEP_ORDER": "off", "PROCESSED_TABLE": "witness-processed", "PROCESSED_TTL_DAYS": "90", "RECORD": "claim"}

DELIVER = {
    "BREAKER": '{"failures_in_a_row":5,"failure_rate":0.5,"pause_s":30,"longest_pause_s":900}',
    "DELIVERIES_TABLE": "witness-deliveries",
    "DESTINATION": '{"kind":"http","url":"https://a.example/","method":"POST","auth":{"type":"none"},"sign":"none","body":"payload","success":["2xx"],"timeout_s":30}',
    "DLQ_URL": QUEUE,
    "PROCESSED_TABLE": "witness-processed",
    "PROCESSED_TTL_DAYS": "90",
    "QUEUE_URL": QUEUE,
    "RATE_PER_S": "20",
    "RETRY_FOR_S": "259200",
    "SECRET_ID": "witness/subscriptions/deliver",
    "SUBSCRIPTION": "deliver",
}

WATCH = {"HEARTBEATS_QUEUE_URL": QUEUE, "PIPES": "witness-router", "ROUTER_PARALLELIZATION": "10", "ROUTER_WINDOW_S": "0"}

FUNCTIONS = [
    # A name that no endpoint can have is refused without reading the table.
    Function("authorizer", AUTHORIZER, '"Deny"', {}),
    # No authorizer sent anything with it.
    Function("ingest", DELIVERY, '"statusCode"', {}),
    Function("admit", {"Records": []}, '"batchItemFailures":[]', {"ADMIT_QUEUE_URL": QUEUE, "ADMIT_DLQ_URL": QUEUE}),
    Function("rehydrate", {"Records": []}, '"batchItemFailures":[]', {"ATTRIBUTES": "[]", "DESTINATIONS": "{}"}),
    # Such a text names no event, whatever the tables say.
    Function("redact", {"ref": "-", "at_most": 1}, '"why":"no_event"', {}),
    # Whatever its table says, there is nothing to deliver.
    Function("deliver", {"Records": []}, '"batchItemFailures":[]', DELIVER),
    # These must call AWS: their answer must say that it cannot be reached.
    Function("sweep", {}, "", {"ADMIT_QUEUE_URL": QUEUE, "LOOK_BACK_HOURS": "3"}, ("response", "error")),
    Function("fan", [], "", {"DLQ_URL": QUEUE}, ("response", "error")),
    Function("watch", {}, "", WATCH, ("response", "error")),
    *(Function(name, [], '"batchItemFailures":[]', PROCESSOR | {"PROCESSOR": name}) for name in ("audit", "invoices")),
    # For a workflow, which passes each event on with its result.
    Function("pushes", [], "[]", PROCESSOR | {"PROCESSOR": "pushes"}),
]
