"""Keeps Terraform's state of a local cloud in a file: state-server.py FILE READY_FILE

Terraform's HTTP backend asks it (https://developer.hashicorp.com/terraform/language/backend/http). With a file of its own
Terraform writes the whole state, megabytes of it, after each of some hundred resources: most of the time of an apply.
"""

import http.server
import os
import pathlib
import sys


class State(http.server.BaseHTTPRequestHandler):
    """One state, whatever the path."""

    file: pathlib.Path

    def answer(self, status: int, body: bytes = b"") -> None:
        """Sends an answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """The state; 404 before there is one."""
        try:
            self.answer(200, self.file.read_bytes())
        except FileNotFoundError:
            self.answer(404)

    def do_POST(self) -> None:
        """Replaces the state, at once or not at all."""
        partial = self.file.with_suffix(".partial")
        partial.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        partial.replace(self.file)
        self.answer(200)

    def do_DELETE(self) -> None:
        """Forgets the state."""
        self.file.unlink(missing_ok=True)
        self.answer(200)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: a state has the names of everything."""


def main() -> None:
    """Serves on a free port of loopback, which READY_FILE then names."""
    State.file, ready = map(pathlib.Path, sys.argv[1:])
    server = http.server.HTTPServer(("127.0.0.1", 0), State)
    partial = ready.with_suffix(".partial")
    partial.write_text(f"http://127.0.0.1:{server.server_port}/")
    os.replace(partial, ready)
    server.serve_forever()


if __name__ == "__main__":
    main()
