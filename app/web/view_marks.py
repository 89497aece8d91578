"""Marks by which a view says how its requests are read and answered, and finding a path's view."""

from collections.abc import Callable
from enum import Enum, auto
from functools import lru_cache
from typing import TypeVar

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.web.routing import view_of

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
FoundView = Callable[..., object] | None
REMEMBERED = 1_000  # addresses whose view was looked for
LONGEST_REMEMBERED = 200  # characters of one
Admit = Callable[..., int]
"""Gets the values of a path and returns the id of the account that may send files there.

It knows the request's headers alone. Raises: GlossError (nobody, or somebody who may not).
"""


class Work(Enum):
    """What a view does. Each kind has threads of its own."""

    PAGE = auto()
    SERVING_FILES = auto()
    HASHING = auto()
    READING_FILES = auto()
    DOWNLOAD = auto()


def without_database(view: View) -> View:
    """Mark a view that reads no database, and answers when that does not."""
    return _mark(view, Work.SERVING_FILES)


def hashes_passwords(view: View) -> View:
    """Mark a view that hashes a password, which takes a fifth of a second."""
    return _mark(view, Work.HASHING)


def download(view: View) -> View:
    """Mark a view whose answer is sent piece by piece, each as it is made."""
    return _mark(view, Work.DOWNLOAD)


def takes_files(admit: Admit) -> Callable[[View], View]:
    """Mark a view whose requests bring files: they may be larger, and take longer, than others.

    Of a large one `admit` is asked who sends it before any of it is read.
    """

    def mark(view: View) -> View:
        view.admit = admit  # type: ignore[attr-defined]  # a mark of ours
        return _mark(view, Work.READING_FILES)

    return mark


def work_of(view: FoundView) -> Work:
    """Return what a view does; None is no view, and a page says so."""
    return getattr(view, "work", Work.PAGE)


def admit_of(view: FoundView) -> Admit:
    """Return what says who may send files to a view that takes them."""
    admit: Admit = view.admit  # type: ignore[union-attr]  # a mark of ours
    return admit


def view_finder(app: Flask) -> Callable[[str, str], FoundView]:
    """Return a function from a path and a method to the view that answers them, or None.

    What people tag in comes again and again, and is looked for once.
    """
    adapter = app.url_map.bind("localhost")  # no rule of ours asks for a host

    def find(path: str, method: str) -> FoundView:
        try:
            endpoint, _ = adapter.match(path, method)
        except HTTPException:  # nothing there, another method, or another spelling of the path
            return None
        return view_of(app, endpoint)

    find_again = lru_cache(REMEMBERED)(find)

    def find_once(path: str, method: str) -> FoundView:
        return (find_again if len(path) <= LONGEST_REMEMBERED else find)(path, method)

    return find_once


def _mark(view: View, work: Work) -> View:
    view.work = work  # type: ignore[attr-defined]  # a mark of ours
    return view
