"""The charts of docs/scale.md."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from . import scenarios  # noqa: E402
from .model import Stack  # noqa: E402

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
BLUE, ORANGE, GREEN, GREY = "#1f6fb4", "#d9660c", "#2b8a3e", "#868e96"

plt.rcParams.update(
    {"font.size": 11, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": "#e6e6e6", "legend.frameon": False}
)


def _minutes(stack: Stack) -> list[float]:
    return [sample.at / 60 for sample in stack.samples]


def _draw(name: str, panels: list[tuple[str, list[tuple[str, str, list[float], list[float]]]]], shade: tuple[float, float], shaded: str) -> None:
    figure, every = plt.subplots(len(panels), 1, figsize=(9, 2.7 * len(panels)), sharex=True, layout="constrained")
    for axes, (label, lines) in zip(every, panels, strict=True):
        axes.axvspan(shade[0] / 60, shade[1] / 60, color="#f1f3f5", label=shaded)
        for text, colour, x, y in lines:
            axes.plot(x, y, color=colour, linewidth=1.8, label=text)
        axes.set_title(label, loc="left", fontsize=11, fontweight="bold")
        axes.set_ylim(bottom=0)
        axes.margins(x=0.01)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=10)
    every[-1].set_xlabel("minutes")
    figure.savefig(PICTURES / f"scale-{name}.png", dpi=110, metadata={"Software": None})
    plt.close(figure)


def draw(runs: dict[str, Stack]) -> None:
    burst = {
        "parallelization 10": (BLUE, runs["burst"]),
        "parallelization 1": (ORANGE, runs["burst, parallelization 1"]),
        "throttled at 500/s": (GREEN, runs["burst, throttled"]),
    }
    _draw(
        "burst",
        [
            ("stored, but not yet routed", [(n, c, _minutes(s), [x.stored - x.routed for x in s.samples]) for n, (c, s) in burst.items()]),
            ("age of the oldest pointer that is not routed, seconds", [(n, c, _minutes(s), [x.route_lag_s for x in s.samples]) for n, (c, s) in burst.items()]),
            ("with the provider, which tries again after 429", [(n, c, _minutes(s), [x.retrying for x in s.samples]) for n, (c, s) in burst.items()]),
        ],
        (scenarios.BURST_FROM, scenarios.BURST_TO),
        f"{scenarios.BURST:,} deliveries/s",
    )
    slow = runs["slow"]
    both = (("slow", ORANGE), ("other", BLUE))
    _draw(
        "slow",
        [
            ("events in the queue and being processed", [(n, c, _minutes(slow), [x.waiting[n] for x in slow.samples]) for n, c in both]),
            ("batches at once", [(n, c, _minutes(slow), [x.batches[n] for x in slow.samples]) for n, c in both]),
        ],
        (scenarios.SLOW_FROM, scenarios.SLOW_TO),
        f"a batch takes {scenarios.SLOW_S} s",
    )
    downs = tuple(zip(scenarios.DOWNS, (BLUE, ORANGE), strict=True))
    _draw(
        "recovery",
        [
            ("events in the queue", [(n, c, _minutes(runs[n]), [x.waiting["one"] for x in runs[n].samples]) for n, c in downs]),
            ("events in the DLQ", [(n, c, _minutes(runs[n]), [x.dlq["one"] for x in runs[n].samples]) for n, c in downs]),
            ("events processed", [(n, c, _minutes(runs[n]), [x.done["one"] for x in runs[n].samples]) for n, c in downs]),
        ],
        (scenarios.DOWN_FROM, scenarios.down_to(60)),
        "down, an hour",
    )
