"""How parties and positions are used: counted over a project, and what is said of one of them.

Names are those of the whole project; what is counted or said is what a member may see. Names are
read last: so whatever is used has one, though others work at the same time.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.annotations.content import has_field
from app.annotations.models import Annotation, AnnotationAddressee
from app.annotations.tags import Tag
from app.articles.models import Article
from app.core.db import read_columns
from app.findings.queries.matching import is_seen
from app.parties.models import Named, Party, Position
from app.parties.queries import sql_main_id
from app.projects.models import Member

_annotation = Annotation.__table__.c
_addressee = AnnotationAddressee.__table__.c
_article = Article.__table__.c
_party = Party.__table__.c
_position = Position.__table__.c


class Entry(NamedTuple):
    """A party or a position, or another name of one: then `main` is the id of another."""

    id: int
    called: str
    folded: str
    kind: str
    main: int
    is_archived: bool


Entries = Mapping[int, Entry]


def list_entries(session: Session, model: type[Named], project_id: int) -> Entries:
    """Return all parties or all positions of a project, by their ids, in the order of names."""
    row = model.__table__.c
    is_party = model is Party
    query: Select[*tuple[Any, ...]] = (
        select(
            row.id,
            row.name if is_party else row.sentence,
            row.folded,
            *([row.kind] if is_party else []),
            sql_main_id(model),
            row.archived_at,
        )
        .where(row.project_id == project_id)
        .order_by(row.folded)
    )
    found = {}
    for row_id, called, folded, *kind, main, archived_at in read_columns(session, query):
        entry = Entry(row_id, called, folded, "".join(kind), main, archived_at is not None)
        found[row_id] = entry
    return found


@dataclass(slots=True)
class Uses:
    """How often one is used, its other names counted with it.

    `parties` is how many speak of a position, `addressed` the demands that are
    made of a party. `first` and `last` are days of articles, None where none of them has one;
    `undated` are the annotations of articles without a day.
    """

    total: int = 0
    tags: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    parties: int = 0
    first: date | None = None
    last: date | None = None
    undated: int = 0
    addressed: int = 0

    def add(self, tag: str, side: str, count: int, days: tuple[date | None, date | None]) -> None:
        """Count some annotations of one tag and side: the days are the first and the last."""
        self.total += count
        self.tags[tag] += count
        self.sides[side] += count
        self.first = min(filter(None, (self.first, days[0])), default=None)
        self.last = max(filter(None, (self.last, days[1])), default=None)


def count_uses(session: Session, member: Member, model: type[Named]) -> dict[int, Uses]:
    """Return the uses of each main party, or position, that has any, by its id.

    Counted are living annotations that the member may see, with a place in the text or without.
    """
    row, column = model.__table__.c, _annotation[f"{model.SUBJECT}_id"]
    groups = (sql_main_id(model), _annotation.tag, _annotation.side)
    query: Select[*tuple[Any, ...]] = (
        select(
            *groups,
            func.count(),
            func.min(_article.published_on),
            func.max(_article.published_on),
            func.count(_article.published_on),
        )
        .join_from(Annotation.__table__, Article.__table__, _article.id == _annotation.article_id)
        .join(model.__table__, row.id == column)
        .where(*is_seen(member), column.is_not(None))
        .group_by(*groups)
    )
    uses: dict[int, Uses] = defaultdict(Uses)
    for row_id, tag, side, count, first, last, dated in read_columns(session, query):
        one = uses[row_id]
        one.add(tag, side, count, (first, last))
        one.undated += count - dated
    if model is Party:
        for party_id, count in _count_addressed(session, member):
            uses[party_id].addressed = count
    else:
        for position_id, count in _count_parties(session, member):
            uses[position_id].parties = count
    return dict(uses)


def _count_parties(session: Session, member: Member) -> Iterable[tuple[int, int]]:
    """Return by how many parties something is said of each main position."""
    position = sql_main_id(Position)
    query = (
        select(position, func.count(sql_main_id(Party).distinct()))
        .join_from(
            Annotation.__table__, Position.__table__, _position.id == _annotation.position_id
        )
        .join(Party.__table__, _party.id == _annotation.party_id)
        .where(*is_seen(member))
        .group_by(position)
    )
    return [(row[0], row[1]) for row in read_columns(session, query)]


def count_names(
    session: Session, member: Member, of: str, rows: Iterable[Named]
) -> Mapping[int, int]:
    """Return how many annotations that a member may see have each of some, by their own ids."""
    column = _annotation[f"{of}_id"]
    query = (
        select(column, func.count())
        .where(*is_seen(member), column.in_(sorted(row.id for row in rows)))
        .group_by(column)
    )
    return Counter({row[0]: row[1] for row in read_columns(session, query)})


def _count_addressed(session: Session, member: Member) -> Iterable[tuple[int, int]]:
    """Return how many demands are made of each main party; one by two of its names is one."""
    party = sql_main_id(Party)
    query = (
        select(party, func.count(_annotation.id.distinct()))
        .join_from(Party.__table__, AnnotationAddressee.__table__, _addressee.party_id == _party.id)
        .join(Annotation.__table__, _annotation.id == _addressee.annotation_id)
        .where(_party.project_id == member.project_id)
        .where(*is_seen(member, by_project=False), _annotation.tag == Tag.DEMAND.value)
        .group_by(party)
    )
    return [(row[0], row[1]) for row in read_columns(session, query)]


class UsingAnnotation(NamedTuple):
    """An annotation as the page of a party or a position takes it.

    `party` and `position` are ids as the annotation has them, of a main one or of another name;
    `addressees` those of a demand, and of nothing else.
    """

    id: int
    article: int
    tag: str
    party: int | None
    position: int | None
    side: str
    addressees: tuple[int, ...]
    day: date | None


_SAID = (
    _annotation.id,
    _annotation.article_id,
    _annotation.tag,
    _annotation.party_id,
    _annotation.position_id,
    _annotation.side,
    _annotation.addressees,
    _article.published_on,
)


def list_said(session: Session, member: Member, row: Named) -> list[UsingAnnotation]:
    """Return the annotations with a main party, or position, that a member may see.

    The newest articles come first, those without a day last; in one they stand by place.
    """
    query = _said(member).where(_annotation[f"{row.SUBJECT}_id"].in_(_names_of(row)))
    return list(_read_said(session, query))


def list_demanded(session: Session, member: Member, party: Party) -> list[UsingAnnotation]:
    """Return the demands made of a main party that a member may see, in the same order."""
    made = select(_addressee.annotation_id).where(_addressee.party_id.in_(_names_of(party)))
    query = _said(member, by_project=False).where(
        _annotation.id.in_(made), _annotation.tag == Tag.DEMAND.value
    )
    return list(_read_said(session, query))


def list_sides(
    session: Session, member: Member, positions: Collection[int]
) -> Iterator[tuple[int, int, str]]:
    """Yield the party, position and side, each once, of all that is said of some positions.

    What is said of their other wordings is said of them. Ids are as annotations have them.
    """
    asked = select(sql_main_id(Position)).where(_position.id.in_(sorted(positions)))
    meant = select(_position.id).where(sql_main_id(Position).in_(asked))
    query = (
        select(_annotation.party_id, _annotation.position_id, _annotation.side)
        .where(
            *is_seen(member),
            _annotation.position_id.in_(meant),
            _annotation.party_id.is_not(None),
            _annotation.side != "",
        )
        .distinct()
    )
    for row in read_columns(session, query):
        yield row[0], row[1], row[2]


def _names_of(main: Named) -> Select[int]:
    """Return the query of the ids that count for a main one: its own, and its other names'."""
    row = type(main).__table__.c
    return select(row.id).where(or_(row.id == main.id, row.alias_of_id == main.id))


def _said(member: Member, *, by_project: bool = True) -> Select[*tuple[Any, ...]]:
    return (
        select(*_SAID)
        .join_from(Annotation.__table__, Article.__table__, _article.id == _annotation.article_id)
        .where(*is_seen(member, by_project=by_project))
        .order_by(
            _article.published_on.desc().nulls_last(),
            _annotation.article_id,
            _annotation.start,
            _annotation.id,
        )
    )


def _read_said(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[UsingAnnotation]:
    for row in read_columns(session, query):
        said = UsingAnnotation(*row)
        yield said if has_field(Tag(said.tag), "addressees") else said._replace(addressees=())
