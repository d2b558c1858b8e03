"""Finds the operation of AWS's model that a request means."""

from __future__ import annotations

import functools
import re
import urllib.parse
from dataclasses import dataclass
from typing import Any

import botocore.exceptions
import botocore.session
from botocore.model import OperationModel, ServiceModel, StructureShape

from witness.models.tap import Request

# The name that requests are signed for, where that service's models have another name.
MODELS = {
    "dynamodb": ("dynamodb", "dynamodbstreams"),
    "execute-api": (),
    "monitoring": ("cloudwatch",),
    "states": ("stepfunctions",),
    "tagging": ("resourcegroupstaggingapi",),
}
# Superseded operations at the same address as their successors.
SUPERSEDED = {
    "PutBucketLifecycle", "GetBucketLifecycle", "PutBucketNotification", "GetBucketNotification",
    "InvokeAsync",
}  # fmt: skip


class Unknown(Exception):
    """No operation of the service's model fits the request."""


@dataclass(frozen=True)
class Route:
    """One operation's address: its path as a pattern and the query members that belong to the address."""

    operation: OperationModel
    method: str
    path: re.Pattern[str]
    labels: tuple[str, ...]
    fixed: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Target:
    """The operation and, for a REST service, what its address says."""

    operation: OperationModel
    labels: dict[str, str]
    query: dict[str, list[str]]


@functools.cache
def model(name: str) -> ServiceModel:
    """A service's model, read once."""
    return _session().get_service_model(name)


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def models(signed_for: str) -> list[ServiceModel]:
    """The models whose requests are signed for this name."""
    try:
        return [model(name) for name in MODELS.get(signed_for, (signed_for,))]
    except botocore.exceptions.UnknownServiceError as error:
        raise Unknown(f"no model of a service named {signed_for}") from error


def find(signed_for: str, request: Request) -> Target:
    """The operation of a request, by whichever protocol it speaks; raises Unknown."""
    candidates = models(signed_for)
    url = urllib.parse.urlsplit(request.path)
    query = urllib.parse.parse_qs(url.query, keep_blank_values=True)
    if target := request.headers.get("x-amz-target"):
        prefix, _, name = target.rpartition(".")
        for service in candidates:
            if service.metadata.get("targetPrefix") == prefix:
                return Target(named(service, name), {}, query)
        raise Unknown(f"{signed_for}: no target {target}")
    if not candidates:
        raise Unknown(f"{signed_for}: {request.method} {url.path}")
    if "smithy-protocol" in request.headers:
        match = re.fullmatch(r"/service/[^/]+/operation/(\w+)", url.path)
        if not match:
            raise Unknown(f"{signed_for}: no operation in {url.path}")
        return Target(named(candidates[0], match[1]), {}, query)
    if form := is_form(candidates[0], request):
        action = dict(urllib.parse.parse_qsl(form, keep_blank_values=True)).get("Action", "none")
        return Target(named(candidates[0], action), {}, query)
    return rest(candidates[0], request, url.path, query)


def is_form(service: ServiceModel, request: Request) -> str:
    """The parameters of a request by the query protocol, still encoded; empty for another protocol."""
    if "query" not in service.metadata.get("protocols", [service.metadata["protocol"]]):
        return ""
    body = (request.body or b"").decode("utf-8", "replace")
    return body or urllib.parse.urlsplit(request.path).query


def named(service: ServiceModel, name: str) -> OperationModel:
    """The operation of that name; raises Unknown."""
    try:
        return service.operation_model(name)
    except botocore.model.OperationNotFoundError as error:
        raise Unknown(f"{service.service_name} has no operation {name}") from error


@functools.cache
def routes(service: ServiceModel) -> list[Route]:
    """Every operation's address."""
    found = []
    for name in service.operation_names:
        if name in SUPERSEDED:
            continue
        operation = service.operation_model(name)
        path, _, fixed = operation.http["requestUri"].partition("?")
        pattern, labels = "", []
        for part in re.split(r"(\{[^}]+\})", path.rstrip("/")):
            if part.startswith("{"):
                labels.append(part[1:-1].rstrip("+"))
                pattern += "(.+)" if part.endswith("+}") else "([^/]+)"
            else:
                pattern += re.escape(part)
        found.append(
            Route(
                operation, operation.http["method"], re.compile(pattern + "/?"), tuple(labels),
                tuple(urllib.parse.parse_qsl(fixed, keep_blank_values=True)),
            )
        )  # fmt: skip
    return found


def rest(service: ServiceModel, request: Request, path: str, query: dict[str, list[str]]) -> Target:
    """Of the operations at this address, the one whose required members are there and that explains the most."""
    best: tuple[int, Target] | None = None
    for route in routes(service):
        match = route.path.fullmatch(path) if route.method == request.method else None
        if not match or not fixed_members_fit(route, query):
            continue
        explained = fit(route, request, query)
        if explained is None:
            continue
        labels = {name: urllib.parse.unquote(value) for name, value in zip(route.labels, match.groups())}
        # A literal path is more specific than a label that matches anything.
        score = explained + 100 * len(route.fixed) + len(route.path.pattern) - 10 * len(route.labels)
        if best is None or score > best[0]:
            best = score, Target(route.operation, labels, query)
    if best is None:
        raise Unknown(f"{service.service_name}: {request.method} {path}")
    return best[1]


def fixed_members_fit(route: Route, query: dict[str, list[str]]) -> bool:
    """Whether the query members that are part of the address are there."""
    return all(name in query and (not value or value in query[name]) for name, value in route.fixed)


def fit(route: Route, request: Request, query: dict[str, list[str]]) -> int | None:
    """How much of the query and of the required headers the operation knows; None if a required one is missing."""
    score, known = 0, {name for name, _ in route.fixed}
    for member, name, place, required in placed(route.operation.input_shape):
        there = name in query if place == "querystring" else name.lower() in request.headers
        if required and not there:
            return None
        if place == "querystring":
            known.add(name)
        score += 50 * (there and required) + 10 * (there and place == "querystring")
    return score - 20 * len(query.keys() - known - {"x-id"})


def placed(shape: StructureShape | None) -> list[tuple[Any, str, str, bool]]:
    """The members that travel in the query or in one header: shape, name there, place, required."""
    found = []
    for name, member in shape.members.items() if shape else ():
        place = member.serialization.get("location")
        if place in ("querystring", "header"):
            found.append((member, member.serialization.get("name", name), place, name in shape.required_members))
    return found
