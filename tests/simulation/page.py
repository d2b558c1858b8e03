"""The tables of docs/scale.md, between marks in the page."""

import re

from .limits import RATES, fixed, limits, ramp_s, stacks
from .numbers import A, ASSUMPTIONS, QUOTAS
from .settings import Settings


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _table(head: tuple[str, ...], rows: list[tuple]) -> str:
    return "\n".join([_row(*head), "|" + "---|" * len(head), *(_row(*row) for row in rows)])


def _times(demand: float) -> str:
    if demand <= 1:
        return "holds"
    return f"**{demand:.2g} times**" if demand < 10 else f"**{demand:,.0f} times**"


def table_limits(settings: Settings) -> str:
    rows = []
    for limit in limits(settings):
        name = f"[{limit.name}]({QUOTAS[limit.quota]['source']})" if limit.quota else limit.name
        rows.append((name, limit.formula, f"{limit.events_per_s:,.0f}", *(_times(limit.demand(rate)) for rate in RATES), limit.remedy))
    return _table(("limit", "formula", "events/s", *(f"at {rate:,}" for rate in RATES), "above it"), rows)


def table_stacks(settings: Settings) -> str:
    rows = []
    for rate in RATES:
        below = [limit for limit in limits(settings) if limit.demand(rate) > 1 and limit.formula != "`throttle.rate`"]
        many, last = stacks(settings, rate), fixed(settings)
        rows.append(
            (
                f"{rate:,}",
                ", then ".join(f"{limit.name} ({limit.events_per_s:,.0f})" for limit in below[:2]) or "nothing",
                f"{last.name} ({last.events_per_s:,.0f})" if last.demand(rate) > 1 else "nothing",
                many,
                f"{rate / many:,.0f}",
                f"{ramp_s(rate / many, A.ingest_s):.1f} s",
            )
        )
    return _table(("events/s", "binds first, after `throttle`", "binds when all is raised", "stacks", "events/s for each", "`ingest`, from none"), rows)


def table_sns(_: Settings) -> str:
    regions = QUOTAS["sns_publish"]["by_region"]
    return _table(("regions", "messages/s"), [(region, f"{rate:,}") for region, rate in regions.items()])


def table_quotas(_: Settings) -> str:
    rows = [
        (f"[{name.replace('_', ' ')}]({quota['source']})", f"{quota['value']:,}", quota["unit"], "yes" if quota["can_be_raised"] else "no", quota.get("note", ""))
        for name, quota in QUOTAS.items()
    ]
    return _table(("quota", "value", "unit", "can be raised", ""), rows)


def table_assumptions(_: Settings) -> str:
    return _table(
        ("assumed", "value", "why"),
        [(name.replace("_", " "), f"{a['value']:g} {a['unit']}", a["why"]) for name, a in ASSUMPTIONS.items()],
    )


def table_figures(figures: dict[str, dict[str, int]], names: tuple[str, ...]) -> str:
    kinds = list(figures[names[0]])
    return _table(("", *names), [(kind, *(f"{figures[name][kind]:,}" for name in names)) for kind in kinds])


def filled(page: str, settings: Settings, figures: dict[str, dict[str, int]]) -> str:
    """The page with its tables. Each stands between `<!-- table NAME -->` and `<!-- end -->`."""
    tables = {
        "limits": table_limits(settings),
        "stacks": table_stacks(settings),
        "sns": table_sns(settings),
        "quotas": table_quotas(settings),
        "assumptions": table_assumptions(settings),
        "burst": table_figures(figures, ("burst", "burst, parallelization 1", "burst, throttled")),
        "slow": table_figures(figures, ("slow",)),
        "recovery": table_figures(figures, ("down for 25 minutes", "down for an hour")),
    }
    seen = set()

    def fill(mark: re.Match[str]) -> str:
        seen.add(mark[1])
        return f"<!-- table {mark[1]} -->\n{tables[mark[1]]}\n<!-- end -->"

    page = re.sub(r"(?s)<!-- table (\w+) -->\n.*?<!-- end -->", fill, page)
    if missing := tables.keys() - seen:
        raise LookupError(f"docs/scale.md has no place for: {', '.join(sorted(missing))}")
    return page
