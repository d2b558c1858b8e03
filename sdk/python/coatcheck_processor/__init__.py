"""For processors of Coatcheck: decode events, redeem payloads, handle each event once.

    from coatcheck_processor import Event, Reject, processor

    def count_lines(event: Event) -> str:
        if event.content_type != "text/plain":
            raise Reject("not text/plain")
        lines = event.payload().count(b"\\n")
        return f"{lines} lines"

    handler = processor(count_lines)

Delivery is at least once. An event that is marked as done is not handled again, but an event whose function is killed
before the mark is: it must be safe to repeat your effects with the same `Event.ref`.
"""

from .event import Claim, Event
from .failures import Failure, Reject, Retry
from .function import LambdaContext, processor, task
from .payload import RedeemProblem

__all__ = ["Claim", "Event", "Failure", "LambdaContext", "RedeemProblem", "Reject", "Retry", "processor", "task"]
