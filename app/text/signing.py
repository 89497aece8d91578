"""Bylines without "By": names that stand alone above an article, and "Par", "Von", "De", "Di"."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from app.text.byline import Byline, find_byline, read_byline
from app.text.dates import DateOrder
from app.text.languages import guess_language
from app.text.names import is_person
from app.text.offers import is_follow

_HEAD = 8  # blocks in which a name may stand
_READING_TIME = re.compile(r"\b[0-9]+[\s-]min(?:ute)?s?\b(?:\s+read)?", re.IGNORECASE)
_SAYS_NOTHING = re.compile(rf"\W*(?:{_READING_TIME.pattern})?\W*", re.IGNORECASE)
_PARTED = re.compile(r"(?P<name>[^|\u00b7\u2022]+?)\s*[|\u00b7\u2022]\s*(?P<rest>.+)", re.DOTALL)
_DATED = re.compile(
    r"(?P<name>.+?)(?:,\s*|\s+[|\u00b7\u2022\u2013-]\s+|\s+(?:am|le|el|il|em)\s+)(?P<rest>.+)"
)
_PUBLISHED = re.compile(
    r"(?:publi\u00e9e?|\u00e9crit|r\u00e9dig\u00e9|ver\u00f6ffentlicht|geschrieben|publicado|escrito|"
    r"pubblicato|scritto)\s+(?=(?:par|von|por|di|da)\s)",
    re.IGNORECASE,
)
# "By" in other languages. Each begins a headline, too ("Von Hayek Was Wrong"), and a surname.
_BY = {"par": "fr", "von": "de", "de": "es", "por": "es pt", "di": "it"}
_AND = re.compile(r",\s*|\s+(?:et|und|y|e|i|and|&)\s+")
_MOST_WORDS = 4  # of one name, beside its particles


class _Signature(NamedTuple):
    """A name in the blocks `[first, last)` with what stands below it; as one line with "By"."""

    first: int
    last: int
    line: str


def find_signed_byline(
    blocks: Sequence[str], order: DateOrder, *, has_title: bool
) -> tuple[Byline, frozenset[int]]:
    """Find the byline among the first blocks of an article, signed in whatever way.

    Beside what `find_byline` knows, a bare name is one above "Follow" or a reading time, or before
    a bar and a date ("Jane Doe | March 5, 2024"); and "Par", "Von", "De", "Por" or "Di" is "By" in
    a text of that language, on a line of nothing but full names. If it `has_title`, the first block
    is no name. Returns what `find_byline` does.
    """
    texts = list(blocks)
    signature = _find_signature(texts, order, since=int(has_title))
    if signature is not None:
        first, last, line = signature
        texts[first:last] = [line, *[""] * (last - first - 1)]
    byline, found = find_byline(texts, order)
    if signature is not None and signature.first in found:
        found |= frozenset(range(signature.first, signature.last))
    return byline, found


def without_by(name: str) -> str:
    """Take "Par", "Von", "De", "Por" or "Di" off an author's words, where a full name is left."""
    word, _, rest = _without_published(name).partition(" ")
    return rest if word.lower() in _BY and _are_people(rest) else name


def is_signed_abroad(line: str, order: DateOrder) -> bool:
    """Tell whether a line is "Par", "Von", "De", "Por" or "Di" and full names, perhaps a date."""
    return bool(_read_abroad(line, order))


def _read_abroad(line: str, order: DateOrder) -> str:
    """Return a line that is signed so as "By NAMES | DATE", "" for any other."""
    name = without_by(line)
    if name != line:
        return f"By {name}"
    match = _DATED.fullmatch(line)
    if match is None or without_by(match["name"]) == match["name"]:
        return ""
    is_dated = _is_date(match["rest"], order)
    return f"By {without_by(match['name'])} | {match['rest']}" if is_dated else ""


def _without_published(line: str) -> str:
    return line[match.end() :] if (match := _PUBLISHED.match(line)) else line


def _find_signature(texts: Sequence[str], order: DateOrder, *, since: int) -> _Signature | None:
    for first in range(since, min(len(texts), _HEAD)):
        text = " ".join(texts[first].split())
        abroad = _read_abroad(text, order)
        if abroad and _is_in_its_language(text, texts):
            return _Signature(first, first + 1, abroad)
        parted = _PARTED.fullmatch(text)
        name = parted["name"] if parted else text
        if not _is_author(name, order):
            continue
        if parted is not None:
            rest = read_byline(parted["rest"], order)
            if rest and rest.published_on and not rest.author:
                return _Signature(first, first + 1, f"By {text}")
            continue
        last, dates = first + 1, []
        while last < len(texts) and (found := _below_name(texts[last], order)) is not None:
            last += 1
            dates += [found] if found else []
        below = texts[first + 1 : last]
        if any(is_follow(line) or _READING_TIME.search(line) for line in below):
            return _Signature(first, last, " | ".join([f"By {name}", *dates[:1]]))
    return None


def _below_name(text: str, order: DateOrder) -> str | None:
    """Give the date that stands below a name, "" for what says nothing, None for anything else."""
    if not text.strip():
        return None
    if _SAYS_NOTHING.fullmatch(text) or is_follow(text):
        return ""
    return text if _is_date(text, order) else None


def _is_date(text: str, order: DateOrder) -> bool:
    found = read_byline(text, order)
    if found is None:
        return False
    return found == Byline(published_on=found.published_on, guessed=found.guessed)


def _is_author(name: str, order: DateOrder) -> bool:
    return " " in name and read_byline(f"By {name}", order) == Byline(author=name)


def _are_people(text: str) -> bool:
    """Tell whether a text is nothing but names of people, each with a first name."""
    return all(
        is_person(name) and len(name.split()) <= _MOST_WORDS for name in _AND.split(text.strip())
    )


def _is_in_its_language(name: str, texts: Sequence[str]) -> bool:
    language = guess_language("\n".join(texts))
    return (
        bool(language)
        and language in _BY[_without_published(name).split(maxsplit=1)[0].lower()].split()
    )
