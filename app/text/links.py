"""Web addresses in plain text."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from app.text.document import Inline, InlineKind

_SCHEMES = frozenset({"http", "https", "mailto"})
# An address ends at white space, at a bracket or quotation mark that cannot stand in one, at a
# dash between words, or at the full-width punctuation of Chinese and Japanese.
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9@])(?:https?://|www\.)"
    '[^\\s<>"\\[\\]{}|\\\\^`'
    "\u201c\u201d\u2018\u00ab\u00bb\u2014\u2026\u3001\u3002\uff08\uff09\uff0c\uff1b\u200b]+",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?:[/?#]|\Z)")  # as nearly all targets begin
_TRAILING = ".,;:!?'\u2019*_~"


def find_links(text: str, outside: Sequence[Inline] = ()) -> list[Inline]:
    """Find the bare and bracketed web addresses of a text, in order.

    Brackets around an address and punctuation after it are not part of it. An address that
    touches one of the ranges `outside` is left alone.
    """
    links = []
    taken = _Ranges(outside)
    for match in _ADDRESS.finditer(text):
        address = _without_trailing(match[0])
        target = address if "://" in address else f"https://{address}"
        end = match.start() + len(address)
        if is_web_address(target) and not taken.touch(match.start(), end):
            links.append(Inline(match.start(), end, InlineKind.HYPERLINK, target))
    return links


def is_web_address(target: str) -> bool:
    """Tell whether a target is an http or https URL with a host that has a dot in it."""
    try:
        parts = urlsplit(target)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in host.strip(".")


def is_safe_target(target: str) -> bool:
    """Tell whether a hyperlink may lead to a target: http, https or mailto, and somewhere."""
    if _PLAIN.match(target):
        return True
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in _SCHEMES and bool(parts.netloc or parts.path)


class _Ranges:
    """Ranges that are asked in rising order whether another one touches them."""

    def __init__(self, inlines: Sequence[Inline]) -> None:
        self._ranges = sorted((inline.start, inline.end) for inline in inlines)
        self._next = 0

    def touch(self, start: int, end: int) -> bool:
        while self._next < len(self._ranges) and self._ranges[self._next][1] <= start:
            self._next += 1
        return self._next < len(self._ranges) and self._ranges[self._next][0] < end


def _without_trailing(address: str) -> str:
    surplus = address.count(")") - address.count("(")
    end = len(address)
    while end:
        last = address[end - 1]
        if last == ")" and surplus > 0:
            surplus -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return address[:end]
