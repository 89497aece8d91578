"""Downloads: answered a piece at a time by a small pool of threads of their own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar
from wsgiref.types import WSGIApplication

from app.web.asgi_types import AsgiMessage, Receive, Send, until_left
from app.web.wsgi_bridge import WsgiResponse, build_environ

DOWNLOAD_THREADS = 2  # more would only compete for the interpreter, row by row
PIECE_BYTES = 1 << 16
GATHER_SECONDS = 0.25  # that a slow download may gather a piece, before what there is is sent
MAKING_WAY_SECONDS = 0.04  # that a download rests after a piece while a page is being made

_T = TypeVar("_T")


class Downloads:
    """Answers downloads a piece at a time, so that one which waits for its reader has no thread.

    `is_busy` says whether a page is being made: then downloads make way after each piece.
    """

    def __init__(self, flask_app: WSGIApplication, is_busy: Callable[[], bool]) -> None:
        self._flask_app = flask_app
        self._is_busy = is_busy
        self._threads = ThreadPoolExecutor(DOWNLOAD_THREADS, thread_name_prefix="download")

    async def respond(self, scope: AsgiMessage, body: bytes, receive: Receive, reply: Send) -> None:
        """Answer one request.

        Raises: ReaderStalled, and whatever the application raises.
        """
        leaving = asyncio.ensure_future(until_left(receive))
        try:
            await self._stream(scope, body, leaving, reply)
        finally:
            leaving.cancel()

    def stop(self) -> None:
        """Take no more work."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _stream(
        self, scope: AsgiMessage, body: bytes, leaving: asyncio.Future[None], reply: Send
    ) -> None:
        download = WsgiResponse(self._flask_app, build_environ(scope, body))
        read = partial(download.read, PIECE_BYTES, GATHER_SECONDS)
        is_headed = False
        try:
            while not leaving.done():
                piece = await self._in_thread(read)
                if piece != b"":  # there is something, or no more: else others have their turn
                    if not is_headed:
                        is_headed = True
                        await reply(download.head())
                    if piece is None:
                        await reply({"type": "http.response.body", "body": b""})
                        return
                    await reply({"type": "http.response.body", "body": piece, "more_body": True})
                if self._is_busy():
                    await asyncio.sleep(MAKING_WAY_SECONDS)
        finally:
            await self._in_thread(download.close)

    async def _in_thread(self, step: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, step)
