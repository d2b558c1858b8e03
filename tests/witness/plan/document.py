"""Reads `terraform show -json`, of a plan or of a state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def values(document: dict) -> dict:
    """The root of what will be, or is, there."""
    return document["planned_values" if "planned_values" in document else "values"]


def resources(document: dict) -> Iterator[dict]:
    """Every managed resource with its address, type and values."""

    def walk(module: dict) -> Iterator[dict]:
        yield from (resource for resource in module.get("resources", []) if resource["mode"] == "managed")
        for child in module.get("child_modules", []):
            yield from walk(child)

    yield from walk(values(document)["root_module"])


def of_type(document: dict, *types: str) -> Iterator[dict]:
    """The resources of these types."""
    return (resource for resource in resources(document) if resource["type"] in types)


def output(document: dict, name: str) -> Any:
    """The value of an output, None where it is not known or not there."""
    return values(document).get("outputs", {}).get(name, {}).get("value")


def changed_output(document: dict, name: str) -> Any:
    """The parts of an output that a plan knows, also where it does not know all of it."""
    known = output(document, name)
    return known if known is not None else document.get("output_changes", {}).get(name, {}).get("after")


def configured(document: dict) -> Iterator[dict]:
    """Every resource as the configuration has it, with its expressions. A module that is called twice appears twice."""

    def walk(module: dict) -> Iterator[dict]:
        yield from (resource for resource in module.get("resources", []) if resource["mode"] == "managed")
        for call in module.get("module_calls", {}).values():
            yield from walk(call["module"])

    yield from walk(document["configuration"]["root_module"])
