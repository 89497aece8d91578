"""Requests that bring files: they may be larger, and take longer, than others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from flask import Flask, request
from flask.typing import ResponseReturnValue

from app.core.errors import Busy
from app.web.routing import current_view
from app.web.shares import Shares
from app.web.view_marks import Work, admit_of, work_of

UPLOAD_LIMIT = 60_000_000  # bytes of one request with files
UPLOAD_SECONDS = 600.0  # for it to arrive
UPLOADS_AT_ONCE = 8  # each is held in memory
UPLOADS_OF_ONE = 2  # of one account: one that is slow leaves room for others
WAIT_SECONDS = 30.0  # for room
ADMISSION = "gloss.admission"  # key of the WSGI environment: an Admission, where it is asked for

OWN_TOO_MANY = (
    f"{UPLOADS_OF_ONE} uploads of yours are on their way. Wait until one of them has arrived, then"
    " send this again."
)
TOO_MANY = "Many files are on their way to the server. Wait a minute, then send this again."


@dataclass(slots=True)
class Admission:
    """A question before files are read: who sends them, None where nobody may."""

    account_id: int | None = None


class Slots:
    """Room for so many uploads at once, of which one account has a few."""

    def __init__(self, wait_seconds: float = WAIT_SECONDS) -> None:
        self._wait_seconds = wait_seconds
        self._free = asyncio.Semaphore(UPLOADS_AT_ONCE)
        self._shares = Shares(UPLOADS_OF_ONE)

    @asynccontextmanager
    async def slot(self, account_id: int) -> AsyncIterator[None]:
        """Hold room for one upload of an account.

        Raises: Busy (the account sends others, or there is no room in time).
        """
        if not self._shares.has_room(account_id):
            raise Busy(OWN_TOO_MANY)
        self._shares.take(account_id)
        try:
            try:
                async with asyncio.timeout(self._wait_seconds):
                    await self._free.acquire()
            except TimeoutError:
                raise Busy(TOO_MANY) from None
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._shares.give_back(account_id)


def _widen() -> None:
    if work_of(current_view()) is Work.READING_FILES:
        request.max_content_length = UPLOAD_LIMIT
        request.max_form_memory_size = UPLOAD_LIMIT


def _admit() -> ResponseReturnValue | None:
    admission: Admission | None = request.environ.get(ADMISSION)
    if admission is None:
        return None
    admission.account_id = admit_of(current_view())(**(request.view_args or {}))
    return "", 204


def register(app: Flask) -> None:
    """Let requests that bring files be as large as the server lets them in."""
    app.before_request(_widen)


def register_admission(app: Flask) -> None:
    """Answer the server's question who sends files, which comes without the form."""
    app.before_request(_admit)
