"""What is known about an article: each fact from the first source that states it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, date, datetime, timedelta

from app.frozen import frozen
from app.text.byline import Byline
from app.text.dates import DateOrder, parse_date
from app.text.document import Document
from app.text.links import is_web_address
from app.text.normalise import normalise
from app.text.parsed import ParsedArticle
from app.text.signing import without_by

FIELDS = ("title", "author", "publication", "published_on", "source_url", "language")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_BY = re.compile(r"by:?\s+(?=\S)", re.IGNORECASE)
_HANDLE = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_MAX_LENGTH = 500
_FIRST_DAY = date(1000, 1, 1)  # calibre writes 0101-01-01 where it knows none


@frozen
class Facts:
    """What one source says of an article; "" or None where it says nothing.

    `origin` is the source in words that a page may show: "front matter", "JSON-LD", "byline" …
    `guessed` is as in ParsedArticle.
    """

    origin: str
    title: str = ""
    author: str = ""
    publication: str = ""
    published_on: date | None = None
    source_url: str = ""
    language: str = ""
    guessed: frozenset[str] = field(default_factory=frozenset)

    def names_byline(self) -> bool:
        """Tell whether it says who wrote the article, where or when; or means to."""
        return bool(self.author or self.publication or self.published_on or self.guessed)

    @classmethod
    def of_byline(cls, byline: Byline) -> "Facts":
        """Return what a byline says."""
        return cls(
            "byline",
            author=byline.author,
            publication=byline.publication,
            published_on=byline.published_on,
            guessed=byline.guessed,
        )


def stated(origin: str, written: Mapping[str, str], order: DateOrder) -> Facts:
    """Make facts of the words of a source, by the names of fields; what is no such fact is left.

    A date of any form is read, one that can be read two ways is a guess. A language is BCP 47 or
    like "en_US". An author is without "By", and never an address.
    """
    words = {name: " ".join(normalise(text).split()) for name, text in written.items()}
    words = {name: text for name, text in words.items() if 0 < len(text) <= _MAX_LENGTH}
    day, is_guess = _day(words.get("published_on", ""), order)
    author = without_by(_BY.sub("", words.get("author", ""), count=1))
    url = words.get("source_url", "")
    return Facts(
        origin,
        title=words.get("title", ""),
        author="" if "://" in author or author.startswith("@") else author,
        publication=words.get("publication", ""),
        published_on=day,
        source_url=url if is_web_address(url) else "",
        language=language_of(words.get("language", "")),
        guessed=frozenset({"published_on"} if is_guess else ()),
    )


def language_of(written: str) -> str:
    """Return a language tag with hyphens, or "" where it is none."""
    return written.replace("_", "-") if _LANGUAGE.fullmatch(written) else ""


def settle(document: Document, sources: Iterable[Facts]) -> ParsedArticle:
    """Make an article: each field from the first source that states it, and which one that was.

    A field is guessed where the source that stated it guessed it and none after it says the same,
    or where a source could not tell and no other stated it.
    """
    origins: dict[str, str] = {}
    values: dict[str, str] = {}
    guessed: set[str] = set()
    unsettled: set[str] = set()
    published_on = None
    for facts in sources:
        for name in FIELDS:
            value = getattr(facts, name)
            if isinstance(value, date) and not is_possible(value):
                continue
            if name in origins:
                if value == (values.get(name) or published_on) and name not in facts.guessed:
                    guessed.discard(name)  # two sources that say the same
                continue
            if not value:
                unsettled |= facts.guessed & {name}
                continue
            origins[name] = facts.origin
            guessed |= facts.guessed & {name}
            if isinstance(value, date):
                published_on = value
            else:
                values[name] = value
    return ParsedArticle(
        document=document,
        title=values.get("title", ""),
        author=values.get("author", ""),
        publication=values.get("publication", ""),
        published_on=published_on,
        source_url=values.get("source_url", ""),
        language=values.get("language", ""),
        guessed=frozenset(guessed | (unsettled - origins.keys())),
        origins=origins,
    )


def agreed_on_author(sources: Sequence[Facts]) -> list[Facts]:
    """Drop the author that the first source to name one names alone, where two others agree.

    So does a handle ("janedoe") where any other names one. Who owns a site is written there, too.
    """
    named = [source.author.casefold() for source in sources if source.author]
    if len(set(named)) <= 1:
        return list(sources)
    first, others = named[0], Counter(named[1:])
    is_doubted = _HANDLE.fullmatch(first) or (first not in others and max(others.values()) > 1)
    return [
        replace(source, author="") if is_doubted and source.author.casefold() == first else source
        for source in sources
    ]


def is_possible(day: date) -> bool:
    """Tell whether something can have been published on a day: not in days to come, nor never.

    The first day of 1970 is how programs write that they know none.
    """
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)  # it is that somewhere already
    return _FIRST_DAY <= day <= tomorrow and day != date(1970, 1, 1)


def _day(written: str, order: DateOrder) -> tuple[date | None, bool]:
    found = parse_date(written, order)
    return (found.day, found.is_guess) if found else (None, bool(written))
