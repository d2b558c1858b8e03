"""This processor's records in the `processed` table: each event is completed once.

Two deliveries of one event may come at the same time. A conditional write gives the event to one of them,
for as long as its invocation can last: if that crashes, another may take the event when the lease is over.
"""

import contextlib
import os
import time
import uuid
from datetime import datetime, timezone

import boto3
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

table = boto3.resource("dynamodb").Table(os.environ["PROCESSED_TABLE"])
PROCESSOR = os.environ["PROCESSOR"]
TTL_S = int(os.environ["PROCESSED_TTL_DAYS"]) * 86_400
Conflict = table.meta.client.exceptions.ConditionalCheckFailedException


class AlreadyCompleted(Exception):
    """There is nothing left to do."""


class Retry(Exception):
    """It may work later. The text is logged and recorded: nothing of the payload belongs in it."""


class Reject(Exception):
    """It will never work. The text is logged and recorded: nothing of the payload belongs in it."""


@contextlib.contextmanager
def attempt(event, context):
    """Takes the event and marks it completed, with the receipt that it gives, or failed if the body raises."""
    owner = str(uuid.uuid4())
    claim(event, owner, context.get_remaining_time_in_millis())
    receipt = {"state": "completed", "sha256": event["datasha256"], "size": int(event["datasize"])}
    try:
        yield receipt
        received = datetime.strptime(event["receivedat"], "%Y-%m-%dT%H:%M:%S.%f%z")
        receipt["age_ms"] = max(0, int((time.time() - received.timestamp()) * 1_000))
        update(event, receipt, Attr("owner").eq(owner), "REMOVE lease_until, failure, reason")
    except Exception as error:
        failure, reason = verdict(error)
        failed = {"state": "failed", "failure": failure, "reason": reason}
        with contextlib.suppress(Exception):  # without this mark, the lease ends by itself
            update(event, failed, Attr("owner").eq(owner), "REMOVE lease_until")
        raise


def claim(event, owner, remaining_ms):
    now = time.time_ns() // 1_000_000
    facts = {
        "state": "in_progress",
        "owner": owner,
        "lease_until": now + remaining_ms + 1_000,  # clocks differ
        "type": event["type"],
        "expires_at": now // 1_000 + TTL_S,
    }
    abandoned = Attr("state").eq("in_progress") & Attr("lease_until").lt(now)
    free = Attr("ref").not_exists() | Attr("state").eq("failed") | abandoned
    if event.get("replayforce") == "true":
        # Done again for each forced replay, whose id stays with what it has claimed.
        facts["replayid"] = event["replayid"]
        done_before_it = Attr("replayid").not_exists() | Attr("replayid").ne(event["replayid"])
        free = free | (Attr("state").eq("completed") & done_before_it)
    try:
        update(event, facts, free, "ADD attempts :one", {":one": 1})
    except Conflict as conflict:
        record = conflict.response["Item"]
        if record["state"]["S"] == "completed":
            raise AlreadyCompleted from None
        if record["owner"]["S"] != owner:  # it is ours if the first answer was lost and boto3 asked again
            raise Retry("another delivery of it is in work") from None


def update(event, facts, condition, also, values=None):
    """Names go by alias: some of them are reserved words of DynamoDB."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    facts = {**facts, "at": now}
    table.update_item(
        Key={"ref": event["ref"], "processor": PROCESSOR},
        UpdateExpression=f"SET {', '.join(f'#{name} = :{name}' for name in facts)} {also}",
        ExpressionAttributeNames={f"#{name}": name for name in facts},
        ExpressionAttributeValues={f":{name}": value for name, value in facts.items()} | (values or {}),
        ConditionExpression=condition,
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )


def verdict(error):
    """What to call it, and why. The text of an error that is not ours might show the payload."""
    if isinstance(error, (Retry, Reject)):
        return type(error).__name__, str(error)
    if isinstance(error, ClientError):
        return "Retry", f"{error.operation_name}: {error.response['Error']['Code']}"
    return "Retry", type(error).__name__
