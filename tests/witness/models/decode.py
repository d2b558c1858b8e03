"""Decodes a recorded request into its operation and parameters, by the protocol that the request uses."""

from __future__ import annotations

import gzip
import json
import re
import urllib.parse
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any

import cbor2
from botocore.model import OperationModel

from witness.models import decode_json, decode_text
from witness.models.operations import Target, Unknown, find, is_form, placed
from witness.models.rules import Report
from witness.models.tap import Request

# Headers of every signed request, which no operation's model lists.
COMMON = re.compile(
    r"x-amz-(target|date|content-sha256|security-token|user-agent|decoded-content-length|trailer|te|api-version|meta-.*)"
)


@dataclass(frozen=True)
class Call:
    """One call of AWS. `body_seen` is false where the recorder did not keep the body."""

    operation: OperationModel
    parameters: dict[str, Any]
    body_seen: bool


def decode(signed_for: str, request: Request, report: Report) -> Call:
    """Reads the whole request; raises Unknown where it is no operation's, ValueError where its body is broken."""
    if request.headers.get("content-encoding") == "gzip" and request.body:
        request.body = gzip.decompress(request.body)
    target = find(signed_for, request)
    operation = target.operation
    service, shape = operation.service_model, operation.input_shape
    body = request.body or b""
    seen = request.body is not None
    if shape is None:
        if body.strip() not in (b"", b"{}") and not is_form(service, request):
            report("unexpected body", operation.name, f"{len(body)} bytes")
        return Call(operation, {}, seen)
    if "smithy-protocol" in request.headers:
        value = cbor2.loads(body) if body else {}
        return Call(operation, decode_json.decode(shape, value, operation.name, report) or {}, seen)
    if "x-amz-target" in request.headers:
        return Call(operation, decode_json.decode(shape, loads(body), operation.name, report) or {}, seen)
    if form := is_form(service, request):
        reader = decode_text.Form(dict(urllib.parse.parse_qsl(form, keep_blank_values=True)), report)
        parameters = reader.decode(shape, "", operation.name)
        reader.unknown(operation.name)
        return Call(operation, parameters, seen)
    parameters = outside(target, request, report)
    if seen:
        parameters |= inside(target, body, report)
    return Call(operation, parameters, seen)


def loads(body: bytes) -> Any:
    """JSON; an empty body means no members."""
    return json.loads(body) if body.strip() else {}


def outside(target: Target, request: Request, report: Report) -> dict[str, Any]:
    """A REST request's members in its address, query and headers."""
    operation = target.operation
    shape = operation.input_shape
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        serialization = member.serialization
        there = serialization.get("name", name)
        where = f"{operation.name}.{name}"
        if serialization.get("location") == "uri" and there in target.labels:
            found[name] = decode_text.scalar(member, target.labels[there], where, report)
        elif serialization.get("location") == "headers":
            found[name] = {k[len(there) :]: v for k, v in request.headers.items() if k.startswith(there.lower())}
    known_headers, known_query = set(), {"x-id"}
    known_query |= dict(urllib.parse.parse_qsl(operation.http["requestUri"].partition("?")[2], True)).keys()
    maps = [m for m in shape.members.values() if m.type_name == "map" and m.serialization.get("location") == "querystring"]
    for member, there, place, _ in placed(shape):
        name = next(n for n, m in shape.members.items() if m is member)
        where = f"{operation.name}.{name}"
        if place == "querystring":
            known_query.add(there)
            if there in target.query:
                texts = target.query[there]
                many = member.type_name == "list"
                found[name] = texts if many else decode_text.scalar(member, texts[0], where, report)
        else:
            known_headers.add(there.lower())
            text = request.headers.get(there.lower())
            if text is not None:
                found[name] = [text] if member.type_name == "list" else decode_text.scalar(member, text, where, report)
    for name in sorted(target.query.keys() - known_query) if not maps else ():
        report("unknown member", f"{operation.name} ?{name}", target.query[name][0][:80])
    if operation.http_checksum:  # a trait of the operation: any of the checksums may come with it
        known_headers |= {name for name in request.headers if name.startswith("x-amz-checksum-")}
    for name, text in request.headers.items():
        if name.startswith("x-amz-") and name not in known_headers and not COMMON.fullmatch(name):
            report("unknown member", f"{operation.name} header {name}", text[:80])
    return found


def inside(target: Target, body: bytes, report: Report) -> dict[str, Any]:
    """A REST request's members in its body."""
    operation = target.operation
    shape = operation.input_shape
    is_xml = "xml" in operation.service_model.metadata["protocol"]
    payload = shape.serialization.get("payload")
    if payload:
        member, where = shape.members[payload], f"{operation.name}.{payload}"
        if member.type_name in ("blob", "string"):
            return {payload: body if member.type_name == "blob" else body.decode("utf-8", "replace")}
        if not body:
            return {}
        if is_xml:
            return {payload: decode_text.xml(member, ET.fromstring(body), where, report)}
        return {payload: decode_json.decode(member, loads(body), where, report)}
    if not body.strip():
        return {}
    if is_xml:
        inner = [m for m in shape.members.values() if not m.serialization.get("location")]
        if not inner:
            report("unexpected body", operation.name, f"{len(body)} bytes")
            return {}
        return dict(decode_text.xml(shape, ET.fromstring(body), operation.name, report))
    value = loads(body)
    if not isinstance(value, dict):
        report("type", operation.name, "object expected")
        return {}
    return decode_json.members(shape, value, operation.name, report)


__all__ = ["Call", "Unknown", "decode"]
