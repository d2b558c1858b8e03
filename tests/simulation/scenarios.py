"""What is simulated, and the figures of it that docs/scale.md has. The same seed gives the same figures."""

import random

import simpy

from .limits import shards
from .model import Sample, Stack, Subscription, Throttle
from .numbers import A
from .settings import Settings

SEED = 20_261_127

# A burst: so many deliveries a second, from one second to another.
QUIET, BURST, BURST_FROM, BURST_TO, BURST_ENDS = 50, 1_500, 30, 70, 300
# A slow processor: a batch takes so long.
STEADY, SLOW_S, SLOW_FROM, SLOW_TO, SLOW_ENDS = 40, 300, 120, 1_020, 1_440
# A processor that fails, and a redrive of its DLQ.
DOWN_RATE, DOWN_FROM, DOWN_ENDS = 5, 300, 6_000
REDRIVE_AFTER = 300


def _stack(settings: Settings, rate, subscriptions, *, parallelization=None, throttle=None, every_s=1.0) -> tuple[simpy.Environment, Stack]:
    env = simpy.Environment()
    subscriptions = {
        name: Subscription(env, batch=settings.subscription_batch, max_retries=settings.max_retries, visibility_s=settings.visibility_timeout_s, **how)
        for name, how in subscriptions.items()
    }
    stack = Stack(
        env,
        random.Random(SEED),
        rate=rate,
        throttle=Throttle(*(throttle or (settings.api_rate, settings.api_burst))),
        shards=shards(0),
        parallelization=parallelization or settings.router_parallelization,
        router_batch=settings.router_batch,
        subscriptions=subscriptions,
        every_s=every_s,
    )
    return env, stack


def burst(settings: Settings, *, parallelization: int | None = None, throttled: bool = False) -> Stack:
    """A burst, with the API's rate at its default or out of the way."""
    env, stack = _stack(
        settings,
        lambda now: BURST if BURST_FROM <= now < BURST_TO else QUIET,
        {"one": {"takes": lambda now: A.process_batch_s}},
        parallelization=parallelization,
        throttle=None if throttled else (2 * BURST, 2 * BURST),
    )
    env.run(until=BURST_ENDS)
    return stack


def slow(settings: Settings) -> Stack:
    """Two subscriptions to all events. The processor of one takes far longer for a quarter of an hour."""
    env, stack = _stack(
        settings,
        lambda now: STEADY,
        {
            "slow": {"takes": lambda now: SLOW_S if SLOW_FROM <= now < SLOW_TO else A.process_batch_s},
            "other": {"takes": lambda now: A.process_batch_s},
        },
    )
    env.run(until=SLOW_ENDS)
    return stack


def tries_s(settings: Settings) -> int:
    """For how long an event is tried: a processor that fails for less sends nothing to the DLQ."""
    return settings.max_retries * settings.visibility_timeout_s


def down_to(minutes: int) -> int:
    return DOWN_FROM + minutes * 60


def down(settings: Settings, *, minutes: int, redrive: bool = True) -> Stack:
    """A processor fails at once whatever it gets, for so long. Somebody redrives the DLQ afterwards."""
    until = down_to(minutes)
    env, stack = _stack(
        settings,
        lambda now: DOWN_RATE,
        {"one": {"takes": lambda now: A.process_batch_s, "succeeds": lambda now: not DOWN_FROM <= now < until}},
        every_s=10.0,
    )
    if redrive:

        def later():
            # The last of what failed reaches the DLQ so much later.
            yield env.timeout(until + settings.visibility_timeout_s + REDRIVE_AFTER)
            stack.subscriptions["one"].redrive()

        env.process(later())
    env.run(until=DOWN_ENDS)
    return stack


def _over(samples: list[Sample], value, least: float, after: float) -> int:
    """Seconds from `after` until a value is at most `least` and stays there."""
    last = max((sample.at for sample in samples if sample.at >= after and value(sample) > least), default=after)
    return round(last - after)


def figures(settings: Settings, runs: dict[str, Stack]) -> dict[str, dict[str, int]]:
    """Whole numbers, so that they compare on every machine."""
    found = {}
    for name in ("burst", "burst, parallelization 1", "burst, throttled"):
        samples = runs[name].samples
        found[name] = {
            "delivered": samples[-1].delivered,
            "refused": samples[-1].refused,
            "greatest route lag, s": round(max(s.route_lag_s for s in samples)),
            "router done after the burst, s": _over(samples, lambda s: s.stored - s.routed, 2 * QUIET, BURST_TO),
            "all done after the burst, s": _over(samples, lambda s: s.delivered - s.done["one"], 4 * QUIET, BURST_TO),
        }
    samples = runs["slow"].samples
    found["slow"] = {
        "most waiting, slow": max(s.waiting["slow"] for s in samples),
        "most waiting, other": max(s.waiting["other"] for s in samples),
        "most batches at once, slow": max(s.batches["slow"] for s in samples),
        "slow done after it recovers, s": _over(samples, lambda s: s.waiting["slow"], 2 * STEADY, SLOW_TO),
        "dead letters": max(s.dlq["slow"] for s in samples),
    }
    for name, minutes in DOWNS.items():
        samples = runs[name].samples
        found[name] = {
            "most waiting": max(s.waiting["one"] for s in samples),
            "most dead letters": max(s.dlq["one"] for s in samples),
            "all done after it recovers, s": _over(samples, lambda s: s.delivered - s.done["one"], 5 * DOWN_RATE, down_to(minutes)),
        }
    return found


DOWNS = {"down for 25 minutes": 25, "down for an hour": 60}


def run(settings: Settings) -> dict[str, Stack]:
    return {
        "burst": burst(settings),
        "burst, parallelization 1": burst(settings, parallelization=1),
        "burst, throttled": burst(settings, throttled=True),
        "slow": slow(settings),
        **{name: down(settings, minutes=minutes) for name, minutes in DOWNS.items()},
    }
