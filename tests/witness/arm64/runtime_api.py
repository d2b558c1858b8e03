"""A Lambda Runtime API that gives out one event. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""

from __future__ import annotations

import http.server
import json
import os
import queue
import signal
import subprocess
import threading
from dataclasses import dataclass

PREFIX = "/2018-06-01/runtime/"
REQUEST_ID = "00000000-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class Answer:
    """How an invocation ended: `response`, `error` (the function says so), `init error` or `crash`."""

    kind: str
    body: str


class Server(http.server.ThreadingHTTPServer):
    """On a free loopback port, for one event."""

    daemon_threads = True

    def __init__(self, event: object) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.events = [json.dumps(event).encode()]
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.over = threading.Event()

    def handle_error(self, *_: object) -> None:
        """The function is stopped while it waits, so it is no error if it does not read a response."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Next event, response, error."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        if not self.server.events:
            # The function waits for work until the test is over.
            self.server.over.wait()
            self.close_connection = True
            return
        self.answer(200, self.server.events.pop(), {
            "Lambda-Runtime-Aws-Request-Id": REQUEST_ID,
            "Lambda-Runtime-Deadline-Ms": "9999999999999",
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:witness",
            "Content-Type": "application/json",
        })

    def do_POST(self) -> None:
        body = self.body().decode("utf-8", "replace")
        kinds = {"init/error": "init error", f"invocation/{REQUEST_ID}/response": "response", f"invocation/{REQUEST_ID}/error": "error"}
        self.server.answers.put(Answer(kinds.get(self.path.removeprefix(PREFIX), f"unexpected call of {self.path}"), body))
        self.answer(202, b"", {})

    def body(self) -> bytes:
        """A body of a known length, or in chunks."""
        if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """No line for each request."""


def invoke(command: list[str], environment: dict[str, str], event: object, seconds: float) -> Answer:
    """Starts a bootstrap, gives it one event, stops it and returns its answer."""
    server = Server(event)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = {"PATH": os.environ.get("PATH", ""), "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}"}
    process = subprocess.Popen(command, env=environment | here, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = b""

    def listen() -> None:
        nonlocal said
        said, _ = process.communicate()
        server.answers.put(Answer("crash", f"ended with {process.returncode}: {said[-600:].decode('utf-8', 'replace')}"))

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        return server.answers.get(timeout=seconds)
    except queue.Empty:
        return Answer("no answer", f"after {seconds:.0f} s")
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        listener.join(timeout=10)
        server.over.set()
        server.shutdown()
        server.server_close()
