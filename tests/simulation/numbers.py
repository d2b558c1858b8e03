"""The quotas and assumptions of numbers.toml."""

import tomllib
from pathlib import Path
from types import SimpleNamespace

TABLE = tomllib.loads((Path(__file__).parent / "numbers.toml").read_text())

QUOTAS: dict[str, dict] = TABLE["quota"]
ASSUMPTIONS: dict[str, dict] = TABLE["assumption"]

Q = SimpleNamespace(**{name: quota["value"] for name, quota in QUOTAS.items()})
A = SimpleNamespace(**{name: assumption["value"] for name, assumption in ASSUMPTIONS.items()})
