"""Starts and stops the second cloud, with the recorder in front of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

READY_S = 60


def free_port() -> int:
    """A port of the loopback that is free now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def environment(url: str) -> dict[str, str]:
    """The environment in which a program reaches this cloud and no real account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": url,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


@contextmanager
def running(module: str, arguments: list[str], log: IO[str]) -> Iterator[subprocess.Popen[str]]:
    """A Python module as a process of its own, ended with the block."""
    # A server calls no other cloud, so it gets no endpoint.
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, stdout=log, stderr=log, text=True, env=environment(""))
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    """Until the server answers anything at all."""
    end = time.monotonic() + READY_S
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.monotonic() < end:
        try:
            opener.open(f"http://127.0.0.1:{port}/moto-api/", timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the second cloud did not start")


@contextmanager
def second_cloud(folder: Path) -> Iterator[tuple[str, str]]:
    """The URLs of a running cloud: one whose requests are recorded, and one for questions of the witness itself, which are
    no part of the stack. Logs and recording are in the folder.
    """
    behind, front = free_port(), free_port()
    with ExitStack() as stack:
        log = stack.enter_context((folder / "moto.log").open("w", encoding="utf-8"))
        moto = stack.enter_context(running("witness.second_cloud.server", [str(behind)], log))
        ready = folder / "recorder-ready"
        routes = [f"127.0.0.1:{front}=127.0.0.1:{behind}"]
        options = ["--log", str(folder / "requests.jsonl"), "--ready-file", str(ready)]
        recorder = stack.enter_context(running("witness.models.recorder", [*options, *routes], log))
        wait_for(behind, moto)
        wait_for(front, recorder)
        yield f"http://127.0.0.1:{front}", f"http://127.0.0.1:{behind}"
