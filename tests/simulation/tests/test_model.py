"""The model against what queueing theory says, and nothing may get lost in it."""

import math
import random
import unittest

import simpy

from simulation.model import Event, Stack, Subscription, Throttle


def erlang_c(arrivals: float, service: float, servers: int) -> float:
    """The mean wait in M/M/c: Erlang's formula C (A. K. Erlang, 1917; any textbook of queueing)."""
    load = arrivals / service
    queued = load**servers / math.factorial(servers) * servers / (servers - load)
    none = sum(load**k / math.factorial(k) for k in range(servers))
    return queued / (none + queued) / (servers * service - arrivals)


def mmc(arrivals: float, service: float, servers: int, until: float, seed: int) -> Subscription:
    """The model's subscription as M/M/c: fixed batches of one at once."""
    env, rng = simpy.Environment(), random.Random(seed)
    queue = Subscription(env, batch=1, takes=lambda now: rng.expovariate(service), first=servers, more_per_min=0, most=servers)

    def source():
        while True:
            yield env.timeout(rng.expovariate(arrivals))
            queue.put(Event(env.now))

    env.process(source())
    env.run(until=until)
    queue._count()
    return queue


class Theory(unittest.TestCase):
    def test_waits_are_those_of_erlangs_formula(self):
        self.assertAlmostEqual(erlang_c(0.5, 1, 1), 1.0, msg="M/M/1: rho / (mu - lambda)")
        for arrivals, servers in ((3.0, 4), (8.0, 10)):
            runs = [mmc(arrivals, 1.0, servers, 8_000, seed) for seed in range(5)]
            measured = sum(run.waited for run in runs) / sum(run.tries for run in runs)
            expected = erlang_c(arrivals, 1.0, servers)
            self.assertLess(abs(measured - expected) / expected, 0.06, (servers, measured, expected))

    def test_littles_law_holds(self):
        until = 10_000.0
        queue = mmc(3.0, 1.0, 4, until, seed=11)
        mean_here = queue.area / until
        rate, mean_stay = queue.done / until, queue.stayed / queue.done
        self.assertLess(abs(mean_here - rate * mean_stay) / mean_here, 0.01)


class Everything(unittest.TestCase):
    def stack(self, *, rate=20.0, throttle=(50, 50), succeeds=lambda now: True, takes=lambda now: 0.5, parallelization=2, seed=3):
        env = simpy.Environment()
        one = Subscription(env, batch=10, takes=takes, succeeds=succeeds, max_retries=2, visibility_s=20)
        two = Subscription(env, batch=10, takes=lambda now: 0.5)
        stack = Stack(
            env,
            random.Random(seed),
            rate=lambda now: rate,
            throttle=Throttle(*throttle),
            shards=2,
            parallelization=parallelization,
            router_batch=10,
            subscriptions={"one": one, "two": two},
        )
        return env, stack, one, two

    def conserved(self, stack: Stack) -> None:
        self.assertEqual(stack.delivered, stack.stored + stack.retrying)
        self.assertEqual(stack.stored, stack.routed + stack.unrouted())
        for name, queue in stack.subscriptions.items():
            self.assertEqual(stack.routed, queue.done + len(queue.dlq) + queue.here(), name)

    def test_nothing_is_lost_at_any_moment(self):
        for name, how in {
            "quiet": {},
            "throttled": {"throttle": (5, 5)},
            "fails now and then": {"succeeds": lambda now: int(now) % 3 > 0},
            "fails": {"succeeds": lambda now: False},
            "slow": {"takes": lambda now: 40.0},
            "one lane": {"parallelization": 1, "rate": 300.0, "throttle": (900, 900)},
        }.items():
            env, stack, *_ = self.stack(**how)
            for moment in range(10, 200, 7):
                env.run(until=moment + 0.123)
                with self.subTest(name, moment=moment):
                    self.conserved(stack)
            self.assertGreater(stack.routed, 100, name)

    def test_a_failing_processor_delays_no_other(self):
        env, stack, one, two = self.stack(succeeds=lambda now: False)
        env.run(until=300)
        self.assertEqual(one.done, 0)
        self.assertLess(two.here(), 60)
        self.assertGreater(len(one.dlq), 4_000)
        self.conserved(stack)

    def test_an_event_is_tried_as_often_as_it_may_be_and_then_ends_in_the_dlq(self):
        env = simpy.Environment()
        queue = Subscription(env, batch=10, takes=lambda now: 1.0, succeeds=lambda now: False, max_retries=2, visibility_s=20)
        queue.put(Event(0.0))
        env.run(until=59.9)
        self.assertEqual((queue.tries, len(queue.dlq)), (3, 0))
        env.run(until=60.1)
        self.assertEqual((queue.tries, len(queue.dlq), queue.here()), (3, 1, 0))
        queue.succeeds = lambda now: True
        queue.redrive()
        env.run(until=70)
        self.assertEqual((queue.done, len(queue.dlq)), (1, 0))

    def test_the_router_is_as_fast_as_its_lanes(self):
        for lanes in (1, 2):
            env, stack, *_ = self.stack(rate=2_000.0, throttle=(9_000, 9_000), parallelization=lanes)
            env.run(until=20)
            # Two shards; ten events in each tenth of a second.
            self.assertLess(abs(stack.routed / 20 / (2 * lanes * 100) - 1), 0.02)

    def test_a_pipe_takes_more_batches_minute_by_minute(self):
        env = simpy.Environment()
        queue = Subscription(env, batch=1, takes=lambda now: 10_000.0)
        for _ in range(2_000):
            queue.put(Event(0.0))
        self.assertEqual(queue.busy, 5)
        env.run(until=60.5)
        self.assertEqual(queue.busy, 305)
        env.run(until=600)
        self.assertEqual(queue.busy, 1_000)

    def test_the_throttle_lets_the_burst_through_and_then_the_rate(self):
        throttle = Throttle(10, 100)
        self.assertEqual(sum(throttle.take(0.0) for _ in range(500)), 100)
        self.assertAlmostEqual(sum(throttle.take(n / 100) for n in range(1, 1_001)), 100, delta=1)


if __name__ == "__main__":
    unittest.main()
