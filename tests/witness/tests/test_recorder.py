"""The recorder passes everything on as it is: a real process between a real client and a real server."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import http.server
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any

from witness.second_cloud.cloud import free_port
from witness.tests.requests import SIGNED

BIG = bytes(range(256)) * 40_960  # 10 MiB


class Answers(http.server.BaseHTTPRequestHandler):
    """Says what it got; keeps the connection."""

    protocol_version = "HTTP/1.1"
    closed: threading.Event

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def do_PUT(self) -> None:
        """The digest of the body, in chunks."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(201)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("X-Digest", hashlib.sha256(body).hexdigest())
        self.end_headers()
        self.wfile.write(b"3\r\nabc\r\n0\r\n\r\n")

    def do_HEAD(self) -> None:
        """A length without a body."""
        self.send_response(200)
        self.send_header("Content-Length", "12345")
        self.end_headers()

    def do_GET(self) -> None:
        """Waits for the client to go."""
        self.rfile.read(1)
        type(self).closed.set()
        self.close_connection = True


class Recorder(unittest.TestCase):
    """A recorder of its own for each test."""

    def setUp(self) -> None:
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        Answers.closed = threading.Event()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.stack.callback(server.server_close)
        self.stack.callback(server.shutdown)
        self.log, ready = folder / "log", folder / "ready"
        self.front, self.nowhere = free_port(), free_port()
        routes = [f"127.0.0.1:{self.front}=127.0.0.1:{server.server_address[1]}", f"127.0.0.1:{self.nowhere}=127.0.0.1:1"]
        command = [sys.executable, "-m", "witness.models.recorder", "--log", str(self.log), "--ready-file", str(ready)]
        process = subprocess.Popen([*command, *routes])
        self.stack.callback(process.wait)
        self.stack.callback(process.terminate)
        for _ in range(600):
            if ready.exists():
                break
            time.sleep(0.05)
        self.client = http.client.HTTPConnection("127.0.0.1", self.front, timeout=60)
        self.stack.callback(self.client.close)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
        """One request on the one connection."""
        self.client.request(method, path, body, {"Authorization": SIGNED.format("s3"), **headers})
        return self.client.getresponse()

    def test_ten_megabytes_head_and_a_kept_connection(self) -> None:
        answer = self.ask("PUT", "/bucket/key", BIG)
        self.assertEqual((answer.status, answer.headers["transfer-encoding"]), (201, "chunked"))
        self.assertEqual(answer.headers["x-digest"], hashlib.sha256(BIG).hexdigest())
        self.assertEqual(answer.read(), b"abc")
        before = self.client.sock
        answer = self.ask("HEAD", "/bucket/key")
        self.assertEqual((answer.headers["content-length"], answer.read()), ("12345", b""))
        self.assertIs(self.client.sock, before)
        lines = [json.loads(text) for text in self.log.read_text().splitlines()]
        self.assertEqual([(one["method"], one["length"], one["body"]) for one in lines], [("PUT", len(BIG), None), ("HEAD", 0, "")])

    def test_expect_continue(self) -> None:
        with socket.create_connection(("127.0.0.1", self.front), timeout=60) as raw:
            raw.sendall(b"PUT /b/k HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            self.assertTrue(raw.recv(100).startswith(b"HTTP/1.1 100 "))
            raw.sendall(b"ok")
            self.assertTrue(raw.recv(100).startswith(b"HTTP/1.1 201 "))

    def test_a_client_that_goes_is_gone_for_the_server(self) -> None:
        with socket.create_connection(("127.0.0.1", self.front), timeout=60) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.2)
            self.assertFalse(Answers.closed.is_set())
        self.assertTrue(Answers.closed.wait(30))

    def test_a_server_that_is_not_there_refuses(self) -> None:
        with self.assertRaises(OSError), socket.create_connection(("127.0.0.1", self.nowhere), timeout=60) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\n\r\n")
            if not raw.recv(1):
                raise ConnectionResetError


if __name__ == "__main__":
    unittest.main()
