"""The `processed` table: one item for each event and processor, so that an event happens once.

Two deliveries of one event may come at the same time. One conditional write gives the event to one of them, for as long
as its invocation can last. If that is killed, another delivery takes the event when the lease is over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Mapping

from .event import Event
from .failures import Failure, Reject, store_failure

_FREE = "attribute_not_exists(#ref) OR #state = :failed OR (#state = :state AND #lease_until < :now)"
# What a forced replay may claim besides: an event that is done, but not by this replay.
_DONE_BEFORE_IT = "(#state = :completed AND (attribute_not_exists(#replayid) OR #replayid <> :replayid))"
_NOT_DONE = "attribute_not_exists(#ref) OR #state <> :state"
_OURS = "#owner = :owner"


@dataclass(frozen=True)
class Ours:
    """The attempt may begin."""

    attempts: int


@dataclass(frozen=True)
class InProgress:
    """Another attempt holds the lease."""


@dataclass(frozen=True)
class Completed:
    """The event is done, with this summary."""

    summary: str


class Records:
    """This processor's items."""

    def __init__(self, dynamodb: Any, table: str, processor: str, ttl_s: int) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._processor = processor
        self._ttl_s = ttl_s

    def claim(self, event: Event, owner: str, now: int, lease_until: int) -> Ours | InProgress | Completed:
        """Claims the lease, if the event is neither done nor held by another attempt."""
        facts: dict[str, str | int] = {
            "state": "in_progress",
            "owner": owner,
            "lease_until": lease_until,
            "type": event.type,
            "at": iso(now),
            "expires_at": now // 1_000 + self._ttl_s,
        }
        more: dict[str, str | int] = {"one": 1, "failed": "failed", "now": now}
        condition = _FREE
        if event.replay_is_forced and event.replay_id is not None:
            facts["replayid"] = event.replay_id
            more["completed"] = "completed"
            condition = f"{_FREE} OR {_DONE_BEFORE_IT}"
        try:
            updated = self._update(event, facts, " ADD #attempts :one", condition, more, ReturnValues="UPDATED_NEW")
            return Ours(int(updated["Attributes"]["attempts"]["N"]))
        except self._dynamodb.exceptions.ConditionalCheckFailedException as conflict:
            record = conflict.response.get("Item", {})
            if _text(record, "state") == "completed":
                return Completed(_text(record, "summary"))
            # The first answer was lost, and boto3 asked again.
            if _text(record, "owner") == owner:
                return Ours(int(record["attempts"]["N"]))
            return InProgress()
        except Exception as error:
            raise store_failure("dynamodb:UpdateItem", error) from error

    def complete(self, event: Event, owner: str, now: int, summary: str, age_ms: int) -> bool:
        """Marks the event as done. False: the lease was lost to another, whose record stays."""
        facts: dict[str, str | int] = {
            "state": "completed",
            "sha256": event.claim.sha256,
            "size": event.claim.size,
            "summary": summary,
            "at": iso(now),
            "age_ms": age_ms,
        }
        return self._mark(event, facts, " REMOVE #lease_until, #failure, #reason", owner)

    def mark(self, event: Event, owner: str, now: int, summary: str, age_ms: int) -> bool:
        """Marks an event as done that no one has claimed. False: it was done before, and that record stays."""
        facts: dict[str, str | int] = {
            "state": "completed",
            "owner": owner,
            "type": event.type,
            "sha256": event.claim.sha256,
            "size": event.claim.size,
            "summary": summary,
            "at": iso(now),
            "age_ms": age_ms,
            "expires_at": now // 1_000 + self._ttl_s,
        }
        condition = _NOT_DONE
        if event.replay_is_forced and event.replay_id is not None:
            facts["replayid"] = event.replay_id
            condition = f"{_NOT_DONE} OR attribute_not_exists(#replayid) OR #replayid <> :replayid"
        also = " REMOVE #lease_until, #failure, #reason ADD #attempts :one"
        try:
            self._update(event, facts, also, condition, {"one": 1})
            return True
        except self._dynamodb.exceptions.ConditionalCheckFailedException as conflict:
            # The first answer was lost, and boto3 asked again.
            return _text(conflict.response.get("Item", {}), "owner") == owner
        except Exception as error:
            raise store_failure("dynamodb:UpdateItem", error) from error

    def fail(self, event: Event, owner: str, now: int, failure: Failure) -> bool:
        """Marks the attempt as failed and ends its lease. False: the lease was lost to another."""
        word = "Reject" if isinstance(failure, Reject) else "Retry"
        facts: dict[str, str | int] = {"state": "failed", "at": iso(now), "failure": word, "reason": str(failure)}
        return self._mark(event, facts, " REMOVE #lease_until", owner)

    def _mark(self, event: Event, facts: Mapping[str, str | int], also: str, owner: str) -> bool:
        try:
            self._update(event, facts, also, _OURS, {"owner": owner})
            return True
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        except Exception as error:
            raise store_failure("dynamodb:UpdateItem", error) from error

    def _update(
        self,
        event: Event,
        facts: Mapping[str, str | int],
        also: str,
        condition: str,
        more: Mapping[str, str | int],
        **options: str,
    ) -> Any:
        """`#name` is the attribute `name` and `:name` its value: several names are reserved words of DynamoDB."""
        expression = f"SET {', '.join(f'#{name} = :{name}' for name in facts)}{also}"
        values = {**facts, **more}
        return self._dynamodb.update_item(
            TableName=self._table,
            Key={"ref": {"S": event.ref}, "processor": {"S": self._processor}},
            UpdateExpression=expression,
            ConditionExpression=condition,
            ExpressionAttributeNames={f"#{name}": name for name in re.findall(r"#(\w+)", f"{expression} {condition}")},
            ExpressionAttributeValues={f":{name}": _attribute(value) for name, value in values.items()},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **options,
        )


def iso(ms: int) -> str:
    """RFC 3339 in UTC with milliseconds, the form of every stored time."""
    whole = datetime.fromtimestamp(ms // 1_000, timezone.utc)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{ms % 1_000:03}Z"


def _attribute(value: str | int) -> dict[str, str]:
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def _text(record: Mapping[str, Mapping[str, str]], name: str) -> str:
    return record.get(name, {}).get("S", "")
