"""The environment that Terraform sets: docs/processors.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping

_LEVELS = ("error", "warn", "info", "debug")


class SettingsProblem(Exception):
    """Names everything that is wrong with the environment."""


@dataclass(frozen=True)
class Settings:
    """A processor's settings."""

    stack: str
    processor: str
    table: str | None
    """None: idempotency is off."""
    ttl_s: int
    claims: bool
    """Whether an event is claimed before its handler runs; otherwise it is only marked afterwards."""
    at_once: int
    event_timeout_s: float | None
    keep_order: bool
    log_level: str


def read(environment: Mapping[str, str]) -> Settings:
    """Reads all of them, or raises one error about all that are wrong."""
    problems: list[str] = []

    def text(name: str) -> str:
        value = environment.get(name, "")
        if not value:
            problems.append(f"{name} is not set")
        return value

    def choice(name: str, choices: tuple[str, ...], default: str) -> str:
        value = environment.get(name) or default
        if value not in choices:
            problems.append(f"{name} must be one of {', '.join(choices)}")
        return value

    def number(name: str, most: int, default: int | None = None) -> int | None:
        value = environment.get(name)
        if not value and default is not None:
            return default
        if not value or not (value.isascii() and value.isdigit()) or not 1 <= int(value) <= most:
            problems.append(f"{name} must be a whole number from 1 to {most}")
            return None
        return int(value)

    idempotent = choice("IDEMPOTENCY", ("on", "off"), "on") == "on"
    days = number("PROCESSED_TTL_DAYS", 3650) if idempotent else None
    settings = Settings(
        stack=text("STACK"),
        processor=text("PROCESSOR"),
        table=text("PROCESSED_TABLE") if idempotent else None,
        ttl_s=(days or 0) * 86_400,
        claims=choice("RECORD", ("claim", "mark"), "claim") == "claim",
        at_once=number("EVENTS_AT_ONCE", 100, 8) or 1,
        event_timeout_s=number("EVENT_TIMEOUT_S", 900) if environment.get("EVENT_TIMEOUT_S") else None,
        keep_order=choice("KEEP_ORDER", ("on", "off"), "off") == "on",
        log_level=choice("LOG_LEVEL", _LEVELS, "info"),
    )
    if problems:
        raise SettingsProblem("; ".join(problems))
    return settings
