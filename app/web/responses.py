"""Answering: a whole page or the fragment that was asked for, and where to go next."""

import re
from collections.abc import Callable, Mapping

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.frozen import frozen

FRAGMENT_HEADER = "X-Fragment"
LAYOUT_CONTEXT = "frame"  # the extension that knows what stands around every page
NUMBER_DIGITS = 9  # what both databases hold as an integer

# A path of this site: one slash, then anything that a browser does not read as another host.
_SAFE_PATH = re.compile(r"/(?![/\\])[\w\-./~%?&=+#:@,;!$'()*]*", re.ASCII)


def wants_fragment() -> bool:
    """Say whether the browser's own code asks, and not a person's navigation."""
    return request.headers.get(FRAGMENT_HEADER) == "1"


def see_other(endpoint: str, **values: object) -> ResponseReturnValue:
    """Answer a POST: go and look there (303)."""
    return redirect(url_for(endpoint, **values), code=303)  # type: ignore[arg-type]  # url_for takes any value


def safe_next(value: str | None, default: str) -> str:
    """Return `value` if it is a path of this site, else `default`."""
    if value and _SAFE_PATH.fullmatch(value):
        return value
    return default


def read_number(value: str | None) -> int | None:
    """Return the whole number in an argument, or None where it is missing or no such number."""
    if value and value.isascii() and value.isdigit() and len(value) <= NUMBER_DIGITS:
        return int(value)
    return None


def add_layout_context(app: Flask, part: Callable[[], Mapping[str, object]]) -> None:
    """Let a room say what stands around every whole page, by the names in the templates."""
    app.extensions.setdefault(LAYOUT_CONTEXT, []).append(part)


def layout_context() -> dict[str, object]:
    """Return what stands around a whole page, by the names in the templates."""
    context: dict[str, object] = {}
    for part in current_app.extensions[LAYOUT_CONTEXT]:
        context.update(part())
    return context


def render(template: str, page: object, status: int = 200) -> ResponseReturnValue:
    """Draw a page: the template gets one object, `page`; a whole page its frame, too.

    The name of a fragment's template begins with "_".
    """
    is_fragment = template.rpartition("/")[2].startswith("_")
    frame = {} if is_fragment else layout_context()
    return render_template(template, page=page, **frame), status


class FormPage:
    """A page with a form: `problem` is what stands in its way, "" for nothing, `field` where."""

    __slots__ = ()

    problem: str
    field: str

    def error_in(self, field: str) -> str:
        """Return what is wrong with a field, "" for nothing."""
        return self.problem if self.field == field else ""


@frozen
class Pager:
    """Where a reader is in a long list: page `number` of `last`, of `total` rows."""

    number: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """Return the number of the last page, 1 for an empty list."""
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> int | None:
        """Return the number of the page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """Return the number of the page after, None on the last."""
        return self.number + 1 if self.number < self.last else None

    @property
    def argument(self) -> int | None:
        """Return the number as an address has it: None for the first page."""
        return self.number if self.number > 1 else None

    @property
    def offset(self) -> int:
        """Return how many rows stand before this page."""
        return (self.number - 1) * self.size

    @classmethod
    def at(cls, asked: str | None, *, size: int, total: int) -> "Pager":
        """Make the pager for a page asked for in a URL, the nearest one that there is."""
        pager = cls(1, size, total)
        return cls(min(max(1, read_number(asked) or 1), pager.last), size, total)
