"""Which limit binds at which rate: each is a number of events a second, by a formula."""

import math
from dataclasses import dataclass, replace

from .numbers import A, Q, QUOTAS
from .settings import Settings

# Payload keys and time buckets begin with a hexadecimal digit (shared/domain/src/time_bucket.rs).
PREFIXES = 16
# functions/sweep/src/sweep.rs: AT_ONCE
SWEPT_AT_ONCE = 8
# decision 21
LISTED, QUERIED = 1000, 4000

# Terraform takes no less with a sweep every 15 minutes.
LEAST_LOOK_BACK_H = 2

RATES = (500, 10_000, 100_000)


@dataclass(frozen=True)
class Limit:
    """A limit of one stack that has an account to itself, and one subscription to all events."""

    name: str
    formula: str
    events_per_s: float
    # What you do at a higher rate.
    remedy: str
    # Of which quota of numbers.toml, if it is AWS's.
    quota: str | None = None
    # Nothing raises it but another stack.
    fixed: bool = False

    def demand(self, rate: float) -> float:
        """How many times the limit a rate needs."""
        return rate / self.events_per_s


def shards(units_per_s: float) -> int:
    """Of a table's stream: one for each partition. A new table has four (for 4,000 write units/s)."""
    return max(math.ceil(Q.table_new / Q.partition), math.ceil(units_per_s / Q.partition))


def router(settings: Settings, parallelization: int | None = None, units_per_s: float = 0) -> float:
    """Events a second that the router routes."""
    lanes = settings.router_parallelization if parallelization is None else parallelization
    return shards(units_per_s) * lanes * settings.router_batch / A.route_s


def sweep_by_time(settings: Settings) -> float:
    per_object = A.list_s * (1 / LISTED + 1 / QUERIED) / SWEPT_AT_ONCE
    return settings.sweep_timeout_s / per_object / (settings.sweep_look_back_h * 3600)


def sweep_by_memory(settings: Settings) -> float:
    per_rate = SWEPT_AT_ONCE * 3600 / PREFIXES * A.sweep_entry_bytes
    return settings.sweep_memory_mb * 1_000_000 / per_rate


def limits(settings: Settings) -> list[Limit]:
    """In the order in which they bind."""
    batch = settings.subscription_batch
    calls = 2 + 1 / batch
    busy = A.authorizer_s + A.ingest_s + A.process_batch_s / batch
    piped = A.route_s / settings.router_batch + A.process_batch_s / batch
    found = [
        Limit("the stage's own rate", "`throttle.rate`", settings.api_rate, "raise `throttle`: it is yours, and guards you from a flood"),
        Limit(
            "requests to functions",
            f"10 · concurrency / (2 + 1/{batch})",
            Q.lambda_requests_per_concurrency * Q.lambda_concurrency / calls,
            "raise the quota of concurrent executions: requests grow with it",
            "lambda_requests_per_concurrency",
        ),
        Limit(
            "environments of functions",
            f"concurrency / (T(authorizer) + T(ingest) + T(processor)/{batch})",
            Q.lambda_concurrency / busy,
            "raise the quota of concurrent executions",
            "lambda_concurrency",
        ),
        Limit("the API", "the account's rate", Q.api_rate, "raise the quota; the burst of 5,000 stays", "api_rate"),
        Limit(
            "the events table, new",
            "4,000 / units of a pointer",
            Q.table_new / A.units_per_pointer,
            "warm throughput, of the table and of by-time, before the load comes",
            "table_new",
        ),
        Limit("the events table, grown", "40,000 / units", Q.table_most / A.units_per_pointer, "raise the quota of the table", "table_most"),
        Limit(
            "the index by-time",
            f"{PREFIXES} buckets · 1,000 / units",
            PREFIXES * Q.partition / A.units_per_pointer,
            "more stacks: an hour has 16 buckets, and their sort key only grows",
            "partition",
            fixed=True,
        ),
        Limit(
            "the router, on a new table",
            f"4 shards · {settings.router_parallelization} · {settings.router_batch} / T(route)",
            router(settings),
            "nothing: shards grow with the table, and the router with them",
        ),
        Limit("SNS", "messages published", Q.sns_publish, "raise the quota: it is small in most regions, see below", "sns_publish"),
        Limit(
            "pipes at once",
            f"quota / (T(route)/{settings.router_batch} + T(processor)/{batch})",
            Q.pipes_at_once / piped,
            "ask AWS; make processors faster, for each subscription counts",
            "pipes_at_once",
        ),
        Limit(
            "one subscription's pipe",
            f"1,000 batches · {batch} / T(processor)",
            Q.pipe_batches * batch / A.process_batch_s,
            "make the processor faster, or divide its types over several subscriptions",
            "pipe_batches",
        ),
        Limit(
            "messages in flight of one queue",
            "120,000 / T(processor)",
            Q.sqs_in_flight / A.process_batch_s,
            "make the processor faster",
            "sqs_in_flight",
        ),
        Limit(
            "ordered subscriptions",
            f"4 shards · {settings.fan_batch} / T(fan)",
            shards(0) * settings.fan_parallelization * settings.fan_batch / A.fan_s,
            "nothing: shards grow with the table. T(fan) grows with the ordered subscriptions",
        ),
        Limit("S3, a new bucket", "3,500", Q.s3_puts_per_prefix, "let the load grow over some hours, or ask AWS to partition the bucket", "s3_puts_per_prefix"),
        Limit("S3, partitioned", f"{PREFIXES} prefixes · 3,500", PREFIXES * Q.s3_puts_per_prefix, "more stacks", "s3_puts_per_prefix", fixed=True),
        Limit("KMS", "quota / 0.02", Q.kms_requests / A.kms_per_event, "raise the quota", "kms_requests"),
        Limit(
            "the sweep's time",
            f"{settings.sweep_timeout_s} s · {SWEPT_AT_ONCE} at once / (T(list) · (1/1,000 + 1/4,000)) / {settings.sweep_look_back_h} h",
            sweep_by_time(settings),
            f"lower `sweep.look_back_hours` to {LEAST_LOOK_BACK_H}; beyond, more stacks",
            fixed=settings.sweep_look_back_h == LEAST_LOOK_BACK_H,
        ),
        Limit(
            "the sweep's memory",
            f"{settings.sweep_memory_mb} MB / ({SWEPT_AT_ONCE} · 3,600/{PREFIXES} · 40 bytes)",
            sweep_by_memory(settings),
            "more stacks",
            fixed=True,
        ),
    ]
    assert all(limit.quota is None or limit.quota in QUOTAS for limit in found)
    return sorted(found, key=lambda limit: limit.events_per_s)


def fixed(settings: Settings) -> Limit:
    """What binds first when everything is raised that can be."""
    return next(limit for limit in limits(replace(settings, sweep_look_back_h=LEAST_LOOK_BACK_H)) if limit.fixed)


def stacks(settings: Settings, rate: float) -> int:
    """How many stacks a rate needs then."""
    return math.ceil(rate / fixed(settings).events_per_s)


def ramp_s(rate: float, duration_s: float) -> float:
    """Seconds until Lambda has enough environments for a function, from none."""
    return rate * duration_s / Q.lambda_scaling_per_s
