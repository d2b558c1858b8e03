"""A stack as a network of queues, in simulated time (simpy). One event is one object that is in one place at a time.

Assumed: times of calls are those of numbers.toml; shards and lanes get events evenly; no call fails but a processor's; S3,
the table and SNS are not short of anything; a message takes no time from SNS to its queue. Everything else is a setting of
the stack or a quota.
"""

import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import simpy

from .numbers import A, Q


@dataclass(slots=True)
class Event:
    """What one provider delivers once, and again if it is refused."""

    born: float
    stored: float | None = None
    routed: float | None = None


@dataclass
class Throttle:
    """API Gateway's token bucket."""

    rate: float
    burst: float
    tokens: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def take(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Lane:
    """One of the batches that the router has under way from a shard."""

    def __init__(self, env: simpy.Environment, batch: int, route: Callable[[Event], None]):
        self.env, self.batch, self.route = env, batch, route
        self.waiting: deque[Event] = deque()
        self.under_way = 0
        self.idle = True

    def put(self, event: Event) -> None:
        self.waiting.append(event)
        if self.idle:
            self.idle = False
            self.env.process(self.run())

    def run(self) -> Iterator[simpy.Event]:
        while self.waiting:
            taken = [self.waiting.popleft() for _ in range(min(self.batch, len(self.waiting)))]
            self.under_way = len(taken)
            yield self.env.timeout(A.route_s)
            for event in taken:
                event.routed = self.env.now
                self.route(event)
            self.under_way = 0
        self.idle = True

    def oldest(self) -> float | None:
        return self.waiting[0].stored if self.waiting else None


class Subscription:
    """A queue, its DLQ, and the pipe that reads it: 5 batches at once at first, 300 more each minute while events wait."""

    def __init__(
        self,
        env: simpy.Environment,
        *,
        batch: int,
        # Seconds for a batch that starts now.
        takes: Callable[[float], float],
        # Whether what ends now succeeds.
        succeeds: Callable[[float], bool] = lambda now: True,
        max_retries: int = 5,
        visibility_s: float = 360,
        first: int = Q.pipe_first_batches,
        more_per_min: float = Q.pipe_batches_per_min,
        most: int = Q.pipe_batches,
    ):
        self.env, self.batch, self.takes, self.succeeds = env, batch, takes, succeeds
        self.max_receives, self.visibility_s = max_retries + 1, visibility_s
        self.first, self.more_per_min, self.most = first, more_per_min, most
        # (event, when it came, how often it was received)
        self.visible: deque[tuple[Event, float, int]] = deque()
        self.hidden = self.busy = self.in_flight = self.done = self.tries = 0
        self.dlq: list[Event] = []
        self.allowed = float(first)
        self.waited = self.stayed = 0.0
        # The integral of the number of events that are here, for Little's law.
        self.area, self.changed = 0.0, 0.0
        if more_per_min:
            env.process(self.scale())

    def here(self) -> int:
        return len(self.visible) + self.hidden + self.in_flight

    def _count(self) -> None:
        now = self.env.now
        self.area += self.here() * (now - self.changed)
        self.changed = now

    def put(self, event: Event) -> None:
        self._count()
        self.visible.append((event, self.env.now, 0))
        self.dispatch()

    def scale(self) -> Iterator[simpy.Event]:
        while True:
            yield self.env.timeout(1)
            if self.visible:
                self.allowed = min(self.most, self.allowed + self.more_per_min / 60)
                self.dispatch()
            else:
                self.allowed = max(self.first, self.busy)

    def dispatch(self) -> None:
        while self.visible and self.busy < int(self.allowed):
            self._count()
            taken = []
            while self.visible and len(taken) < self.batch:
                event, came, received = self.visible.popleft()
                # SQS moves what was received too often when it would be received once more.
                if received == self.max_receives:
                    self.dlq.append(event)
                    continue
                if not received:
                    self.waited += self.env.now - came
                taken.append((event, came, received + 1))
            if taken:
                self.busy += 1
                self.in_flight += len(taken)
                self.tries += len(taken)
                self.env.process(self.work(taken))

    def work(self, taken: list[tuple[Event, float, int]]) -> Iterator[simpy.Event]:
        received_at = self.env.now
        yield self.env.timeout(self.takes(received_at))
        self._count()
        self.busy -= 1
        self.in_flight -= len(taken)
        if self.succeeds(self.env.now):
            self.done += len(taken)
            self.stayed += sum(self.env.now - came for _, came, _ in taken)
        else:
            self.hidden += len(taken)
            self.env.process(self.show(taken, received_at + self.visibility_s))
        self.dispatch()

    def show(self, taken: list[tuple[Event, float, int]], at: float) -> Iterator[simpy.Event]:
        yield self.env.timeout(max(0.0, at - self.env.now))
        self._count()
        self.hidden -= len(taken)
        self.visible.extend(taken)
        self.dispatch()

    def redrive(self) -> None:
        self._count()
        now = self.env.now
        self.visible.extend((event, now, 0) for event in self.dlq)
        self.dlq.clear()
        self.dispatch()


@dataclass
class Sample:
    """What a chart shows of one moment."""

    at: float
    delivered: int
    refused: int
    retrying: int
    stored: int
    routed: int
    route_lag_s: float
    waiting: dict[str, int]
    batches: dict[str, int]
    dlq: dict[str, int]
    done: dict[str, int]


class Stack:
    def __init__(
        self,
        env: simpy.Environment,
        rng: random.Random,
        *,
        rate: Callable[[float], float],
        throttle: Throttle,
        shards: int,
        parallelization: int,
        router_batch: int,
        subscriptions: dict[str, Subscription],
        every_s: float = 1.0,
    ):
        self.env, self.rng, self.rate, self.throttle = env, rng, rate, throttle
        # So that runs with the same seed and rate get the same deliveries, whatever becomes of them.
        self.arrivals = random.Random(rng.random())
        self.subscriptions = subscriptions
        self.delivered = self.refused = self.retrying = self.stored = self.routed = 0
        self.lanes = [Lane(env, router_batch, self.publish) for _ in range(shards * parallelization)]
        self.samples: list[Sample] = []
        env.process(self.provider())
        env.process(self.watch(every_s))

    def provider(self) -> Iterator[simpy.Event]:
        while True:
            # The rate stays for longer than a gap lasts, so what it is now serves for the gap.
            yield self.env.timeout(self.arrivals.expovariate(self.rate(self.env.now)))
            self.delivered += 1
            self.deliver(Event(self.env.now))

    def deliver(self, event: Event) -> None:
        if not self.throttle.take(self.env.now):
            self.refused += 1
            self.retrying += 1
            self.env.process(self.again(event))
            return
        self.stored += 1
        event.stored = self.env.now
        self.rng.choice(self.lanes).put(event)

    def again(self, event: Event) -> Iterator[simpy.Event]:
        yield self.env.timeout(A.provider_retry_s * self.rng.uniform(0.5, 1.5))
        self.retrying -= 1
        self.deliver(event)

    def publish(self, event: Event) -> None:
        self.routed += 1
        for subscription in self.subscriptions.values():
            subscription.put(event)

    def unrouted(self) -> int:
        return sum(len(lane.waiting) + lane.under_way for lane in self.lanes)

    def route_lag_s(self) -> float:
        """The age of the oldest pointer that is not routed."""
        return max((self.env.now - at for lane in self.lanes if (at := lane.oldest()) is not None), default=0.0)

    def watch(self, every_s: float) -> Iterator[simpy.Event]:
        while True:
            each = self.subscriptions.items()
            self.samples.append(
                Sample(
                    self.env.now,
                    self.delivered,
                    self.refused,
                    self.retrying,
                    self.stored,
                    self.routed,
                    self.route_lag_s(),
                    {name: s.here() for name, s in each},
                    {name: s.busy for name, s in each},
                    {name: len(s.dlq) for name, s in each},
                    {name: s.done for name, s in each},
                )
            )
            yield self.env.timeout(every_s)
