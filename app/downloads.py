"""Downloads: answered a piece at a time by a small pool of threads of their own."""

import asyncio
import contextvars
import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from a2wsgi.wsgi import build_environ

from app.web.asgi_types import AsgiMessage, Receive, Send, Wsgi, until_left

DOWNLOAD_THREADS = 4
DOWNLOADS_OPEN = 16  # at once, each with a database session; the next one waits its turn
PIECE_BYTES = 1 << 16
GATHER_SECONDS = 0.25  # that a slow download may gather a piece, before what there is is sent

_T = TypeVar("_T")


class Downloads:
    """Answers downloads a piece at a time, so that one which waits for its reader has no thread."""

    def __init__(self, flask_app: Wsgi) -> None:
        self._flask_app = flask_app
        self._threads = ThreadPoolExecutor(DOWNLOAD_THREADS, thread_name_prefix="download")
        self._places = asyncio.Semaphore(DOWNLOADS_OPEN)

    async def respond(self, scope: AsgiMessage, body: bytes, receive: Receive, reply: Send) -> None:
        """Answer one request, in its turn.

        Raises: ReaderStalled, and whatever the application raises.
        """
        leaving = asyncio.ensure_future(until_left(receive))
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
        self, scope: AsgiMessage, body: bytes, leaving: asyncio.Future[None], reply: Send
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

    def __init__(self, flask_app: Wsgi, scope: AsgiMessage, body: bytes) -> None:
        self._flask_app = flask_app
        self._environ = build_environ(cast("Any", scope), cast("Any", io.BytesIO(body)))
        self._context = contextvars.copy_context()
        self._turn = threading.Lock()
        self._iterable: Iterable[bytes] | None = None
        self._pieces: Iterator[bytes] | None = None
        self._head: AsgiMessage | None = None

    def take(self) -> bytes | None:
        """Return PIECE_BYTES, or what there is after GATHER_SECONDS; None at the end.

        Raises: whatever the application raises.
        """
        with self._turn:
            return self._context.run(self._take)

    def head(self) -> AsgiMessage:
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
