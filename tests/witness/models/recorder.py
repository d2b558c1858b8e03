"""A relay in front of the local cloud that passes on every byte unchanged and records the AWS requests in them.

    python -m witness.models.recorder --log FILE --ready-file FILE LISTEN=UPSTREAM...     (each HOST:PORT)

It works on bytes, not on requests: status, headers, chunks, interim answers and closing reach the other side as they
were sent. Whatever it cannot read it still passes on.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

from witness.models.record import Log, wants_body
from witness.models.tap import RequestTap

CHUNK = 256 * 1024
BACKLOG = 512


async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, tap: RequestTap | None) -> None:
    """Passes bytes on until the source has no more, then tells the sink so and leaves the other direction open."""
    while data := await source.read(CHUNK):
        sink.write(data)
        if tap:
            tap.feed(data)
        await sink.drain()
    if sink.can_write_eof():
        sink.write_eof()


async def relay(client: tuple[asyncio.StreamReader, asyncio.StreamWriter], upstream: str, log: Log) -> None:
    """Serves one connection; if either side breaks off, so does the relay towards the other."""
    reader, writer = client
    host, _, port = upstream.rpartition(":")
    try:
        server_reader, server_writer = await asyncio.open_connection(host, int(port), limit=CHUNK)
    except OSError:
        writer.transport.abort()  # like a port where nothing listens
        return
    tap = RequestTap(log.add, wants_body)
    ways = [
        asyncio.create_task(pump(reader, server_writer, tap)),
        asyncio.create_task(pump(server_reader, writer, None)),
    ]
    done, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_EXCEPTION)
    broken = any(task.exception() for task in done)
    for task in rest:
        task.cancel()
    for end in (writer, server_writer):
        if broken:
            end.transport.abort()
        else:
            end.close()


class Relays:
    """The connections being served. The event loop itself holds them only weakly and may drop one in use."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._tasks: set[asyncio.Task[None]] = set()

    def towards(self, upstream: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        """What a server calls for each connection that is to reach `upstream`."""

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.get_running_loop().create_task(relay((reader, writer), upstream, self._log))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        return connected


async def serve(routes: list[str], log: Log, ready: Path) -> None:
    """Listens on every route until it is told to stop."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    relays = Relays(log)
    servers = []
    for route in routes:
        listen, _, upstream = route.partition("=")
        host, _, port = listen.rpartition(":")
        servers.append(
            await asyncio.start_server(relays.towards(upstream), host, int(port), limit=CHUNK, backlog=BACKLOG)
        )
    ready.write_text("ready\n", encoding="ascii")
    await stop.wait()
    for server in servers:
        server.close()


def main() -> None:
    """Reads the arguments and serves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", required=True, type=Path)
    parser.add_argument("--ready-file", required=True, type=Path)
    parser.add_argument("routes", nargs="+", metavar="LISTEN=UPSTREAM")
    arguments = parser.parse_args()
    with arguments.log.open("a", encoding="utf-8") as out:
        asyncio.run(serve(arguments.routes, Log(out), arguments.ready_file))


if __name__ == "__main__":
    main()
