"""What the lists of parties and of positions show: a `@frozen` object, and what builds it."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy.orm import Session

from app.annotations.models import SIDES
from app.annotations.tags import TAGS
from app.assignments.queries.visibility import can_see_all
from app.core.arguments import Arguments, last_value, read_choices
from app.frozen import frozen
from app.parties.service.names import MOST
from app.parties.state import Affiliated
from app.projects.models import Member
from app.projects.roles import Act, may
from app.statements.pages.passage_links import passages_of
from app.statements.pages.words import KINDS_IN_WORDS, PARTIES, WORDS, SubjectWords
from app.statements.queries.listing import list_affiliations
from app.statements.queries.uses import (
    Entries,
    Entry,
    Uses,
    count_uses,
    list_entries,
)
from app.text.sorting import fold
from app.web.responses import FormPage, Pager

A_PAGE = 50
ALIASES_SHOWN = 3
Q_LIMIT = 200  # characters of a search


class ListSort(StrEnum):
    """In which order they stand: the most used first, by name, or by when they are first seen."""

    MOST = "most"
    NAME = "name"
    FIRST = "first"
    LAST = "last"


class Kept(StrEnum):
    """Which are listed: those in use, the archived, or both."""

    IN_USE = "used"
    ARCHIVED = "archived"
    ALL = "all"


class KindAsked(StrEnum):
    """Of which kind parties are that are listed; `NONE` are those of which nobody said it."""

    PERSON = "person"
    ORGANIZATION = "organization"
    NONE = "none"


_CHOICES: Mapping[str, type[StrEnum]] = {"kind": KindAsked, "kept": Kept, "sort": ListSort}

SORTS: Mapping[str, str] = {
    ListSort.MOST: "most passages",
    ListSort.NAME: "name",
    ListSort.FIRST: "first seen",
    ListSort.LAST: "last seen",
}
KEPT: Mapping[str, str] = {
    Kept.IN_USE: "in use",
    Kept.ARCHIVED: "archived",
    Kept.ALL: "all",
}
KINDS: Mapping[str, str] = {
    "": "any",
    KindAsked.PERSON: "person",
    KindAsked.ORGANIZATION: "organisation",
    KindAsked.NONE: "not said",
}


@frozen
class AskedList:
    """What an address asks of a list; `kind` None is any."""

    q: str = ""
    kind: KindAsked | None = None
    kept: Kept = Kept.IN_USE
    sort: ListSort = ListSort.MOST

    @property
    def arguments(self) -> Mapping[str, str]:
        """Return what an address of the same says, without what goes by itself."""
        values = [(each.name, getattr(self, each.name), each.default) for each in fields(self)]
        return {name: str(value) for name, value, default in values if value != default}

    @property
    def is_narrowed(self) -> bool:
        """Say whether some are left out."""
        return bool(self.q or self.kind) or self.kept is not Kept.IN_USE


ASKED_OF_LISTS = tuple(each.name for each in fields(AskedList))
"""The names of all parameters that `ask_list` reads."""


def ask_list(arguments: Arguments) -> tuple[AskedList, list[str]]:
    """Return what the arguments of an address ask of a list, and what of them is ignored."""
    found, ignored = read_choices(arguments, _CHOICES)
    return AskedList(last_value(arguments, "q")[:Q_LIMIT], **found), ignored


@frozen
class Figure:
    """How many passages there are of a kind, and their address, "" where there are none."""

    count: int
    address: str


@frozen
class ListLine:
    """A party or a position in the list: what it is called, and how it is used.

    `about` says what a party is, and for whom it speaks. `figures` are those of the four tags, or
    of a position how many parties speak of it.
    """

    id: int
    called: str
    about: str
    aliases: Sequence[str]
    more_aliases: int
    is_archived: bool
    figures: Sequence[Figure]
    sides: Mapping[str, Figure]
    addressed: int
    parties: int
    first: date | None
    last: date | None
    undated: int


@frozen
class ListPage(FormPage):
    """The parties or the positions of a project; `typed` is the name that was sent and not taken.

    `every` counts those in use. `leaves_out` says that the figures do not count what the member may
    not see yet.
    """

    slug: str
    words: SubjectWords
    asked: AskedList
    lines: Sequence[ListLine]
    pager: Pager
    every: int
    can_make: bool
    leaves_out: bool
    most: int
    address: str
    ignored: Sequence[str] = ()
    typed: str = ""
    problem: str = ""
    field: str = ""
    q_limit: int = Q_LIMIT
    sorts: Sequence[tuple[str, str]] = tuple(SORTS.items())
    kept: Sequence[tuple[str, str]] = tuple(KEPT.items())
    kinds: Sequence[tuple[str, str]] = tuple(KINDS.items())
    tags: Sequence[str] = TAGS

    @property
    def arguments(self) -> Mapping[str, str]:
        """Return what the address of this list says, the page in it left out."""
        return {"slug": self.slug, "what": self.words.what, **self.asked.arguments}

    @property
    def is_of_parties(self) -> bool:
        """Say whether these are parties."""
        return self.words is PARTIES


def list_page(
    session: Session,
    member: Member,
    what: str,
    asked: AskedList,
    *,
    number: str | None = None,
    ignored: Sequence[str] = (),
) -> ListPage:
    """Build the list of "parties" or "positions"; `number` is the page of it that is asked for."""
    words = WORDS[what]
    uses = count_uses(session, member, words.model)
    is_of_parties = words is PARTIES
    spoken_for = list_affiliations(session, member.project_id) if is_of_parties else {}
    entries = list_entries(session, words.model, member.project_id)
    aliases, about = _aliases(entries), _about(spoken_for, entries)
    main = [each for each in entries.values() if each.main == each.id]
    found = [each for each in main if _is_asked(each, asked, aliases, about)]
    found.sort(key=_order(asked.sort, uses))
    pager = Pager.at(number, size=A_PAGE, total=len(found))
    shown = found[pager.offset : pager.offset + A_PAGE]
    listing = _Listing(member.project.slug, words, uses, aliases, about)
    return ListPage(
        slug=member.project.slug,
        words=words,
        asked=asked,
        lines=[_line(listing, each) for each in shown],
        pager=pager,
        every=sum(not each.is_archived for each in main),
        can_make=may(member, Act.MAKE_PARTIES),
        leaves_out=not can_see_all(session, member),
        most=MOST[words.of],
        address=url_for("parties.listed", slug=member.project.slug, what=what),
        ignored=ignored,
    )


def _aliases(entries: Entries) -> Mapping[int, Sequence[Entry]]:
    """Return the other names of each main one, by its id."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for each in entries.values():
        if each.main != each.id:
            found[each.main].append(each)
    return found


def _about(spoken_for: Mapping[int, Sequence[Affiliated]], entries: Entries) -> Mapping[int, str]:
    """Return the names of the organisations that parties speak for, by their ids."""
    return {
        party: ", ".join(dict.fromkeys(entries[each.organization].called for each in some))
        for party, some in spoken_for.items()
    }


def _is_asked(
    entry: Entry,
    asked: AskedList,
    aliases: Mapping[int, Sequence[Entry]],
    about: Mapping[int, str],
) -> bool:
    if asked.kept is not Kept.ALL and entry.is_archived != (asked.kept is Kept.ARCHIVED):
        return False
    if asked.kind and entry.kind != ("" if asked.kind is KindAsked.NONE else asked.kind):
        return False
    if not asked.q:
        return True
    words = fold(asked.q)
    names = [entry.folded, *(each.folded for each in aliases.get(entry.id, ()))]
    return any(words in name for name in [*names, fold(about.get(entry.id, ""))])


def _order(sort: ListSort, uses: Mapping[int, Uses]) -> Callable[[Entry], Any]:
    """Return by what entries are sorted; those of which nothing is seen come last."""
    nothing = Uses()
    orders: Mapping[ListSort, Callable[[Uses], Any]] = {
        ListSort.MOST: lambda used: -(used.total + used.addressed),
        ListSort.NAME: lambda _used: 0,
        ListSort.FIRST: lambda used: used.first or date.max,
        ListSort.LAST: lambda used: -used.last.toordinal() if used.last else 0,
    }
    order = orders[sort]
    return lambda entry: (order(uses.get(entry.id, nothing)), entry.folded)


class _Listing(NamedTuple):
    """What the lines of a list are made from, by the ids of main ones."""

    slug: str
    words: SubjectWords
    uses: Mapping[int, Uses]
    aliases: Mapping[int, Sequence[Entry]]
    about: Mapping[int, str]


def _line(listing: _Listing, entry: Entry) -> ListLine:
    used = listing.uses.get(entry.id, Uses())

    def figure(count: int, **values: str) -> Figure:
        facets = {listing.words.of: entry.id, **values}
        return Figure(count, passages_of(listing.slug, **facets) if count else "")

    names = [each.called for each in listing.aliases.get(entry.id, ())]
    return ListLine(
        id=entry.id,
        called=entry.called,
        about=_said_of(entry, listing.about.get(entry.id, "")),
        aliases=names[:ALIASES_SHOWN],
        more_aliases=max(len(names) - ALIASES_SHOWN, 0),
        is_archived=entry.is_archived,
        figures=[figure(used.tags[tag], tag=tag) for tag in TAGS],
        sides={side: figure(used.sides[side], side=side) for side in SIDES},
        addressed=used.addressed,
        parties=used.parties,
        first=used.first,
        last=used.last,
        undated=used.undated,
    )


_FOR: Mapping[str, str] = {
    "person": "Person for {organizations}",
    "organization": "Organisation for {organizations}",
    "": "for {organizations}",
}
"""What a party is that speaks for organisations, by its kind."""


def _said_of(entry: Entry, organizations: str) -> str:
    """Say what a party is, and for whom it speaks: "Person for Port Authority"; "" for neither."""
    kind = KINDS_IN_WORDS[entry.kind] if entry.kind else ""
    if not organizations:
        return kind
    return _FOR[entry.kind].format(organizations=organizations)


def not_made(page: ListPage, typed: str, problem: str) -> ListPage:
    """Return the list with what was typed as a new name, and why it was not taken."""
    return replace(page, typed=typed, problem=problem, field="name")
