"""Ids that stand in what an archive's rows say: in the states of events, in addresses, in Markdown.

What an event keeps is told apart by what it is about (`app/events/subjects.py`).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from app.archives.service.ids import AllIds
from app.archives.service.reading import refuse
from app.events.models import Snapshot
from app.findings.asked import VALUE_LIMIT, Asked, ask
from app.parties.models import Party
from app.statements.asked import ask_positions
from app.statements.asked_changes import ask_changes
from app.statements.asked_networks import ask_network

SUBJECTS: Mapping[str, str] = {
    "account": "accounts",
    "annotation": "annotations",
    "article": "articles",
    "comment": "comments",
    "guidelines": "projects",
    "party": "parties",
    "position": "positions",
    "project": "projects",
    "search": "saved_searches",
    "theme": "themes",
    "thread": "annotations",
    "verdict": "verdicts",
}
"""The table of what an event is about, by the kind of its subject."""

MAY_BE_GONE = {"search"}
"""Kinds of subjects that are removed for good; the events of one that is gone have the id 0."""

IN_STATES: Mapping[str, Mapping[str, str]] = {
    "account": {"account": "accounts"},
    "annotation": {
        "revision": "revisions",
        "themes": "themes",
        "party": "parties",
        "addressees": "parties",
        "position": "positions",
    },
    "article": {"account": "accounts", "article": "articles"},
    "comment": {"comment": "comments"},
    "party": {"alias_of": "parties", "into": "parties"},
    "position": {"alias_of": "positions", "into": "positions"},
    "theme": {"parent": "themes", "into": "themes"},
    "verdict": {
        "account": "accounts",
        "supporting": "annotations",
        "opposing": "annotations",
        "supporting_party": "parties",
        "opposing_party": "parties",
        "supporting_position": "positions",
        "opposing_position": "positions",
    },
}
"""By the kind of an event's subject, which fields of its states hold ids, and of which table."""

_FACETS = {
    "annotator": "accounts",
    "article": "articles",
    "theme": "themes",
    "party": "parties",
    "position": "positions",
}
_QUERY_LIMIT = 100 * VALUE_LIMIT


def map_state(ids: AllIds, subject_kind: str, state: object) -> Snapshot | None:
    """Return what an event keeps of a row with the new ids in it.

    Raises: UnfitArchive (it is no such state, or names what is not there).
    """
    if state is None:
        return None
    if type(state) is not dict:
        refuse("an event keeps no state")
    mapped: Snapshot = dict(state)
    for name, table in IN_STATES.get(subject_kind, {}).items():
        if name in mapped:
            mapped[name] = _map(ids, table, mapped[name])
    of_acts = {**_OF_ACTS, "query": _QUERIES.get(str(mapped.get("of")), map_query)}
    for name, change in of_acts.items():
        if name in mapped and subject_kind in {"project", "article", "search"}:
            mapped[name] = change(ids, mapped[name])
    if subject_kind == Party.SUBJECT and "affiliations" in mapped:
        mapped["affiliations"] = _map_affiliations(ids, mapped["affiliations"])
    return mapped


def map_query(ids: AllIds, query: object) -> str:
    """Return what an address asks for of the passages, with the new ids in it.

    A value that is not in the archive is left out.
    """
    asked, _ignored = ask(_Arguments(query))
    mapped = urlencode(_map_asked(ids, asked).pairs)
    return f"?{mapped}" if mapped and str(query).startswith("?") else mapped


def _map_asked(ids: AllIds, asked: Asked) -> Asked:
    for facet, table in _FACETS.items():
        asked = asked.only(facet, *_values(ids, table, getattr(asked, facet)))
    return asked


def _map_positions(ids: AllIds, query: object) -> str:
    """Return which positions were exported, with the new ids in it."""
    asked, _ignored = ask_positions(_Arguments(query))
    return asked.but(filters=_map_asked(ids, asked.filters)).record


def _map_changes(ids: AllIds, query: object) -> str:
    """Return which changes were exported, with the new ids in it."""
    asked, _ignored = ask_changes(_Arguments(query))
    return asked.but(
        party=ids.get("parties", asked.party),
        position=ids.get("positions", asked.position),
        article=ids.get("articles", asked.article),
    ).record


def _map_network(_ids: AllIds, query: object) -> str:
    """Return which network was exported: no id stands in that."""
    asked, _ignored = ask_network(_Arguments(query))
    return asked.record


def map_links(ids: AllIds, text: object, old: str, new: str) -> str:
    """Return Markdown in which permalinks of annotations lead to where they are now.

    `old` and `new` are what permalinks begin with, there and here.
    """
    if type(text) is not str:
        refuse("the guidelines are no text")
    link = re.compile(rf"(?:\[Annotation (\d+)\]\()?{re.escape(old)}/annotations/(\d+)(?!\d)")

    def change(found: re.Match[str]) -> str:
        number = ids.get("annotations", int(found[2]) if len(found[2]) < 10 else 0)  # noqa: PLR2004  (a 32-bit number)
        if number is None:
            return found[0]
        begins = f"[Annotation {number}](" if found[1] else ""
        return f"{begins}{new}/annotations/{number}"

    return link.sub(change, text)


def _map(ids: AllIds, table: str, value: object) -> object:
    if value is None:
        return None
    if type(value) is list:
        return sorted(ids.find(table, each) for each in value)
    return ids.find(table, value)


def _values(ids: AllIds, table: str, values: tuple[str, ...]) -> Iterator[str]:
    for value in values:
        number = ids.get(table, int(value)) if value.isdecimal() else None
        if number is not None:
            yield str(number)
        elif not value.isdecimal():
            yield value  # such as "me"


def _map_left(ids: AllIds, left: object) -> object:
    """Map the annotations that an act on many left: lists of them, by the reason."""
    if type(left) is not dict or not all(type(each) is list for each in left.values()):
        refuse("an event does not say what it left")
    return {reason: [ids.find("annotations", one) for one in each] for reason, each in left.items()}


def _map_moved(ids: AllIds, moved: object) -> object:
    """Map places of which an act found that they are elsewhere: article, revision, start, end."""
    if type(moved) is not list or not all(type(each) is list for each in moved):
        refuse("an event does not say what had moved")
    return [
        [ids.find("articles", spot[0]), ids.find("revisions", spot[1]), *spot[2:]] for spot in moved
    ]


def _map_affiliations(ids: AllIds, affiliations: object) -> object:
    """Map the organisations that a person speaks for: each with its days."""
    if type(affiliations) is not list or not all(type(each) is list for each in affiliations):
        refuse("an event does not say for whom a person speaks")
    return [[ids.find("parties", each[0]), *each[1:]] for each in affiliations]


_OF_ACTS: Mapping[str, Callable[[AllIds, Any], object]] = {
    "query": map_query,
    "left": _map_left,
    "moved": _map_moved,
}
"""What acts on a whole project keep, by the name of the field."""
_QUERIES: Mapping[str, Callable[[AllIds, object], str]] = {
    "positions": _map_positions,
    "changes": _map_changes,
    "networks": _map_network,
}
"""How what was asked for is mapped, by what was exported that is no passages."""


class _Arguments:
    """The arguments of an address that was kept."""

    def __init__(self, query: object) -> None:
        if type(query) is not str or len(query) > _QUERY_LIMIT:
            refuse("a search asks for too much")
        try:
            self._values = parse_qs(query.removeprefix("?"), max_num_fields=_QUERY_LIMIT)
        except ValueError:
            refuse("a search is not an address")

    def getlist(self, key: str) -> list[str]:
        """Return every value of a parameter."""
        return self._values.get(key, [])
