"""How an event, or a whole invocation, fails."""

from __future__ import annotations

from botocore.exceptions import ClientError


class Failure(Exception):
    """The handler is not done with the event. The text is logged and recorded: it must show nothing of the payload."""


class Retry(Failure):
    """It may succeed later: deliver it again."""


class Reject(Failure):
    """It will never succeed: no retry helps."""


class StillRunning(Retry):
    """The handler ignores that its time is over. Its effects may still come, so the lease stays until it ends."""


class Input(Exception):
    """The input as a whole has no known form: the invocation fails."""


class Nameless(Exception):
    """An event failed and has no `deliveryid` to name it by. To leave it out of the answer would lose it."""


def store_failure(operation: str, error: BaseException) -> Retry:
    """Why a call to AWS failed. A refusal is a retry too: a person must act, and the event must still be there then."""
    if isinstance(error, ClientError):
        return Retry(f"{operation}: {error.response['Error']['Code']}")
    return Retry(f"{operation}: {type(error).__name__}")


def failure_of(error: BaseException) -> Failure:
    """An error that is not ours is named by its type and those of its causes: their texts might show the payload."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, ClientError):
        return store_failure(error.operation_name, error)
    names: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(names) < 5:
        names.append(type(cause).__name__)
        cause = cause.__cause__
    return Retry(f"the handler raised {': '.join(names)}")
