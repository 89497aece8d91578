"""The one door to trafilatura: which words of a page are its article, who wrote it, and when."""

import logging
import re
from datetime import date, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

from app.text.readers.markup import HtmlElement, prepare_for_extractor

if TYPE_CHECKING:
    from trafilatura.settings import Extractor as Settings

# A larger page is read by our own rules alone: some of the extractor's take time by the square.
_MOST_ELEMENTS = 30_000
_MOST_CHARACTERS = 3_000_000
_MOST_CHILDREN = 3_000  # of one element
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|[0-9][/.-][0-9]{2}\b")  # no day is written without one
_LOGGERS = ("trafilatura", "htmldate", "justext", "courlan", "dateparser")


class Extractor:
    """What trafilatura finds in one normalised page; "" or None where it finds nothing, or fails.

    It opens no connection, and what it would log is not for whoever runs the server: a page in
    which it finds nothing is read all the same.
    """

    def __init__(self, html: str, root: HtmlElement | None) -> None:
        """Take a page as it is written, and its tree, which is changed; None for no tree."""
        self._html = html
        self._root = root

    def words(self, *, is_thorough: bool = False) -> str:
        """Return the words of the article, a line for each block of it.

        If `is_thorough`, other ways to find an article are tried too, which takes longer.
        """
        from trafilatura import bare_extraction  # noqa: PLC0415 loaded when needed

        if self._tree is None:
            return ""
        body = self._tree.find("body")
        where = self._tree if body is None else body
        _hush()
        try:
            found = bare_extraction(where, options=_settings(is_thorough=is_thorough))
        except Exception:  # noqa: BLE001  whatever fails in it, our own rules read the page
            return ""
        body = getattr(found, "body", None)
        return "" if body is None else "\n".join(body.itertext())

    def author(self) -> str:
        """Return the names of who wrote it, by the classes of elements."""
        from trafilatura.metadata import extract_author  # noqa: PLC0415 loaded when needed

        if self._tree is None:
            return ""
        _hush()
        try:
            found = extract_author(self._tree)
        except Exception:  # noqa: BLE001  whatever fails in it, the author is not known
            return ""
        return ", ".join((found or "").split("; "))

    def day(self, url: str) -> date | None:
        """Return the day of publication, by anything in the page that looks like one."""
        from htmldate import find_date  # noqa: PLC0415 loaded when needed

        if self._tree is None or not _YEAR.search(self._html):
            return None
        _hush()
        try:
            found = find_date(self._tree, original_date=True, url=url or None)
            day = datetime.fromisoformat(found).date() if found else None
        except Exception:  # noqa: BLE001  whatever fails in it, the day is not known
            return None
        # That is how it writes a year alone.
        return None if day is None or (day.month, day.day) == (1, 1) else day

    @cached_property
    def _tree(self) -> HtmlElement | None:
        is_large = self._html.count("<") > _MOST_ELEMENTS or len(self._html) > _MOST_CHARACTERS
        if self._root is None or is_large:
            return None
        return prepare_for_extractor(self._root, _MOST_CHILDREN)


@cache
def _settings(*, is_thorough: bool) -> "Settings":
    """Return how an article is looked for; its words alone are needed, and no comments."""
    from trafilatura.settings import Extractor as Settings  # noqa: PLC0415 loaded when needed

    return Settings(comments=False, fast=not is_thorough)


@cache
def _hush() -> None:
    """Keep what the extractor and its libraries would log to themselves, once they are loaded."""
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
