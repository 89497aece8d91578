"""Threads for each kind of work, and a bound on who waits for them: who comes later is told so.

What takes long has threads of its own, so that pages do not wait behind it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask, request

from app.web.shares import Shares

REFUSAL = "gloss.refusal"  # key of the WSGI environment: the GlossError that answers the request

_T = TypeVar("_T")


class Pool:
    """So many threads, and so many who wait for one; of one address at most `of_one`, if given.

    `sentence` tells who comes beyond that, and what to do.
    """

    def __init__(
        self, name: str, *, threads: int, waiting: int, sentence: str, of_one: int | None = None
    ) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads + waiting
        self._shares = Shares(of_one)
        self.sentence = sentence
        self.within = 0  # how many run or wait

    def has_room(self, address: str) -> bool:
        """Say whether one more from an address may wait here."""
        return self.within < self._most and self._shares.has_room(address)

    async def run(self, step: Callable[[], _T], address: str) -> _T:
        """Do something for an address in a thread, in its turn, whether there is room or not.

        Raises: whatever `step` raises.
        """
        self.within += 1
        self._shares.take(address)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, step)
        finally:
            self.within -= 1
            self._shares.give_back(address)


def _refuse() -> None:
    refusal = request.environ.get(REFUSAL)
    if refusal is not None:
        raise refusal


def register(app: Flask) -> None:
    """Answer who found no room, or sent too much, with a page that says so."""
    app.before_request(_refuse)
