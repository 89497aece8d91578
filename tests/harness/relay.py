"""A relay between a browser and the server that counts what goes over the wire.

A browser's own tools see a page's requests and not those of its shared worker; a relay sees all.
"""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue

from tests.harness.server import LOOPBACK

CHUNK_BYTES = 1 << 16
LIVE = b"/live"  # a stream, which never ends

_REQUEST = re.compile(rb"^(?:GET|HEAD|POST) (\S+) HTTP/1\.1\r$", re.MULTILINE)


@dataclass
class Traffic:
    """What was asked for, how many bytes came back, with their headers, and how many streams began.

    Requests for a stream and what comes on it are not counted among the others.
    """

    paths: list[str] = field(default_factory=list)
    received: int = 0
    streams: int = 0

    def reset(self) -> None:
        """Begin to count again."""
        self.paths.clear()
        self.received = self.streams = 0


@contextmanager
def relay(port: int) -> Iterator[tuple[int, Traffic]]:
    """Pass connections on to the server on `port`; give the relay's own port and the traffic."""
    traffic = Traffic()
    started: SimpleQueue[tuple[int, Callable[[], object]]] = SimpleQueue()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(port, traffic, started)))
    thread.start()
    own_port, stop = started.get()
    try:
        yield own_port, traffic
    finally:
        stop()
        thread.join()


async def _serve(
    port: int, traffic: Traffic, started: SimpleQueue[tuple[int, Callable[[], object]]]
) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()

    async def pass_on(browser: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        server, requests = await asyncio.open_connection(LOOPBACK, port)
        connection = _Connection(traffic)
        sending = asyncio.ensure_future(connection.send(browser, requests))
        try:
            await connection.answer(server, answers)
        except (OSError, asyncio.CancelledError):
            pass  # the browser has left, or the relay ends
        finally:
            sending.cancel()
            answers.close()
            requests.close()

    async with await asyncio.start_server(pass_on, LOOPBACK, 0) as listener:
        own_port = listener.sockets[0].getsockname()[1]
        started.put((own_port, partial(loop.call_soon_threadsafe, stopped.set)))
        await stopped.wait()


class _Connection:
    """One connection of the browser; from a request for the live stream on it counts no more."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._is_counted = True

    async def send(self, browser: asyncio.StreamReader, requests: asyncio.StreamWriter) -> None:
        while chunk := await browser.read(CHUNK_BYTES):
            for path in _REQUEST.findall(chunk):
                self._is_counted = not path.startswith(LIVE)
                if self._is_counted:
                    self._traffic.paths.append(path.decode())
                else:
                    self._traffic.streams += 1
            requests.write(chunk)
            await requests.drain()
        requests.close()

    async def answer(self, server: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        while chunk := await server.read(CHUNK_BYTES):
            if self._is_counted:
                self._traffic.received += len(chunk)
            answers.write(chunk)
            await answers.drain()
