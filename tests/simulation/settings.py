"""What Terraform says: defaults of its variables, and numbers of its resources. A changed default changes docs/scale.md."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import hcl2

TERRAFORM = Path(__file__).resolve().parents[2] / "terraform"


@cache
def _file(name: str) -> dict:
    with (TERRAFORM / name).open() as file:
        return hcl2.load(file)


def _one(found: list[str], what: str) -> int:
    if len(found) != 1:
        raise LookupError(f"Terraform does not say {what} once, but {len(found)} times")
    return int(found[0])


def optional(file: str, variable: str, member: str) -> int:
    """The default of a member of an object: the 500 of `rate = optional(number, 500)`."""
    blocks = [block[name] for block in _file(file)["variable"] for name in block if name.strip('"') == variable]
    kinds = " ".join(str(block["type"]) for block in blocks)
    return _one(re.findall(rf"\b{member} = optional\(number, (\d+)\)", kinds), f"{variable}.{member}")


def argument(file: str, pattern: str) -> int:
    """A number in a file, by a pattern with one group. For what is an expression and not a variable."""
    return _one(re.findall(pattern, (TERRAFORM / file).read_text()), f"{pattern} in {file}")


@dataclass(frozen=True)
class Settings:
    """A stack with the defaults, and the standard lane."""

    api_rate: int
    api_burst: int
    router_parallelization: int
    router_window_s: int
    router_batch: int
    fan_batch: int
    fan_parallelization: int
    subscription_batch: int
    max_retries: int
    visibility_timeout_s: int
    route_lag_alarm_s: int
    sweep_every_min: int
    sweep_look_back_h: int
    sweep_memory_mb: int
    sweep_timeout_s: int


def defaults() -> Settings:
    return Settings(
        api_rate=optional("variables.tf", "throttle", "rate"),
        api_burst=optional("variables.tf", "throttle", "burst"),
        router_parallelization=optional("variables_scale.tf", "router", "parallelization"),
        router_window_s=optional("variables_scale.tf", "router", "batching_window_s"),
        router_batch=argument("routing.tf", r"(?m)^ +batch_size += (\d+)$"),
        fan_batch=argument("modules/fan/pipe.tf", r"(?m)^ +batch_size += (\d+)$"),
        fan_parallelization=argument("modules/fan/pipe.tf", r"(?m)^ +parallelization_factor = (\d+)$"),
        subscription_batch=argument("modules/subscription/target.tf", r"coalesce\(var\.subscription\.batch_size, (\d+)\)"),
        max_retries=optional("modules/subscription/variables.tf", "subscription", "max_retries"),
        visibility_timeout_s=argument("subscriptions.tf", r"var\.processors\[subscription\.target\.processor\]\.timeout_s, (\d+)\)"),
        route_lag_alarm_s=argument("variables.tf", r'(?s)variable "route_lag_alarm_s" \{.*?default += (\d+)'),
        sweep_every_min=optional("variables.tf", "sweep", "every_minutes"),
        sweep_look_back_h=optional("variables.tf", "sweep", "look_back_hours"),
        sweep_memory_mb=argument("sweep.tf", r"(?m)^ +memory_mb += (\d+)$"),
        sweep_timeout_s=argument("sweep.tf", r"(?m)^ +timeout_s += (\d+)$"),
    )
