"""What the server runs: pages and downloads by threads of their own, and live updates."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from types import MappingProxyType

from flask import Flask
from sqlalchemy.exc import OperationalError

from app.core.errors import Busy, GlossError, TooLarge, TooSlow
from app.downloads import PIECE_BYTES, Downloads
from app.live.routes import PATH as LIVE
from app.live.stream import Live
from app.web.asgi_types import ABORT, Asgi, AsgiMessage, Receive, Send, send_whole
from app.web.clients import client_of
from app.web.pools import REFUSAL, Pool
from app.web.problems import API, problem_body
from app.web.problems import MIMETYPE as PROBLEM
from app.web.uploads import ADMISSION, UPLOAD_LIMIT, UPLOAD_SECONDS, WAIT_SECONDS, Admission, Slots
from app.web.view_marks import Work, view_finder, work_of
from app.web.wsgi_bridge import WsgiResponse, build_environ

PAGE_THREADS = 16
PAGES_WAITING = 1_000
SERVING_THREADS = 2
HASHING_THREADS = 2  # each hash takes 64 MiB of memory
HASHING_WAITING = 80
HASHING_OF_ONE = 50  # of one address, so that nobody can fill the queue alone
READING_THREADS = 12
READING_WAITING = 24
BODY_LIMIT = 1 << 20  # bytes of one request
BODY_SECONDS = 60.0  # for one request to arrive
STALL_SECONDS = 30.0  # for a reader to take one piece

BUSY = "The server is busy. Nothing was done; try again in a moment."
HASHING_BUSY = "Many people are signing in at this moment. Wait half a minute, then try again."
READING_BUSY = "The server is reading many files at this moment. Wait a minute, then try again."
TOO_LARGE = (
    "What you sent is larger than {most}, the most that is taken here. To keep room for others it"
    " is not kept. Go back in your browser, where it may still stand, and send less at a time."
)
TOO_SLOW = (
    "The request did not arrive within {:g} seconds, and nothing was done. Go back in your browser,"
    " where it may still stand, and send it again."
)

log = logging.getLogger(__name__)

_DISCARDED_LIMITS = 8  # a body over the limit is still read to so many limits, see _read_body

_Answer = tuple[AsgiMessage, bytes]
"""The message that starts a response, and its whole body."""


class ReaderStalled(Exception):
    """The reader took nothing for STALL_SECONDS; its connection is dropped."""


def make_asgi(
    flask_app: Flask,
    *,
    live: Live | None = None,
    body_limit: int = BODY_LIMIT,
    body_seconds: float = BODY_SECONDS,
    stall_seconds: float = STALL_SECONDS,
    wait_seconds: float = WAIT_SECONDS,
    trusted_proxies: int = 0,
) -> Asgi:
    """Join the application to an ASGI server.

    A request's body is read before a thread is taken: the answer is a page of 413 where it is over
    `body_limit` bytes, of 408 where it takes longer than `body_seconds`; views that take files have
    limits of their own, for accounts that may send files there. A reader who takes none of
    PIECE_BYTES in `stall_seconds` is cut off. Downloads are the views that are marked so: one holds
    a thread only while a piece is made, and its iterator is closed as soon as its reader has left
    or stalled.
    """
    pages = _Pages(flask_app, trusted_proxies)
    uploads = _Uploads(pages, Slots(wait_seconds), body_seconds)
    front = _Front(flask_app, pages, uploads, body_limit=body_limit, body_seconds=body_seconds)

    async def application(scope: AsgiMessage, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live_and_stop(receive, send)
            front.stop()
            return
        if scope["type"] != "http":
            message = f"no {scope['type']} is spoken here"
            raise ValueError(message)
        reply = _Reply(scope, send, stall_seconds)
        try:
            if live is not None and scope["path"] == LIVE and scope["method"] == "GET":
                await live.respond(scope, receive, reply)
            else:
                await front.answer(scope, receive, reply)
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
    """Makes answers, each by one thread of its kind of work."""

    def __init__(self, flask_app: Flask, trusted_proxies: int) -> None:
        self._flask_app = flask_app
        self._trusted_proxies = trusted_proxies
        self._pools = {
            Work.PAGE: Pool("page", threads=PAGE_THREADS, waiting=PAGES_WAITING, sentence=BUSY),
            Work.SERVING_FILES: Pool(
                "file", threads=SERVING_THREADS, waiting=PAGES_WAITING, sentence=BUSY
            ),
            Work.HASHING: Pool(
                "hashing",
                threads=HASHING_THREADS,
                waiting=HASHING_WAITING,
                of_one=HASHING_OF_ONE,
                sentence=HASHING_BUSY,
            ),
            Work.READING_FILES: Pool(
                "reading",
                threads=READING_THREADS,
                waiting=READING_WAITING,
                sentence=READING_BUSY,
            ),
        }

    @property
    def running(self) -> int:
        """How many pages are being made or wait for it."""
        return self._pools[Work.PAGE].within

    async def make(
        self,
        work: Work,
        scope: AsgiMessage,
        body: bytes = b"",
        more: Mapping[str, object] = MappingProxyType({}),
    ) -> _Answer:
        """Make an answer; `more` goes into the WSGI environment.

        Raises: _Refused (too many wait for a page), and whatever the application raises.
        """
        pool = self._pools[work]
        address = client_of(scope, self._trusted_proxies) or ""
        if not pool.has_room(address):
            if work is Work.PAGE:
                raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE, pool.sentence)
            return await self.refuse(scope, Busy(pool.sentence), body)
        page = WsgiResponse(self._flask_app, {**build_environ(scope, body), **more})
        content = await pool.run(page.read_whole, address)
        return page.head(), content

    async def refuse(self, scope: AsgiMessage, error: GlossError, body: bytes = b"") -> _Answer:
        """Make a page that says why a request was not taken, with what had been typed."""
        return await self.make(Work.PAGE, scope, body, {REFUSAL: error})


class _Uploads:
    """Takes large requests with files, of accounts that may send them: it asks before it reads."""

    def __init__(self, pages: _Pages, slots: Slots, body_seconds: float) -> None:
        self._pages = pages
        self._slots = slots
        self._body_seconds = body_seconds

    async def take(self, scope: AsgiMessage, receive: Receive) -> _Answer:
        """Answer one request.

        Raises: _Refused, _ReaderLeft, and whatever the application raises.
        """
        admission = Admission()
        answer = await self._pages.make(Work.PAGE, scope, more={ADMISSION: admission})
        if admission.account_id is not None:
            try:
                async with self._slots.slot(admission.account_id):
                    body = await _read_body(receive, UPLOAD_LIMIT, UPLOAD_SECONDS)
                    return await self._pages.make(Work.READING_FILES, scope, body)
            except (TooLarge, TooSlow) as error:
                return _closing(await self._pages.refuse(scope, error))
            except Busy as error:
                answer = await self._pages.refuse(scope, error)
        # Who is still sending when the connection closes would not see the answer.
        await _discard_body(receive, UPLOAD_LIMIT, self._body_seconds)
        return _closing(answer)


class _Front:
    """Answers all but streams, each request by the threads that its view is marked for."""

    def __init__(
        self,
        flask_app: Flask,
        pages: _Pages,
        uploads: _Uploads,
        *,
        body_limit: int,
        body_seconds: float,
    ) -> None:
        self._pages = pages
        self._uploads = uploads
        self._downloads = Downloads(flask_app, is_busy=lambda: pages.running > 0)
        self._find_view = view_finder(flask_app)
        self._body_limit = body_limit
        self._body_seconds = body_seconds

    async def answer(self, scope: AsgiMessage, receive: Receive, reply: "_Reply") -> None:
        """Answer one request. A page is whole before it is sent: a slow reader holds no thread.

        Raises: _Refused, _ReaderLeft, ReaderStalled, and whatever the application raises.
        """
        work = work_of(self._find_view(scope["path"], scope["method"]))
        if work is Work.READING_FILES and not _is_small(scope, self._body_limit):
            await send_whole(reply, *await self._uploads.take(scope, receive))
            return
        try:
            body = await _read_body(receive, self._body_limit, self._body_seconds)
        except (TooLarge, TooSlow) as error:
            await send_whole(reply, *_closing(await self._pages.refuse(scope, error)))
            return
        if work is Work.DOWNLOAD:
            await self._download(scope, body, receive, reply)
        else:
            await send_whole(reply, *await self._pages.make(work, scope, body))

    async def _download(
        self, scope: AsgiMessage, body: bytes, receive: Receive, reply: "_Reply"
    ) -> None:
        """Answer a download; one that breaks in the middle must not pass for a whole one."""
        try:
            await self._downloads.respond(scope, body, receive, reply)
        except OperationalError as error:
            if reply.is_started:
                raise
            log.error("the database did not answer a download: %s", error.orig)  # noqa: TRY400  (one line)
            await send_whole(reply, *await self._pages.refuse(scope, Busy(BUSY), body))

    def stop(self) -> None:
        """Take no more work."""
        self._downloads.stop()


class _Reply:
    """A `send` that hands the body on in pieces and gives the reader so long for each."""

    def __init__(self, scope: AsgiMessage, send: Send, stall_seconds: float) -> None:
        self._send = send
        self._abort: Callable[[], None] | None = scope.get("state", {}).get(ABORT)
        self._stall_seconds = stall_seconds
        self._is_for_program: bool = scope["path"].startswith(API)
        self.is_started = False

    async def __call__(self, message: AsgiMessage) -> None:
        """Send one ASGI message.

        Raises: ReaderStalled.
        """
        self.is_started = True
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
        if self.is_started:
            self._drop()
            return
        text, kind = f"{sentence}\n".encode(), "text/plain; charset=utf-8"
        if self._is_for_program:
            text, kind = problem_body(status, sentence), PROBLEM
        headers = [
            (b"content-type", kind.encode()),
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

    Raises: TooLarge, TooSlow, _ReaderLeft.
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
        raise TooSlow(TOO_SLOW.format(seconds)) from None
    if size > limit:
        mebibytes, rest = divmod(limit, 1 << 20)
        most = f"{limit / 1_000_000:g} MB" if rest else f"{mebibytes} MiB"
        raise TooLarge(TOO_LARGE.format(most=most))
    return bytes(body)


def _closing(answer: _Answer) -> _Answer:
    """Return an answer after which the connection is closed: more of the request may come."""
    head, content = answer
    return {**head, "headers": [*head["headers"], (b"connection", b"close")]}, content


async def _discard_body(receive: Receive, most: int, seconds: float) -> None:
    """Read on until the body, so many bytes or the time is over, and keep nothing.

    Raises: _ReaderLeft.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while most > 0:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _ReaderLeft
                if not message.get("more_body"):
                    return
                most -= len(message.get("body", b""))


def _is_small(scope: AsgiMessage, limit: int) -> bool:
    """Say whether a request says of itself that it is no larger than others may be."""
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return bool(lengths) and all(value.isdigit() and int(value) <= limit for value in lengths)
