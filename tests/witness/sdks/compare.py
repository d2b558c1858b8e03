"""Signs with one side, verifies with the other, and forges: both must agree every time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from witness.sdks import bodies
from witness.sdks.providers import Provider
from witness.sdks.talk import Delivery, Failure, Ours, Theirs

# Older than any window that a preset has.
STALE_S = 8 * 24 * 3600


@dataclass
class Tally:
    """The cases of one column, and those that failed."""

    cases: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, is_right: bool, told: str) -> None:
        """One case."""
        self.cases += 1
        if not is_right:
            self.wrong.append(told)

    def __str__(self) -> str:
        return f"{self.cases - len(self.wrong)}/{self.cases}" if self.cases else "-"


@dataclass
class Result:
    """A row of the table."""

    to_us: Tally = field(default_factory=Tally)
    from_us: Tally = field(default_factory=Tally)
    forged: Tally = field(default_factory=Tally)
    # Known differences that were found, and still exist.
    known: set[str] = field(default_factory=set)

    @property
    def wrong(self) -> list[str]:
        """Every finding."""
        return [*self.to_us.wrong, *self.from_us.wrong, *self.forged.wrong]


def run(provider: Provider, ours: Ours, theirs: Theirs) -> Result:
    """All cases of one provider."""
    result = Result()
    now = int(time.time())
    for body_name, body in provider.make(provider.fields(now)).items():
        unsigned = Delivery(provider.headers, body)
        for direction, signer, verifier, tally in (("to us", theirs, ours, result.to_us), ("from us", ours, theirs, result.from_us)):
            if signer is ours and not provider.we_sign:
                continue
            told = f"{provider.name} {direction}, {body_name}"
            known = next((case for case in (body_name, direction) if case in provider.differs), None)
            # Some libraries accept a time up to five seconds old.
            now = int(time.time())
            try:
                delivery = signer.sign(unsigned, provider.keys.sign, now)
            except Failure as problem:
                tally.count(False, f"{told}: cannot be signed: {problem}")
                continue
            outcome = verifier.verify(delivery, provider.keys.verify, now)
            if known is not None:
                if outcome == "valid":
                    tally.count(False, f"{told}: listed as a known difference, and there is none any more")
                result.known.add(provider.differs[known])
                continue
            tally.count(outcome == "valid", f"{told}: {outcome}")
            # A library that refuses everything would agree on every forgery.
            own = signer.verify(delivery, provider.keys.verify, now)
            if own != "valid":
                tally.wrong.append(f"{told}: the signer itself says {own}")
            for forged_name, forged, key, at in forgeries(provider, delivery, now):
                for who, judge in (("ours", ours), ("theirs", theirs)):
                    outcome = judge.verify(forged, key, at)
                    result.forged.count(outcome != "valid", f"{told}, {forged_name}: taken by {who}")
        for who, signer in (("theirs", theirs), ("ours", ours)):
            stale(provider, unsigned, signer, ours, theirs, who, result)
    return result


def stale(provider: Provider, unsigned: Delivery, signer, ours: Ours, theirs: Theirs, who: str, result: Result) -> None:
    """A delivery of last week, if the provider's library checks the time."""
    if not provider.clock or "webhookTimestamp" in provider.fields(0) or (signer is ours and not provider.we_sign):
        return
    now = int(time.time())
    delivery = signer.sign(unsigned, provider.keys.sign, now - STALE_S)
    told = f"{provider.name}, signed by {who} {STALE_S} s ago"
    outcome = ours.verify(delivery, provider.keys.verify, now)
    result.forged.count(outcome == "timestamp_stale", f"{told}: ours says {outcome}")
    result.forged.count(theirs.verify(delivery, provider.keys.verify, now) != "valid", f"{told}: taken by theirs")


def forgeries(provider: Provider, delivery: Delivery, now: int) -> Iterator[tuple[str, Delivery, str, int]]:
    """Deliveries that must be refused: what was done, the delivery, the key, the clock."""
    key = provider.keys.verify
    yield "another key", delivery, provider.keys.other, now
    yield "another body", Delivery(delivery.headers, forge_body(provider, delivery.body)), key, now
    if not provider.signature:
        return
    torn, none = delivery, delivery
    for name in provider.signature:
        value = delivery.header(name)
        torn = torn.with_header(name, other_signature(value))
        none = none.with_header(name, None)
    yield "another signature", torn, key, now
    yield "no signature", none, key, now
    for name in provider.signed:
        yield f"another {name}", delivery.with_header(name, other_text(delivery.header(name))), key, now


def forge_body(provider: Provider, body: bytes) -> bytes:
    """A body that differs in its signed part."""
    if not provider.signature:
        # Adyen signs eight fields.
        return body.replace(b'"eventCode": "A', b'"eventCode": "B').replace(b'"eventCode":"A', b'"eventCode":"B')
    return bodies.one_letter(body)


def other_signature(value: str) -> str:
    """Another signature of the same form: one letter before its end is another."""
    at = len(value) - 10
    letter = value[at]
    # The letters in both hex and base64.
    return value[:at] + ("b" if letter in "aA" else "a") + value[at + 1 :]


def other_text(value: str) -> str:
    """Another text of the same length: its last letter or digit but one moves."""
    at = len(value) - 2
    while at > 0 and not value[at].isalnum():
        at -= 1
    return value[:at] + chr(bodies.same_letter(ord(value[at]))) + value[at + 1 :]
