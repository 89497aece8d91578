"""The one door to Uvicorn: serves connections, within bounds, until the server is told to stop."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.core.throttle import network_of
from app.web.asgi_types import ABORT, Asgi, AsgiMessage
from app.web.clients import client_of
from app.web.shares import Shares

GRACE_SECONDS = 2  # that a running request gets when the server stops
KEEP_ALIVE_SECONDS = 75  # longer than the minute for which proxies keep an idle connection
HEAD_LIMIT = 1 << 16  # bytes of a request's line and headers
HEAD_SECONDS = 20.0  # for these to arrive
OPEN_OF_ONE = 4_096  # connections of one network address
UNFINISHED_OF_ONE = 100  # requests of one network address that have begun to arrive
BACKLOG = 2048  # connections that wait to be accepted

TOO_SLOW = "The request's headers did not arrive within {:g} seconds."
TOO_MANY_OPEN = "Your network address has too many open connections. Close some, then try again."
TOO_MANY_UNFINISHED = (
    "Your network address sends too many requests at once. Wait until some have arrived."
)


class Bounds:
    """What one network address may have at once, and how long a request's headers may take.

    Behind trusted proxies the address is the one that they forward: connections are theirs, and
    are not counted.
    """

    def __init__(
        self,
        trusted_proxies: int = 0,
        *,
        head_seconds: float = HEAD_SECONDS,
        most_open: int = OPEN_OF_ONE,
        most_unfinished: int = UNFINISHED_OF_ONE,
    ) -> None:
        self.trusted_proxies = trusted_proxies
        self.head_seconds = head_seconds
        self.open = Shares(None if trusted_proxies else most_open)
        self.unfinished = Shares(most_unfinished)


def serve(
    application: Asgi,
    sockets: list[socket.socket],
    *,
    announce: Callable[[], None],
    close: Callable[[], None] = lambda: None,
    bounds: Bounds | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C; `announce` is called once requests are answered.

    `close` ends what would go on by itself, when the server begins to stop.

    When told to stop, refuses new requests, gives the running ones GRACE_SECONDS and hands the
    signal on to the handler that stood before.
    """
    connection = partial(_Protocol, bounds or Bounds())
    _Server(
        uvicorn.Config(
            application,
            http=cast("type[asyncio.Protocol]", connection),
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        ),
        announce,
        close,
    ).run(sockets)


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, announce: Callable[[], None], close: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._close = close

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._close()
        await super().shutdown(sockets)


class _Protocol(HttpToolsProtocol):
    """One connection. What Uvicorn's own lacks: bounds, an abort, and an end for each request."""

    _head_size: int | None = None  # bytes of a request whose headers are not complete yet
    _running: RequestResponseCycle | None = None
    _awaiting: asyncio.TimerHandle | None = None  # cuts a request whose headers take too long
    _has_sent: bool = False  # anything since that began
    _peer: str = ""
    _unfinished: str | None = None  # whose request is arriving, where it is counted
    _is_refused: bool = False

    def __init__(self, bounds: Bounds, **given: Any) -> None:  # noqa: ANN401  (Uvicorn's own types are private)
        super().__init__(**given)
        self._bounds = bounds

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # ours is always a full one
        # It tells each request how to drop its connection, which ASGI has no message for.
        self.app_state = {**self.app_state, ABORT: transport.abort}
        super().connection_made(transport)
        self._peer = network_of(self.client[0] if self.client else None)
        has_room = self._bounds.open.has_room(self._peer)
        self._bounds.open.take(self._peer)
        if has_room:
            self._watch_head()
        else:
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS, TOO_MANY_OPEN)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._bounds.open.give_back(self._peer)
        self._finish()
        if self._awaiting is not None:
            self._awaiting.cancel()
        # With requests that were sent before the answer to this one, it tells the last alone.
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._has_sent = True
        super().data_received(data)
        if self._head_size is not None:
            self._head_size += len(data)
            if self._head_size > HEAD_LIMIT:
                self.send_400_response("The request's headers are too large.")
        self._watch_head()

    def on_message_begin(self) -> None:
        self._head_size = 0
        super().on_message_begin()
        if not self._bounds.trusted_proxies:
            self._begin(self._peer)

    def on_header(self, name: bytes, value: bytes) -> None:
        # What follows a body would pass for a proxy's own header, and has no limit.
        if self._head_size is not None:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_size = None
        if self._bounds.trusted_proxies:
            self._begin(client_of(cast("AsgiMessage", self.scope), self._bounds.trusted_proxies))
        if not self._is_refused:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._finish()
        if not self._is_refused:
            super().on_message_complete()

    def _begin(self, address: str | None) -> None:
        """Count a request that begins to arrive, or refuse it."""
        if address is None or self._is_refused:
            return
        if not self._bounds.unfinished.has_room(address):
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS, TOO_MANY_UNFINISHED)
            return
        self._bounds.unfinished.take(address)
        self._unfinished = address

    def _finish(self) -> None:
        if self._unfinished is not None:
            self._bounds.unfinished.give_back(self._unfinished)
            self._unfinished = None

    def _watch_head(self) -> None:
        """Give headers that are awaited their time, whatever comes meanwhile."""
        is_idle = self.cycle is None or self.cycle.response_complete
        if self._head_size is None and not is_idle:
            if self._awaiting is not None:
                self._awaiting.cancel()
                self._awaiting = None
        elif self._awaiting is None:
            self._awaiting = self.loop.call_later(self._bounds.head_seconds, self._cut_head)

    def _cut_head(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if self._has_sent and not is_answering:
            sentence = TOO_SLOW.format(self._bounds.head_seconds)
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, sentence)
        else:  # a browser that connected ahead of time need not read a reason
            self.transport.close()

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        """Answer with one sentence and close, whatever still comes."""
        self._is_refused = True
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            "content-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(sentence) + 1}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(f"{head}{sentence}\n".encode())
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:  # noqa: ANN401  (uvicorn's own type is private)
        self._running = cycle
        super()._start_asgi_task(cycle, app)
