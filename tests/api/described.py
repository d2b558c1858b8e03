"""api/openapi.yaml, and whether an answer is one that it describes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

ROOT = Path(__file__).parents[2]
FILE = ROOT / "api/openapi.yaml"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


class Described:
    """The file, read."""

    def __init__(self, text: str | None = None):
        self.whole: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8") if text is None else text)

    def resolved(self, value: Any) -> Any:
        """Follows a reference inside the file."""
        while isinstance(value, dict) and "$ref" in value:
            place = value["$ref"].removeprefix("#/").split("/")
            value = self.whole
            for name in place:
                value = value[name]
        return value

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Each method of each path with its responses by status."""
        for path, item in self.whole["paths"].items():
            for method in METHODS:
                if method in item:
                    responses = item[method]["responses"]
                    yield method.upper(), path, {status: self.resolved(one) for status, one in responses.items()}

    @cached_property
    def not_found(self) -> dict[str, Any]:
        """The response of paths and methods that do not exist."""
        return self.whole["components"]["responses"]["NotFound"]

    def codes(self) -> set[tuple[str, str]]:
        """Each status with each code that comes with it."""
        found = {("404", code) for code in self.enums(self.not_found)}
        for _, _, responses in self.operations():
            found |= {(status, code) for status, one in responses.items() for code in self.enums(one)}
        return found

    def enums(self, response: dict[str, Any]) -> list[str]:
        """The codes that a response may have."""
        schema = self.resolved(response.get("content", {}).get("application/json", {}).get("schema", {}))
        parts = [self.resolved(part) for part in schema.get("allOf", [schema])]
        return [code for part in parts for code in part.get("properties", {}).get("error", {}).get("enum", [])]

    def judge(self, answer: dict[str, Any]) -> str | None:
        """Why an answer is none of those that the file describes; None if it is one. Shows nothing of its values."""
        response, status = self.response(answer), str(answer["status"])
        if response is None:
            return f"{answer['method']} {template(answer['path'])}: no answer {status} is described"
        where = f"{answer['method']} {template(answer['path'])} {status}"
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        for name, header in response.get("headers", {}).items():
            header, value = self.resolved(header), headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    return f"{where}: without the header {name}"
            elif problem := self.problem(header["schema"], value):
                return f"{where}: the header {name}: {problem}"
        body = bytes(answer["body"])
        if not body:
            may_be = answer["method"] == "HEAD" or "content" not in response or response.get("x-may-be-empty")
            return None if may_be else f"{where}: the body is empty"
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        described = response.get("content", {}).get(kind)
        if described is None:
            return f"{where}: the body's type {kind or '(none)'} is not described"
        try:
            value = json.loads(body) if kind == "application/json" else body.decode()
        except ValueError:
            return f"{where}: the body is not what its type says"
        if problem := self.problem(described["schema"], value):
            return f"{where}: the body: {problem}"
        return None

    def response(self, answer: dict[str, Any]) -> dict[str, Any] | None:
        """What the file says about the status of an answer."""
        status = str(answer["status"])
        for method, path, responses in self.operations():
            if method == answer["method"] and template(answer["path"]) == path:
                return responses.get(status) or responses.get(f"{status[0]}XX")
        return self.not_found if status == "404" else None

    def problem(self, schema: Any, value: Any) -> str | None:
        """Why a value does not match a schema of the file."""
        document = {"$id": "urn:openapi", "components": self.whole["components"], "allOf": [schema]}
        errors = Draft202012Validator(document, format_checker=FormatChecker()).iter_errors(value)
        return next((f"{'/'.join(map(str, error.absolute_path)) or 'it'} breaks {error.validator}" for error in errors), None)


def template(path: str) -> str:
    """The path of the file that a request's path, without the stage, matches."""
    found = re.fullmatch(r"/(hooks|direct)/[^/?]+", path.partition("?")[0])
    return f"/{found[1]}/{{endpoint}}" if found else path.partition("?")[0]
