"""What the server runs: pages and downloads by threads of their own, and live updates."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus

from flask import Flask

from app.downloads import PIECE_BYTES, Downloads
from app.live.stream import PATH as LIVE
from app.live.stream import Live
from app.web.asgi_types import Asgi, AsgiMessage, Receive, Send, send_whole
from app.web.uploads import UPLOAD_LIMIT, UPLOAD_SECONDS, UPLOADS_AT_ONCE
from app.web.view_marks import is_download, is_for_files, view_finder
from app.web.wsgi_bridge import WsgiResponse, build_environ

PAGE_THREADS = 16
BODY_LIMIT = 1 << 20  # bytes of one request
BODY_SECONDS = 60.0  # for one request to arrive
STALL_SECONDS = 30.0  # for a reader to take one piece
ABORT = "abort"  # key of the scope's state: a function that drops the connection at once

_DISCARDED_LIMITS = 8  # a body over the limit is still read to so many limits, see _read_body


class ReaderStalled(Exception):
    """The reader took nothing for STALL_SECONDS; its connection is dropped."""


def make_asgi(
    flask_app: Flask,
    *,
    live: Live | None = None,
    body_limit: int = BODY_LIMIT,
    body_seconds: float = BODY_SECONDS,
    stall_seconds: float = STALL_SECONDS,
) -> Asgi:
    """Join the application to an ASGI server.

    A request's body is read before a thread is taken: 413 where it is over `body_limit` bytes,
    408 where it takes longer than `body_seconds`; views that take files have limits of their own.
    A reader who takes none of PIECE_BYTES in `stall_seconds` is cut off. Downloads are the views
    that are marked so: one holds a thread only while a piece is made, and its iterator is closed
    as soon as its reader has left or stalled.
    """
    pages = _Pages(flask_app)
    find_view = view_finder(flask_app)
    downloads = Downloads(flask_app, is_busy=lambda: pages.running > 0)
    uploads = asyncio.Semaphore(UPLOADS_AT_ONCE)

    async def application(scope: AsgiMessage, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live_and_stop(receive, send)
            downloads.stop()
            return
        if scope["type"] != "http":
            message = f"no {scope['type']} is spoken here"
            raise ValueError(message)
        reply = _Reply(scope, send, stall_seconds)
        try:
            if live is not None and scope["path"] == LIVE and scope["method"] == "GET":
                await live.respond(scope, receive, reply)
                return
            view = find_view(scope["path"], scope["method"])
            if is_for_files(view):
                async with uploads:
                    body = await _read_body(receive, UPLOAD_LIMIT, UPLOAD_SECONDS)
            else:
                body = await _read_body(receive, body_limit, body_seconds)
            if is_download(view):
                await downloads.respond(scope, body, receive, reply)
            else:
                await pages.respond(scope, body, reply)
        except _Refused as refusal:
            await reply.refuse(refusal.status, refusal.sentence)
        except (_ReaderLeft, ReaderStalled):
            return
        except asyncio.CancelledError:
            # Only a stop of the server cancels a request. Its thread may still commit or not:
            # the client asks again with the same key.
            await reply.refuse(
                HTTPStatus.SERVICE_UNAVAILABLE, "Gloss is stopping; please try again in a moment."
            )

    return application


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class _ReaderLeft(Exception):
    pass


class _Pages:
    """Answers pages, each by one thread; `running` is how many are being made or wait for one."""

    def __init__(self, flask_app: Flask) -> None:
        self._flask_app = flask_app
        self._threads = ThreadPoolExecutor(PAGE_THREADS, thread_name_prefix="page")
        self.running = 0

    async def respond(self, scope: AsgiMessage, body: bytes, reply: Send) -> None:
        """Answer one request. A page is whole before it is sent: a slow reader holds no thread.

        Raises: ReaderStalled, and whatever the application raises.
        """
        page = WsgiResponse(self._flask_app, build_environ(scope, body))
        self.running += 1
        try:
            content = await asyncio.get_running_loop().run_in_executor(
                self._threads, page.read_whole
            )
        finally:
            self.running -= 1
        await send_whole(reply, page.head(), content)


class _Reply:
    """A `send` that hands the body on in pieces and gives the reader so long for each."""

    def __init__(self, scope: AsgiMessage, send: Send, stall_seconds: float) -> None:
        self._send = send
        self._abort: Callable[[], None] | None = scope.get("state", {}).get(ABORT)
        self._stall_seconds = stall_seconds
        self._is_started = False

    async def __call__(self, message: AsgiMessage) -> None:
        """Send one ASGI message.

        Raises: ReaderStalled.
        """
        self._is_started = True
        body = message.get("body", b"")
        last = max(len(body) - 1, 0) // PIECE_BYTES * PIECE_BYTES
        for start in range(0, last, PIECE_BYTES):
            piece = body[start : start + PIECE_BYTES]
            await self._send_in_time(
                {"type": "http.response.body", "body": piece, "more_body": True}
            )
        await self._send_in_time({**message, "body": body[last:]} if last else message)

    async def refuse(self, status: HTTPStatus, sentence: str) -> None:
        """Answer with one sentence and close, or only close where an answer has begun."""
        if self._is_started:
            self._drop()
            return
        text = f"{sentence}\n".encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(text)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        with suppress(ReaderStalled):
            head = {"type": "http.response.start", "status": status.value, "headers": headers}
            await send_whole(self, head, text)

    async def _send_in_time(self, message: AsgiMessage) -> None:
        try:
            async with asyncio.timeout(self._stall_seconds):
                await self._send(message)
        except TimeoutError:
            self._drop()
            raise ReaderStalled from None

    def _drop(self) -> None:
        # An ordinary close would wait for the reader to take what is already in the buffer.
        if self._abort is not None:
            self._abort()


async def _live_and_stop(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _read_body(receive: Receive, limit: int, seconds: float) -> bytes:
    """Return the whole body of a request.

    A body over the limit is read on for a while and dropped: a client that is still sending when
    the connection closes would see a broken connection and not the answer.

    Raises: _Refused, _ReaderLeft.
    """
    body = bytearray()
    size = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _ReaderLeft
                chunk = message.get("body", b"")
                size += len(chunk)
                if size <= limit:
                    body += chunk
                if not message.get("more_body") or size > limit * _DISCARDED_LIMITS:
                    break
    except TimeoutError:
        raise _Refused(
            HTTPStatus.REQUEST_TIMEOUT, f"The request did not arrive within {seconds:g} seconds."
        ) from None
    if size > limit:
        raise _Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"The request is larger than {limit:,} bytes, the most that is taken.",
        )
    return bytes(body)
