"""A processor in Python that takes note of every event: put your work in place of `summarise`.

Contract: docs/processors.md. Needs nothing that Lambda's Python runtime does not bring.
"""

import hashlib
import json
import os

import boto3
import processed
from botocore.config import Config

s3 = boto3.client("s3")
# Checked at the end of an event's time: a slow answer is better than none.
sqs = boto3.client("sqs", config=Config(connect_timeout=1, read_timeout=2, retries={"max_attempts": 2}))


def handler(events, context):
    failed = [event["deliveryid"] for event in events if not process(event, context)]
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


def process(event, context):
    """False: it has to come again. Raises nothing, so that the other events go on.

    No retry helps what is rejected: it goes into the dead-letter queue at once, and only if it cannot does it come again.
    """
    try:
        with processed.attempt(event, context) as receipt:
            receipt["summary"] = summarise(event, redeem(event))
        log("INFO", "processed", event)
    except processed.AlreadyCompleted:
        log("INFO", "done before: skipped", event)
    except Exception as error:
        failure, reason = processed.verdict(error)
        level, message = ("ERROR", "rejected") if failure == "Reject" else ("WARN", "to be retried")
        log(level, message, event, reason=reason)
        return failure == "Reject" and give_up(event)
    return True


def give_up(event):
    """Whether the event is in the dead-letter queue of the subscription that delivered it."""
    try:
        queue = sqs.get_queue_url(QueueName=f"{os.environ['STACK']}-{event['subscription']}-dlq")
        sqs.send_message(QueueUrl=queue["QueueUrl"], MessageBody=json.dumps(event))
    except Exception as error:
        _, reason = processed.verdict(error)
        log("WARN", "could not be given up at once: its tries are used up first", event, reason=reason)
        return False
    return True


def redeem(event):
    """The provider's bytes, if they are still there and the ones that were stored."""
    bucket, key = event["dataref"].removeprefix("s3://").split("/", 1)
    try:
        stored = s3.get_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        raise processed.Reject("payload_missing: the payload is not in the bucket") from None
    size, claimed = stored["ContentLength"], int(event["datasize"])
    if size != claimed:
        raise processed.Reject(f"payload_size: the payload has {size} bytes, its pointer says {claimed}")
    payload = stored["Body"].read()
    if hashlib.sha256(payload).hexdigest() != event["datasha256"]:
        raise processed.Reject("payload_digest: the payload does not have its pointer's SHA-256")
    return payload


def summarise(event, payload):
    return f"{event['type']} {len(payload)} bytes"


def log(level, message, event, **more):
    """One line for each event, without anything of its payload."""
    about = {name: event.get(name) for name in ("ref", "type", "traceparent")}
    print(json.dumps({"level": level, "message": message, **about, **more}), flush=True)
