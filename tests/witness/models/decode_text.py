"""Decodes text: form parameters (the query protocol), XML, headers and labels of an address."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from botocore.model import Shape

from witness.models.rules import Report

SHOWN = 80


def scalar(shape: Shape, text: str, where: str, report: Report) -> Any:
    """A number, a boolean or a text, as the shape says."""
    kind = shape.type_name
    try:
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
    except ValueError:
        report("type", where, f"{kind} expected, not {text[:SHOWN]!r}")
        return None
    if kind == "boolean":
        if text.lower() not in ("true", "false"):
            report("type", where, f"boolean expected, not {text[:SHOWN]!r}")
        return text.lower() == "true"
    return text


class Form:
    """Parameters such as Tags.member.1.Key; `used` grows with what some member of the shape explains."""

    def __init__(self, parameters: dict[str, str], report: Report) -> None:
        self.parameters = parameters
        self.report = report
        self.used = {"Action", "Version"}

    def decode(self, shape: Shape, prefix: str, where: str) -> Any:
        """The value under a prefix."""
        kind = shape.type_name
        if kind == "structure":
            found = {}
            for name, member in shape.members.items():
                below = f"{prefix}.{self._name(name, member)}".lstrip(".")
                if self._any(below):
                    found[name] = self.decode(member, below, f"{where}.{name}")
            return found
        if kind == "list":
            return self._list(shape, prefix, where)
        if kind == "map":
            return self._map(shape, prefix, where)
        self.used.add(prefix)
        return scalar(shape, self.parameters.get(prefix, ""), where, self.report)

    def unknown(self, where: str) -> None:
        """Reports the parameters that no member explains."""
        for key in self.parameters.keys() - self.used:
            self.report("unknown member", f"{where}.{key}", self.parameters[key][:SHOWN])

    def _name(self, name: str, member: Shape) -> str:
        if member.type_name == "list" and member.serialization.get("flattened"):
            return str(member.member.serialization.get("name") or member.serialization.get("name", name))
        return str(member.serialization.get("name", name))

    def _any(self, prefix: str) -> bool:
        return any(key == prefix or key.startswith(f"{prefix}.") for key in self.parameters)

    def _list(self, shape: Shape, prefix: str, where: str) -> list[Any]:
        if self.parameters.get(prefix) == "":  # how an empty list is written
            self.used.add(prefix)
            return []
        flat = shape.serialization.get("flattened")
        base = prefix if flat else f"{prefix}.{shape.member.serialization.get('name', 'member')}"
        found: list[Any] = []
        while self._any(below := f"{base}.{len(found) + 1}"):
            found.append(self.decode(shape.member, below, f"{where}[]"))
        return found

    def _map(self, shape: Shape, prefix: str, where: str) -> dict[str, Any]:
        base = prefix if shape.serialization.get("flattened") else f"{prefix}.entry"
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        found: dict[str, Any] = {}
        number = 1
        while (key := f"{base}.{number}.{key_name}") in self.parameters:
            self.used.add(key)
            value = self.decode(shape.value, f"{base}.{number}.{value_name}", f"{where}{{}}")
            found[self.parameters[key]] = value
            number += 1
        return found


def xml(shape: Shape, element: ET.Element, where: str, report: Report) -> Any:
    """An element by its shape."""
    if shape.type_name == "list":
        return [xml(shape.member, child, f"{where}[]", report) for child in element]
    if shape.type_name != "structure":
        return scalar(shape, element.text or "", where, report)
    found: dict[str, Any] = {}
    names = xml_names(shape)
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag not in names:
            report("unknown member", f"{where}.{tag}", (child.text or "")[:SHOWN])
            continue
        name, member = names[tag]
        if member.type_name == "list" and member.serialization.get("flattened"):
            found.setdefault(name, []).append(xml(member.member, child, f"{where}.{name}[]", report))
        else:
            found[name] = xml(member, child, f"{where}.{name}", report)
    for name, member in shape.members.items():
        if not member.serialization.get("xmlAttribute"):
            continue
        prefix, _, local = member.serialization["name"].rpartition(":")
        for key, text in element.attrib.items():
            if key.rpartition("}")[2] == local and prefix:
                found[name] = scalar(member, text, f"{where}.{name}", report)
    return found


def xml_names(shape: Shape) -> dict[str, tuple[str, Shape]]:
    """The members of a structure by the tag that each travels under."""
    names = {}
    for name, member in shape.members.items():
        if member.serialization.get("xmlAttribute"):
            continue
        tag = member.serialization.get("name", name)
        if member.type_name == "list" and member.serialization.get("flattened"):
            tag = member.serialization.get("name") or member.member.serialization.get("name", name)
        names[tag] = name, member
    return names
