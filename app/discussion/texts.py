"""What is written in comments and reasons, cut into what is drawn apart."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from app.text.links import find_links


class TextPart(NamedTuple):
    """A stretch of a text: plain, a hyperlink to `target`, or the name of a member."""

    text: str
    target: str = ""
    is_name: bool = False


def parts_of(text: str, names: Mapping[str, str]) -> list[TextPart]:
    """Cut a text into plain parts, web addresses and names of members.

    `names` are the names as they are now, by how the text calls them.
    """
    found: list[tuple[int, int, TextPart]] = [
        (link.start, link.end, TextPart(text[link.start : link.end], target=link.target))
        for link in find_links(text)
    ]
    folded = {written.casefold(): name for written, name in names.items()}
    found += [
        (call.start, call.end, TextPart(f"@{folded[call.label]}", is_name=True))
        for call in calls_in(text, folded)
        if call.label
    ]
    parts: list[TextPart] = []
    place = 0
    for start, end, part in sorted(found):
        if start > place:
            parts.append(TextPart(text[place:start]))
        parts.append(part)
        place = end
    if place < len(text):
        parts.append(TextPart(text[place:]))
    return parts


class Call(NamedTuple):
    """An @ in a text with what follows it; `label` is the label that it calls, "" for none.

    `start` is where the @ stands, `end` where the label ends, or else the word.
    """

    start: int
    end: int
    label: str


# An email address names nobody; the second @ is the one of East Asian keyboards.
_CALL = re.compile(r"(?<![\w.+-])[@＠](?=\w)")
_WORD = re.compile(r"\w+")


def calls_in(text: str, labels: Collection[str]) -> Iterator[Call]:
    """Yield every @ before a word, with the longest label that follows it; none in a web address.

    The labels are casefolded.
    """
    links = find_links(text)
    longest = max(map(len, labels), default=0)
    for match in _CALL.finditer(text):
        if any(link.start <= match.start() < link.end for link in links):
            continue
        end, label = _longest_label(text, match.end(), labels, longest)
        word = _WORD.match(text, match.end())
        yield Call(match.start(), end if label or not word else word.end(), label)


def _longest_label(text: str, start: int, labels: Collection[str], longest: int) -> tuple[int, str]:
    folded, found = "", (start, "")
    for end in range(start + 1, len(text) + 1):
        folded += text[end - 1].casefold()
        if len(folded) > longest:
            break
        is_whole = end == len(text) or not _WORD.match(text, end)
        if is_whole and folded in labels:
            found = (end, folded)
    return found
