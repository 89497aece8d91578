"""What stands in the margins of a PDF's pages: running heads, page numbers, footnotes."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from app.text.footnotes import read_note
from app.text.readers.pdfium import PdfLine

_EDGE_LINES = 3  # looked at from the top, and from the bottom, of each page
_MARGIN = 0.15  # of a page's height
_REPEATED_SHARE = 0.3
_LEAST_REPEATS = 2
_GRID = 4.0  # points: lines this near are at the same place
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W*(?:page|p\.|seite|s\.)?\s*(?:(?P<number>\d{1,4})|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|von|\|)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_SMALLER = 0.93


def without_running_lines(lines: Sequence[PdfLine], page_count: int) -> list[PdfLine]:
    """Drop running heads and page numbers.

    A head is the same, but for its digits, at the same place of several pages. A page's number
    stands alone in the margin and counts with the pages.
    """
    by_page: dict[int, list[PdfLine]] = defaultdict(list)
    for line in lines:
        by_page[line.page].append(line)
    edges = [line for page in by_page.values() for line in _edges(page)]
    places = Counter(key for key in map(_key, edges))
    least = max(_LEAST_REPEATS, page_count * _REPEATED_SHARE)
    dropped = {id(line) for line in edges if places[_key(line)] >= least}
    dropped |= set(_page_numbers(edges))
    return [line for line in lines if id(line) not in dropped]


def split_footnotes(
    lines: Sequence[PdfLine], body_size: float
) -> tuple[list[PdfLine], list[PdfLine]]:
    """Take the footnotes out of the pages: smaller lines at the foot, the first with a number."""
    notes: set[int] = set()
    pages: dict[int, list[PdfLine]] = defaultdict(list)
    for line in lines:
        pages[line.page].append(line)
    for page in pages.values():
        start = len(page)
        while start and page[start - 1].size < body_size * _SMALLER:
            start -= 1
        if 0 < start < len(page) and read_note(page[start].text) is not None:
            notes.update(id(line) for line in page[start:])
    return (
        [line for line in lines if id(line) not in notes],
        [line for line in lines if id(line) in notes],
    )


def _edges(page: Sequence[PdfLine]) -> list[PdfLine]:
    """Return the lines at the top and the foot of a page."""
    from_top = sorted(page, key=lambda line: -line.baseline)
    top = [x for x in from_top[:_EDGE_LINES] if x.baseline > x.page_height * (1 - _MARGIN)]
    foot = [x for x in from_top[-_EDGE_LINES:] if x.baseline < x.page_height * _MARGIN]
    return [*top, *(line for line in foot if line not in top)]


def _key(line: PdfLine) -> tuple[str, int]:
    words = _DIGITS.sub("#", " ".join(line.text.split()).lower())
    return words, round(line.baseline / _GRID)


def _page_numbers(edges: Sequence[PdfLine]) -> Iterator[int]:
    """Yield the identities of lines that are page numbers."""
    found = []
    for line in edges:
        match = _PAGE_NUMBER.fullmatch(line.text.strip())
        if match:
            number = int(match["number"]) if match["number"] else None
            found.append((line, None if number is None else number - line.page))
    counts = Counter(difference for _, difference in found)
    for line, difference in found:
        is_counting = counts[difference] >= _LEAST_REPEATS
        if is_counting or line.page == 0 or difference is None:
            yield id(line)
