"""Writes docs/scale.md's tables, figures and charts, or checks that they are what the code says: python -m simulation write|check."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from . import page, scenarios, settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "scale.md"
FIGURES = Path(__file__).parent / "figures.json"


def main(what: str) -> int:
    stack = settings.defaults()
    runs = scenarios.run(stack)
    figures = scenarios.figures(stack, runs)
    text = json.dumps({"settings": asdict(stack), "seed": scenarios.SEED, "figures": figures}, indent=2) + "\n"
    filled = page.filled(PAGE.read_text(), stack, figures)
    if what == "write":
        from . import plots

        FIGURES.write_text(text)
        PAGE.write_text(filled)
        plots.draw(runs)
        return 0
    stale = [str(path.relative_to(ROOT)) for path, now in ((FIGURES, text), (PAGE, filled)) if path.read_text() != now]
    for path in stale:
        print(f"{path} is not what the simulation and Terraform's defaults give: run make simulate, and look at the charts", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["write"], ["check"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
