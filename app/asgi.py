"""What the server runs: pages through a2wsgi, downloads through a small pool of their own."""

import asyncio
import contextvars
import io
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, TypeVar, cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import build_environ

PAGE_THREADS = 16
DOWNLOAD_THREADS = 4
DOWNLOADS_OPEN = 16  # at once, each with a database session; the next one waits its turn
BODY_LIMIT = 1 << 20  # bytes of one request
BODY_SECONDS = 60.0  # for one request to arrive
STALL_SECONDS = 30.0  # for a reader to take one piece
PIECE_BYTES = 1 << 16
GATHER_SECONDS = 0.25  # that a slow download may gather a piece, before what there is is sent
ABORT = "abort"  # key of the scope's state: a function that drops the connection at once

_DISCARDED_LIMITS = 8  # a body over the limit is still read to so many limits, see _read_body

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Wsgi = Callable[..., Iterable[bytes]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
_T = TypeVar("_T")


class ReaderStalled(Exception):
    """The reader took nothing for STALL_SECONDS; its connection is dropped."""


def make_asgi(
    flask_app: Wsgi,
    *,
    body_limit: int = BODY_LIMIT,
    body_seconds: float = BODY_SECONDS,
    stall_seconds: float = STALL_SECONDS,
) -> Asgi:
    """Join the application to an ASGI server.

    A request's body is read before a thread is taken: 413 where it is over `body_limit` bytes,
    408 where it takes longer than `body_seconds`. A reader who takes none of PIECE_BYTES in
    `stall_seconds` is cut off. A path that ends in `.csv` is a download: it holds a thread only
    while a piece is made, and its iterator is closed as soon as its reader has left or stalled.
    """
    # The queue is unbounded, so that a page's thread is free as soon as the page is made: a
    # bounded one would hold it for as long as its reader stalls.
    pages = WSGIMiddleware(flask_app, workers=PAGE_THREADS, send_queue_size=0)
    downloads = _Downloads(flask_app)

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live_and_stop(receive, send)
            downloads.stop()
            return
        if scope["type"] != "http":
            message = f"no {scope['type']} is spoken here"
            raise ValueError(message)
        reply = _Reply(scope, send, stall_seconds)
        try:
            body = await _read_body(receive, body_limit, body_seconds)
            scope["headers"] = _headers_for(scope["headers"], body)
            if scope["path"].endswith(".csv"):
                await downloads.respond(scope, body, receive, reply)
            else:
                await pages(
                    cast("Any", scope), cast("Any", _replay(body, receive)), cast("Any", reply)
                )
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


class _Reply:
    """A `send` that hands the body on in pieces and gives the reader so long for each."""

    def __init__(self, scope: Message, send: Send, stall_seconds: float) -> None:
        self._send = send
        self._abort: Callable[[], None] | None = scope.get("state", {}).get(ABORT)
        self._stall_seconds = stall_seconds
        self._is_started = False

    async def __call__(self, message: Message) -> None:
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
        await self({"type": "http.response.start", "status": status.value, "headers": headers})
        await self({"type": "http.response.body", "body": text})

    async def _send_in_time(self, message: Message) -> None:
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


class _Downloads:
    """Answers downloads a piece at a time, so that one which waits for its reader has no thread."""

    def __init__(self, flask_app: Wsgi) -> None:
        self._flask_app = flask_app
        self._threads = ThreadPoolExecutor(DOWNLOAD_THREADS, thread_name_prefix="download")
        self._places = asyncio.Semaphore(DOWNLOADS_OPEN)

    async def respond(self, scope: Message, body: bytes, receive: Receive, reply: _Reply) -> None:
        """Answer one request, in its turn.

        Raises: ReaderStalled, and whatever the application raises.
        """
        leaving = asyncio.ensure_future(_until_left(receive))
        try:
            if await self._take_place(leaving):
                try:
                    await self._stream(scope, body, leaving, reply)
                finally:
                    self._places.release()
        finally:
            leaving.cancel()

    def stop(self) -> None:
        """Take no more work."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _take_place(self, leaving: asyncio.Future[None]) -> bool:
        taking = asyncio.ensure_future(self._places.acquire())
        both: set[asyncio.Future[Any]] = {taking, leaving}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not taking.done():
            taking.cancel()
            return False
        return True

    async def _stream(
        self, scope: Message, body: bytes, leaving: asyncio.Future[None], reply: _Reply
    ) -> None:
        download = _Download(self._flask_app, scope, body)
        is_headed = False
        try:
            while not leaving.done():
                piece = await self._in_thread(download.take)
                if not is_headed:
                    is_headed = True
                    await reply(download.head())
                if piece is None:
                    await reply({"type": "http.response.body", "body": b""})
                    return
                await reply({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            await self._in_thread(download.close)

    async def _in_thread(self, step: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, step)


class _Download:
    """One WSGI response; its steps may run in any thread, one after the other."""

    def __init__(self, flask_app: Wsgi, scope: Message, body: bytes) -> None:
        self._flask_app = flask_app
        self._environ = build_environ(cast("Any", scope), cast("Any", io.BytesIO(body)))
        self._context = contextvars.copy_context()
        self._turn = threading.Lock()
        self._iterable: Iterable[bytes] | None = None
        self._pieces: Iterator[bytes] | None = None
        self._head: Message | None = None

    def take(self) -> bytes | None:
        """Return PIECE_BYTES, or what there is after GATHER_SECONDS; None at the end.

        Raises: whatever the application raises.
        """
        with self._turn:
            return self._context.run(self._take)

    def head(self) -> Message:
        """Return the ASGI message that starts the response.

        Raises: RuntimeError (the application has named no status).
        """
        if self._head is None:
            message = "the application has not called start_response"
            raise RuntimeError(message)
        return self._head

    def close(self) -> None:
        """Let the application put away what it holds, such as a database session."""
        with self._turn:
            close = getattr(self._iterable, "close", None)
            if close is not None:
                self._context.run(close)

    def _take(self) -> bytes | None:
        if self._pieces is None:
            self._iterable = self._flask_app(self._environ, self._start_response)
            self._pieces = iter(self._iterable)
        gathered: list[bytes] = []
        size = 0
        until = time.monotonic() + GATHER_SECONDS
        for chunk in self._pieces:
            gathered.append(chunk)
            size += len(chunk)
            if size >= PIECE_BYTES or time.monotonic() > until:
                return b"".join(gathered)
        return b"".join(gathered) or None

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        self._head = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [
                (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
            ],
        }
        return _no_write


def _no_write(_chunk: bytes) -> None:
    message = "a download yields its body; it does not write it"
    raise NotImplementedError(message)


async def _live_and_stop(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


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


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replayed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replayed


def _headers_for(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Headers:
    """Return the headers as WSGI may see them: a length that is true, no name with `_`.

    WSGI spells `-` as `_`, so that `X_Forwarded_For` would pass for the proxy's own header.
    """
    kept = [
        (name, value)
        for name, value in headers
        if b"_" not in name and name not in {b"content-length", b"transfer-encoding"}
    ]
    return [*kept, (b"content-length", str(len(body)).encode())] if body else kept
