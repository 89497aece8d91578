"""Downloads: answered a piece at a time by a small pool of threads of their own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar
from wsgiref.types import WSGIApplication

from app.web.asgi_types import AsgiMessage, Receive, Send, until_left
from app.web.wsgi import WsgiResponse, build_environ

DOWNLOAD_THREADS = 4
DOWNLOADS_OPEN = 16  # at once, each with a database session; the next one waits its turn
PIECE_BYTES = 1 << 16
GATHER_SECONDS = 0.25  # that a slow download may gather a piece, before what there is is sent

_T = TypeVar("_T")


class Downloads:
    """Answers downloads a piece at a time, so that one which waits for its reader has no thread."""

    def __init__(self, flask_app: WSGIApplication) -> None:
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
        download = WsgiResponse(self._flask_app, build_environ(scope, body))
        read = partial(download.read, PIECE_BYTES, GATHER_SECONDS)
        is_headed = False
        try:
            while not leaving.done():
                piece = await self._in_thread(read)
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
