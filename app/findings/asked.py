"""What of the passages an address asks for: read from it, and written to it in one order.

`ask` and `written` turn one into the other: equal states have equal addresses, and what an address
says that nobody knows is left out and named.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from app.annotations.models import SIDES
from app.annotations.tags import TAGS
from app.core.arguments import Arguments, read_choices, shorten
from app.frozen import frozen
from app.search.query import LONGEST_QUERY

Q_LIMIT = LONGEST_QUERY  # characters of a search
VALUE_LIMIT = 1_000  # characters of any other value
MOST_VALUES = 50  # of one parameter
ME, NONE = "me", "none"
TREE = "-tree"  # after the number of a theme: with all that stand beneath it
YES, NO = "yes", "no"
PLACES = ("text", "note", "thread")  # that a search looks in
DISPUTED, QUESTION, RESOLVED, UNPLACED = "disputed", "question", "resolved", "unplaced"
STATES = (DISPUTED, QUESTION, RESOLVED, UNPLACED)
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


def number_of_month(month: str) -> int:
    """Return a month such as "2025-03" as the database has it: 202503."""
    return int(month.replace("-", ""))


def month_of_number(number: int) -> str:
    """Return the month of such a number: "2025-03"."""
    return f"{number // 100:04}-{number % 100:02}"


def month_of_day(day: date | None) -> str:
    """Return the month of a day as an address has it, such as "2025-03", NONE for no day."""
    return f"{day.year:04}-{day.month:02}" if day else NONE


class PassageSort(StrEnum):
    """In which order passages stand: by place, the newest first, or by a name."""

    PLACE = "place"
    PUBLISHED = "published"
    TAGGED = "tagged"
    AUTHOR = "author"
    PARTY = "party"
    POSITION = "position"


class Grouping(StrEnum):
    """By what passages are grouped."""

    ARTICLE = "article"
    NOTHING = "nothing"
    TAG = "tag"
    AUTHOR = "author"
    ANNOTATOR = "annotator"
    THEME = "theme"
    PARTY = "party"
    POSITION = "position"


class PassagesView(StrEnum):
    """How passages are shown."""

    LIST = "list"
    CONTEXT = "context"


class Hits(StrEnum):
    """Which places stand in context: all, or those alone that are not tagged."""

    ALL = "all"
    UNTAGGED = "untagged"


class ContextSort(StrEnum):
    """By what lines in context are sorted: the first, second or third word after or before."""

    AFTER_1 = "after1"
    AFTER_2 = "after2"
    AFTER_3 = "after3"
    BEFORE_1 = "before1"
    BEFORE_2 = "before2"
    BEFORE_3 = "before3"
    PLACE = "place"


@frozen
class Asked:
    """Which passages are asked for, in which order, and how they are shown.

    Of one facet any of the values has to fit, of different ones each; an empty tuple asks for
    nothing. Values are as in the address: ids as numbers, months as "2025-03", `ME` for whoever
    asks, `NONE` for articles without an author, a publication or a date, and for passages without a
    theme, a party, a position or a side. The id of an alias asks for all of its party or position,
    as that of the main one does, and that of a theme for this one alone, or with TREE after it for
    it and all that stand beneath it.
    """

    q: str = ""
    within: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    annotator: tuple[str, ...] = ()
    article: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    publication: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    tagged: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    party: tuple[str, ...] = ()
    position: tuple[str, ...] = ()
    side: tuple[str, ...] = ()
    sort: PassageSort = PassageSort.PLACE
    group: Grouping = Grouping.ARTICLE
    view: PassagesView = PassagesView.LIST
    by: ContextSort = ContextSort.AFTER_1
    hits: Hits = Hits.ALL

    @property
    def is_of_words(self) -> bool:
        """Say whether words are asked for wherever they stand, and not passages."""
        return self.view is PassagesView.CONTEXT and bool(self.q)

    @property
    def filters(self) -> Mapping[str, tuple[str, ...]]:
        """Return the values of each facet that asks for something, by its name, in order."""
        return {name: values for name in FACETS if (values := getattr(self, name))}

    def narrowing(self, facet: str) -> str:
        """Return a facet if it asks for something, else "": the same passages without it."""
        return facet if facet in self.filters else ""

    @property
    def is_everything(self) -> bool:
        """Say whether nothing is left out that may be seen."""
        return not self.q and not self.filters

    def without(self, facet: str, value: str | None = None) -> "Asked":
        """Return the same without a value of a facet, None for all of them."""
        kept = tuple(each for each in getattr(self, facet) if value not in {None, each})
        return self._with(facet, kept)

    def only(self, facet: str, *values: str) -> "Asked":
        """Return the same with these values of a facet, in place of what it asks for there."""
        return self._with(facet, tuple(sorted(values)))

    def _with(self, facet: str, values: tuple[str, ...]) -> "Asked":
        changed: dict[str, Any] = {facet: values}
        return replace(self, **changed)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Return the parameters of the address in their order, without what stands for nothing."""
        written: list[tuple[str, str]] = []
        for field in fields(self):
            value = getattr(self, field.name)
            name = PARAMETERS.get(field.name, field.name)
            if isinstance(value, tuple):
                written += [(name, each) for each in value]
            elif value != field.default:
                written.append((name, str(value)))
        return written

    @property
    def filter_pairs(self) -> list[tuple[str, str]]:
        """Return those parameters that say which passages are meant, not how they are shown."""
        return [(name, value) for name, value in self.pairs if name not in {"sort", *SHOWN}]

    @property
    def query(self) -> str:
        """Return the query of the address: "" for everything, else "?tag=…"."""
        return f"?{urlencode(self.pairs)}" if self.pairs else ""


PARAMETERS = {"within": "in"}
"""The names of parameters that no field can have."""
ASKED = tuple(PARAMETERS.get(field.name, field.name) for field in fields(Asked))
"""The names of all parameters that `ask` reads."""
SHOWN = ("group", "view", "by", "hits")
"""The parameters that say how a page shows passages: neither which they are, nor their order."""


def _one_of(known: Iterable[str]) -> Callable[[str], bool]:
    return frozenset(known).__contains__


def _is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None


def _is_number_or_none(value: str) -> bool:
    return value == NONE or _is_number(value)


def _is_theme_or_none(value: str) -> bool:
    return _is_number_or_none(value) or _is_number(value.removesuffix(TREE))


def _is_month(value: str) -> bool:
    return _MONTH.fullmatch(value) is not None


def _is_name(value: str) -> bool:
    return len(value) <= VALUE_LIMIT and "\0" not in value


FACETS: Mapping[str, Callable[[str], bool]] = {
    "tag": _one_of(TAGS),
    "annotator": lambda value: value == ME or _is_number(value),
    "article": _is_number,
    "author": _is_name,
    "publication": _is_name,
    "published": lambda value: value == NONE or _is_month(value),
    "tagged": _is_month,
    "state": _one_of(STATES),
    "note": _one_of((YES, NO)),
    "theme": _is_theme_or_none,
    "party": _is_number_or_none,
    "position": _is_number_or_none,
    "side": _one_of((*SIDES, NONE)),
}
"""The facets in the order of the address, each with what says whether a value can be meant."""
_CHOICES = {
    "sort": PassageSort,
    "group": Grouping,
    "view": PassagesView,
    "by": ContextSort,
    "hits": Hits,
}


def ask(arguments: Arguments) -> tuple[Asked, list[str]]:
    """Return what the arguments of an address ask for, and what of them is ignored, as written.

    An argument of another name is not looked at.
    """
    ignored: list[str] = []
    found: dict[str, object] = {"q": _read_q(arguments, ignored)}
    many = {"within": _one_of(PLACES), **FACETS}
    for name, is_known in many.items():
        parameter = PARAMETERS.get(name, name)
        values = [value for value in dict.fromkeys(arguments.getlist(parameter)) if value]
        known = [value for value in values if is_known(value)]
        found[name] = tuple(sorted(known[:MOST_VALUES]))
        left = [value for value in values if value not in known[:MOST_VALUES]]
        ignored += [f"{parameter}={shorten(value)}" for value in left]
    if len(found["within"]) == len(PLACES):  # type: ignore[arg-type]  # a tuple
        found["within"] = ()
    chosen, not_known = read_choices(arguments, _CHOICES)
    return Asked(**found, **chosen), [*ignored, *not_known]  # type: ignore[arg-type]  # each as its field


def _read_q(arguments: Arguments, ignored: list[str]) -> str:
    *_others, q = ["", *arguments.getlist("q")]
    words = " ".join("".join(c if c.isprintable() else " " for c in q).split())
    if len(words) > Q_LIMIT:
        ignored.append(f"q after its first {Q_LIMIT} characters")
    return words[:Q_LIMIT].strip()
