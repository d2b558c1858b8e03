"""The formulas, by numbers that were worked out by hand, and that each number comes from where it should."""

import re
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from simulation import page, scenarios, settings
from simulation.limits import PREFIXES, SWEPT_AT_ONCE, limits, ramp_s, router, shards, stacks
from simulation.numbers import A, ASSUMPTIONS, Q, QUOTAS, TABLE

STACK = settings.defaults()
ROOT = Path(__file__).resolve().parents[3]


def by_name(stack=STACK) -> dict[str, float]:
    return {limit.name: limit.events_per_s for limit in limits(stack)}


class Limits(unittest.TestCase):
    def test_the_known_ones(self):
        stack = replace(STACK, api_rate=500, router_parallelization=10, router_batch=10, subscription_batch=10, sweep_look_back_h=3)
        found = by_name(stack)
        self.assertEqual(found["the stage's own rate"], 500)
        # Four shards, ten batches of ten in a tenth of a second: what a new table takes.
        self.assertAlmostEqual(found["the router, on a new table"], 4_000)
        self.assertAlmostEqual(router(stack, parallelization=1), 400)
        # 10,000 requests a second; authorizer, ingest, and a tenth of a processor.
        self.assertAlmostEqual(found["requests to functions"], 10_000 / 2.1)
        self.assertEqual(found["the index by-time"], 16_000)
        self.assertEqual(found["S3, partitioned"], 56_000)
        # 900 s, eight at once, 0.125 ms for an object, three hours.
        self.assertAlmostEqual(found["the sweep's time"], 900 * 8 / 0.000125 / 10_800)

    def test_they_are_in_the_order_in_which_they_bind(self):
        rates = [limit.events_per_s for limit in limits(STACK)]
        self.assertEqual(rates, sorted(rates))

    def test_a_larger_pointer_halves_what_the_table_takes(self):
        before, A.units_per_pointer = by_name(), 2
        try:
            after = by_name()
        finally:
            A.units_per_pointer = 1
        for name in ("the events table, new", "the index by-time"):
            self.assertEqual(after[name], before[name] / 2, name)

    def test_the_default_router_keeps_up_with_each_shard(self):
        for units in (0, 4_000, 40_000, 100_000):
            self.assertGreaterEqual(router(STACK, units_per_s=units), shards(units) * Q.partition / A.units_per_pointer)

    def test_each_stack_stays_below_what_cannot_be_raised(self):
        self.assertEqual(stacks(STACK, 500), 1)
        for rate in (10_000, 100_000):
            self.assertLessEqual(rate / stacks(STACK, rate), PREFIXES * Q.partition)
        self.assertEqual(ramp_s(1_000, 0.1), 1)


class Sources(unittest.TestCase):
    def test_every_quota_has_a_page_of_aws(self):
        for name, quota in QUOTAS.items():
            self.assertRegex(quota["source"], r"^https://docs\.aws\.amazon\.com/", name)
        for name, assumption in ASSUMPTIONS.items():
            self.assertGreater(len(assumption["why"]), 20, name)

    def test_constants_are_those_of_the_code(self):
        buckets = (ROOT / "shared/domain/src/time_bucket.rs").read_text()
        self.assertEqual(len(re.search(r'SHARDS: &str = "(\w+)"', buckets)[1]), PREFIXES)
        sweep = (ROOT / "functions/sweep/src/sweep.rs").read_text()
        self.assertEqual(int(re.search(r"AT_ONCE: usize = (\d+)", sweep)[1]), SWEPT_AT_ONCE)

    def test_a_changed_default_changes_the_settings(self):
        with tempfile.TemporaryDirectory() as folder:
            text = (settings.TERRAFORM / "variables_scale.tf").read_text()
            (Path(folder) / "variables_scale.tf").write_text(text.replace("optional(number, 10)", "optional(number, 3)"))
            real, settings.TERRAFORM = settings.TERRAFORM, Path(folder)
            settings._file.cache_clear()
            try:
                self.assertEqual(settings.optional("variables_scale.tf", "router", "parallelization"), 3)
                with self.assertRaises(LookupError):
                    settings.optional("variables_scale.tf", "router", "no_such_member")
            finally:
                settings.TERRAFORM = real
                settings._file.cache_clear()

    def test_fan_has_one_batch_of_a_shard(self):
        self.assertEqual(STACK.fan_parallelization, 1)

    def test_the_pages_words_are_those_of_the_scenarios(self):
        text = " ".join((ROOT / "docs/scale.md").read_text().split())
        known = (
            f"{scenarios.BURST:,} deliveries a second for {scenarios.BURST_TO - scenarios.BURST_FROM} seconds, {scenarios.QUIET} before and after",
            f"{scenarios.STEADY} events a second for two subscriptions",
            f"For {(scenarios.SLOW_TO - scenarios.SLOW_FROM) // 60} minutes, one processor takes {scenarios.SLOW_S // 60} minutes for each batch",
            f"for an hour; {scenarios.DOWN_RATE} events a second",
            f"tried {STACK.max_retries + 1} times within {scenarios.tries_s(STACK) // 60} minutes",
            f"takes {STACK.api_rate} deliveries a second",
            f"it would route some {router(STACK, parallelization=1):.0f} a second",
            f"as AWS's pages said on {TABLE['read_on']}",
        )
        self.assertEqual([words for words in known if words not in text], [])

    def test_a_page_without_a_place_for_a_table_is_refused(self):
        with self.assertRaises(LookupError):
            page.filled("# A page\n", STACK, {name: {"x": 1} for name in ("burst", "burst, parallelization 1", "burst, throttled", "slow", *scenarios.DOWNS)})


if __name__ == "__main__":
    unittest.main()
