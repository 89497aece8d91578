"""What a page that stays open shows, by the rules of static/js/updates.mjs and swap.mjs."""

import re
from collections.abc import Iterator
from threading import Lock
from typing import NamedTuple

from bench.streams import Heard

_SECTION = re.compile(r'<section class="block" id="b(\d+)".*?</section>', re.DOTALL)
_DRAWN = re.compile(r' data-drawn="(\d+)"')
_PAGE = re.compile(r'<main[^>]* data-drawn="(\d+)"')
_CAUGHT_UP = re.compile(r'<div class="answer"[^>]* data-drawn="(\d+)" data-too-much="(\w+)"')


class _Block(NamedTuple):
    """A block's HTML without its number, and the last event that its drawing knew of."""

    drawn: int
    html: str


class TooMuch(Exception):
    """More has changed than a page catches up with; people would be asked to reload."""


class OpenPage:
    """The blocks of a page that was loaded, and what has come since; threads may share it.

    `drawn` is the last event that the page has with it; `is_due` says that something has changed
    which nobody has drawn for it: it is to be fetched.
    """

    def __init__(self, html: str) -> None:
        self.drawn = int(_find(_PAGE, html)[1])
        self.is_due = False
        self._is_fetching = False
        self._blocks: dict[int, _Block] = {}
        self._lock = Lock()
        self._swap(html, is_live=False)

    @property
    def shown(self) -> dict[int, str]:
        """Return the HTML of each block by its number."""
        return {number: block.html for number, block in self._blocks.items()}

    def take_answer(self, html: str) -> None:
        """Show what the answer to one's own act has drawn."""
        with self._lock:
            self._swap(html, is_live=False)

    def hear(self, message: Heard) -> None:
        """Show what a message of the stream brings, or note that it is to be fetched."""
        with self._lock:
            if message.kind == "behind":
                self.is_due = True
            elif message.kind == "change" and "drawing" in message.data:
                self._swap(message.data["drawing"], is_live=True)
                if not self.is_due and not self._is_fetching:
                    self.drawn = message.id or self.drawn
            elif message.kind == "change" and message.data["blocks"]:
                self.is_due = self.is_due or "drawn_in" not in message.data

    def begin_fetching(self) -> int:
        """Return after which event to fetch what has changed."""
        with self._lock:
            self.is_due, self._is_fetching = False, True
            return self.drawn

    def catch_up(self, html: str) -> None:
        """Show what was fetched.

        Raises: TooMuch.
        """
        found = _find(_CAUGHT_UP, html)
        if found[2] == "true":
            raise TooMuch
        with self._lock:
            self._swap(html, is_live=True)
            self.drawn, self._is_fetching = int(found[1]), False

    def _swap(self, html: str, *, is_live: bool) -> None:
        for number, fresh in _blocks_of(html):
            known = self._blocks.get(number)
            if known is None or known.drawn <= fresh.drawn - int(is_live):
                self._blocks[number] = fresh


def _blocks_of(html: str) -> Iterator[tuple[int, _Block]]:
    for found in _SECTION.finditer(html):
        drawn = int(_find(_DRAWN, found[0])[1])
        yield int(found[1]), _Block(drawn, _DRAWN.sub("", found[0], count=1))


def _find(pattern: re.Pattern[str], html: str) -> re.Match[str]:
    found = pattern.search(html)
    if found is None:
        message = f"not what was asked for, without {pattern.pattern}: {html[:200]}"
        raise ValueError(message)
    return found
