"""Reads HTTP/1.1 requests from a copy of the bytes that a client sends. It changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Request:
    """One request as it was sent; body is None where the recorder does not keep it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = b""
    length: int = 0


@dataclass
class RequestTap:
    """Give it bytes as they come; it calls `done` once for every complete request.

    A client that does not speak HTTP/1.1 is no reason to fail: the tap stops listening and says so in `lost`.
    """

    done: Callable[[Request], None]
    wants_body: Callable[[Request], bool] = lambda request: True
    lost: bool = False
    _steps: Iterator[None] | None = None
    _buffer: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        """Takes the next bytes of the connection."""
        if self.lost:
            return
        self._buffer += data
        if self._steps is None:
            self._steps = self._read()
        try:
            next(self._steps)
        except (ValueError, StopIteration):
            self.lost = True
            self._buffer.clear()

    def _read(self) -> Iterator[None]:
        """Runs until it needs more bytes, then yields."""
        while True:
            head = yield from self._until(b"\r\n\r\n")
            request = parse_head(head)
            keep = bytearray() if self.wants_body(request) else None
            if "chunked" in request.headers.get("transfer-encoding", "").lower():
                while size := int((yield from self._until(b"\r\n")).split(b";")[0], 16):
                    yield from self._take(size, request, keep)
                    yield from self._until(b"\r\n")
                while (yield from self._until(b"\r\n")):  # trailers
                    pass
            else:
                yield from self._take(int(request.headers.get("content-length") or 0), request, keep)
            request.body = None if keep is None else bytes(keep)
            self.done(request)

    def _until(self, mark: bytes):  # type: ignore[no-untyped-def]  # a generator that returns bytes
        start = 0
        while (at := self._buffer.find(mark, start)) < 0:
            start = max(0, len(self._buffer) - len(mark) + 1)
            yield
        found = bytes(self._buffer[:at])
        del self._buffer[: at + len(mark)]
        return found

    def _take(self, size: int, request: Request, keep: bytearray | None) -> Iterator[None]:
        request.length += size
        while size:
            part = self._buffer[:size]
            del self._buffer[: len(part)]
            size -= len(part)
            if keep is not None:
                keep += part
            if size:
                yield


def parse_head(head: bytes) -> Request:
    """The request line and the headers, names in lower case; ValueError if it is none."""
    first, *lines = head.decode("latin-1").lstrip("\r\n").split("\r\n")
    match = re.fullmatch(r"([A-Z]+) (\S+) HTTP/1\.[01]", first)
    if not match:
        raise ValueError("no request line")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError("no header")
        name, value = name.strip().lower(), value.strip()
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return Request(match[1], match[2], headers)
