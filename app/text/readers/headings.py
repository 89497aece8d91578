"""Which blocks of plain text are headings."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from app.text.byline import is_dateline
from app.text.dates import DateOrder, is_day_in_words
from app.text.links import find_links
from app.text.offers import is_offer
from app.text.readers.text_lines import RawBlock

_MAX_LENGTH = 110
_MAX_WORDS = 16
_MAX_LABEL_WORDS = 6
_MAX_RUN = 3
_OPENING = "\u2018'\u00bf\u00a1"
_QUOTED = {"\u201c": "\u201d", '"': '"', "\u00ab": "\u00bb", "\u201e": "\u201c\u201d"}
_CLOSING = "\u201d\u2019\u00bb\"')\\]"
_FINAL_STOP = re.compile(
    rf"(?:[.,;\u2026\u3002\uff0c\u3001\uff1b\u060c\u061b\u0964][{_CLOSING}]*|:[{_CLOSING}]+)$"
    rf"|(?<![0-9])[.,;\u2026][{_CLOSING}]*(?:[0-9]{{1,2}}|\[[0-9]{{1,2}}\])$"
)
_COLON = (":", "\uff1a")
# Two sentences are a paragraph, whatever they end with; "vs. " and "St. " end none.
_TWO_SENTENCES = re.compile(r"[^\W\d_A-Z\u00c0-\u00de]{4,}\.\s+\S|[\u3002\u0964]\s*[^\W\d_]")
# A question that continues a thought, or leads up to itself, is a paragraph.
_QUESTION_IN_PASSING = re.compile(
    r"(?:and|but|so|or|yet|nor|because|then|right|really|well|ok(?:ay)?)\b.*\?\W*$"
    r"|.*:\s+(?-i:[a-z]).*\?\W*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:photo(?:graph)?|image|source|credits?|figure|table|chart|video|audio|graphic|caption|"
    r"read more|related|see also)\b[^:]{0,30}:"
    r"|(?:advertisement|read more|related|subscribe|continued)\W*$",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"(?:step|part|stage|phase|chapter|section|lesson|rule|point|reason|myth|argument)\s+"
    r"(?:[0-9]{1,2}|[ivx]{1,4}|one|two|three|four|five|six|seven|eight|nine|ten)\b",
    re.IGNORECASE,
)


def find_headings(
    blocks: Sequence[RawBlock], prose: Sequence[bool], order: DateOrder
) -> frozenset[int]:
    """Find the headings among blocks; returns their indices, from 0.

    `prose` tells of each block whether it could be one: it is no list item, quotation, footnote
    or rule. A heading is short, ends without a full stop or comma, begins with a capital, digit
    or quotation mark, and is not longer than what follows it. More than three such lines in a
    row are a list or verses, of which at most the first of the article is its title.
    """
    times = Counter(block.text for block in blocks)
    shaped = []
    for index, block in enumerate(blocks):
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        is_shaped = block.is_underlined or _is_shaped(block.text, order)
        is_label = _is_label(block.text, times[block.text], after)
        shaped.append(prose[index] and (is_shaped or is_label))
    runs = [list(run) for _, run in groupby(range(len(blocks)), key=shaped.__getitem__)]
    headings: set[int] = set()
    for run, after_run in zip(runs, [*runs, []][1:], strict=True):
        if shaped[run[0]]:
            room = sum(len(blocks[index].text) for index in after_run)
            candidates = run if len(run) <= _MAX_RUN else [0] if run[0] == 0 else []
            headings.update(index for index in candidates if len(blocks[index].text) <= room)
    return frozenset(headings)


def _is_shaped(text: str, order: DateOrder) -> bool:
    """Tell whether a text looks like a heading, whatever stands around it."""
    if len(text) > _MAX_LENGTH or len(text.split()) > _MAX_WORDS or text.endswith(_COLON):
        return False
    if not _begins_heading(text) or _FINAL_STOP.search(text) or _TWO_SENTENCES.search(text):
        return False
    if _QUESTION_IN_PASSING.match(text) or _LABEL.match(text) or is_offer(text):
        return False
    if is_day_in_words(text.rpartition(", ")[2]):  # a byline in whatever language, perhaps
        return False
    return not find_links(text) and not is_dateline(text, order)


def _begins_heading(text: str) -> bool:
    """Tell whether a text begins with a capital, a digit or a quotation that it also closes."""
    if not any(char.isalpha() for char in text):
        return False
    first, rest = text[0], text[1:]
    if first in _QUOTED:
        return any(mark in rest for mark in _QUOTED[first])
    return first.isdigit() or first in _OPENING or (first.isalpha() and not first.islower())


def _is_label(text: str, times: int, after: RawBlock | None) -> bool:
    """Tell a heading with a colon ("Step two: ...:") from a sentence that leads to a quotation."""
    if not text.endswith(_COLON) or after is None or after.depth or after.text[:1] in _QUOTED:
        return False
    is_short = len(text.split()) <= _MAX_LABEL_WORDS and _begins_heading(text)
    return is_short and (times > 1 or _STEP.match(text) is not None)
