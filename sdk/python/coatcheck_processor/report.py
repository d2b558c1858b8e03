"""What became of an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from .deliveries import DeadLetter
from .event import Event
from .failures import Failure


@dataclass(frozen=True)
class Processed:
    """Its handler is done with it."""

    summary: str
    age_ms: int
    """Since the delivery was received."""


@dataclass(frozen=True)
class DoneBefore:
    """It was done at an earlier delivery."""

    summary: str


Outcome = Union[Processed, DoneBefore, Failure]


@dataclass
class EventReport:
    """The result for one event of a batch."""

    identifier: str | None
    """What an answer must name to get the event again."""
    event: Event | None
    """None: it could not be decoded."""
    outcome: Outcome
    dead_letter: DeadLetter | None
    given_up: bool = False
    """It is in the dead-letter queue, so it need not be delivered again."""
