"""Adding annotations of a file by one act, and taking that back as one: up to a hundred thousand.

So many would take minutes as objects of the ORM: rows go from table to table here.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.annotations.models import ANNOTATION, Annotation, month_number
from app.annotations.queries.anchors import Anchor
from app.annotations.service.annotations import DELETED, IMPORTED
from app.annotations.service.bulk import (
    IMPORTED_MANY,
    MOST_NAMED,
    UNDONE,
    find_act,
    undoable,
)
from app.annotations.service.listeners import AnnotationChange, annotations_changed
from app.annotations.service.together import changed_since, in_pieces
from app.annotations.state import AnnotationState
from app.articles.models import Article
from app.articles.queries import articles
from app.core.clock import now
from app.core.db import read_columns
from app.core.errors import Conflict
from app.core.reserving import reserve_ids
from app.events.models import Event
from app.events.service import NewEvent, append_all, record, record_all
from app.events.subjects import Actor, Subject
from app.frozen import frozen
from app.projects.models import Member, Project
from app.projects.roles import Act, require
from app.projects.tagging_modes import Mode

IMPORT = "import"  # what its event calls the act
AT_ONCE = 5_000  # rows of one statement

_table: Table = Annotation.__table__  # type: ignore[assignment]  # the ORM's type is wider


@frozen
class NewAnnotation:
    """An annotation that a file brings: who made it, where, what it says, and when."""

    article_id: int
    account_id: int
    place: Anchor
    tag: str
    note: str
    themes: tuple[int, ...]  # their ids, ascending
    made_blind: bool
    created_at: datetime
    updated_at: datetime
    party: int | None = None
    addressees: tuple[int, ...] = ()  # ascending, as themes
    position: int | None = None
    side: str = ""

    @property
    def key(self) -> tuple[int, int, str, int, int]:
        """Return what no two living annotations share."""
        place = self.place
        return (place.revision_id, self.account_id, self.tag, place.start, place.end)


class Imported(NamedTuple):
    """What an act added, by its event, and what it left.

    `same` are there by now; the articles of `overtaken` have another text since, or are archived.
    """

    event_id: int | None
    added: int
    same: int
    overtaken: int


def carry_out(
    session: Session,
    *,
    actor: Actor,
    wanted: Sequence[NewAnnotation],
    file_name: str,
    others: Sequence[NewEvent] = (),
) -> Imported:
    """Add annotations by one act: all of them that can be, or none where anything fails.

    `others` are what else was made for them, as parts of the act.

    Raises: Forbidden, Conflict (someone tagged one of the passages at this moment).
    """
    if isinstance(actor, Member):
        require(actor, Act.IMPORT)
    by_article = defaultdict[int, list[NewAnnotation]](list)
    for one in wanted:
        by_article[one.article_id].append(one)
    adding: list[NewAnnotation] = []
    overtaken = 0
    for article_id, some in sorted(by_article.items()):
        current_id = articles.lock_article(session, article_id)
        article = session.get_one(Article, article_id)
        fresh = [each for each in some if each.place.revision_id == current_id]
        if article.archived_at is not None or article.project_id != actor.project_id:
            fresh = []
        overtaken += len(some) - len(fresh)
        taken = _taken(session, current_id) if fresh else set()
        adding += {each.key: each for each in fresh if each.key not in taken}.values()
    same = len(wanted) - overtaken - len(adding)
    if not adding:
        return Imported(None, 0, same, overtaken)
    _count_at_once(session)
    ids = _insert(session, actor.project_id, adding)
    _touch(session, actor.project_id, {each.article_id for each in adding})
    after = {**_SAID, "file": file_name, "changed": len(adding), "same": same}
    event_id = record(session, actor, IMPORTED_MANY, _subject(actor), after=after)
    append_all(session, actor, others, part_of_id=event_id)
    for first in range(0, len(adding), AT_ONCE):
        pairs = zip(ids[first : first + AT_ONCE], adding[first : first + AT_ONCE], strict=True)
        changes = [_made(number, one) for number, one in pairs]
        append_all(session, actor, changes, part_of_id=event_id)
    return Imported(event_id, len(adding), same, overtaken)


# What pages of acts on many ask of each.
_SAID: Mapping[str, object] = {
    "act": IMPORT,
    "tag": "",
    "theme": "",
    "query": "",
    "not_own": 0,
    "left": {},
    "counts": {},
}


def _subject(actor: Actor) -> Subject:
    return Subject("project", actor.project_id)


def _taken(session: Session, revision_id: int | None) -> set[tuple[int, int, str, int, int]]:
    query = select(
        Annotation.revision_id,
        Annotation.account_id,
        Annotation.tag_name,
        Annotation.start,
        Annotation.end,
    ).where(Annotation.revision_id == revision_id, Annotation.deleted_at.is_(None))
    return {(row[0], row[1], row[2], row[3], row[4]) for row in read_columns(session, query)}


def _insert(session: Session, project_id: int, adding: Sequence[NewAnnotation]) -> Sequence[int]:
    """Insert rows, and return their ids in order."""
    ids = reserve_ids(session, _table, len(adding))
    try:
        with session.begin_nested():
            for first in range(0, len(adding), AT_ONCE):
                some = adding[first : first + AT_ONCE]
                numbers = ids[first : first + AT_ONCE]
                rows = [
                    _row(number, project_id, one) for number, one in zip(numbers, some, strict=True)
                ]
                session.connection().execute(insert(_table), rows)
    except IntegrityError:
        message = (
            "Someone tagged one of these passages at this moment. Nothing was imported: try again."
        )
        raise Conflict(message) from None
    return ids


def _count_at_once(session: Session) -> None:
    """Let PostgreSQL count as it writes, and not at the end, while everyone waits for the events.

    Elsewhere it does so at the end, so that whoever tags in one article has its lock first; here
    all of the articles are held.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET CONSTRAINTS annotations_are_counted IMMEDIATE"))


def _row(number: int, project_id: int, one: NewAnnotation) -> dict[str, Any]:
    place = one.place
    return {
        "id": number,
        "project_id": project_id,
        "article_id": one.article_id,
        "revision_id": place.revision_id,
        "account_id": one.account_id,
        "tag": one.tag,
        "start": place.start,
        "end": place.end,
        "first_block": place.first_block,
        "last_block": place.last_block,
        "quote": place.quote,
        "prefix": place.prefix,
        "suffix": place.suffix,
        "note": one.note,
        "client_key": secrets.token_hex(16),
        "version": 1,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "deleted_at": None,
        "made_blind": one.made_blind,
        "has_note": one.note != "",
        "tagged_month": month_number(one.created_at),
        "themes": one.themes,
        "party_id": one.party,
        "addressees": one.addressees,
        "position_id": one.position,
        "side": one.side,
    }


def _made(number: int, one: NewAnnotation) -> NewEvent:
    place = one.place
    state = AnnotationState(
        tag=one.tag,
        note=one.note,
        revision=place.revision_id,
        start=place.start,
        end=place.end,
        quote=place.quote,
        block=place.first_block,
        deleted=False,
        themes=one.themes,
        party=one.party,
        addressees=one.addressees,
        position=one.position,
        side=one.side,
    )
    subject = Subject(ANNOTATION, number, 1, one.article_id, number)
    return NewEvent(IMPORTED, subject, None, state.to_json())


def _touch(session: Session, project_id: int, article_ids: set[int]) -> None:
    """Note that articles were touched, but for those where nobody is to see when others tag."""
    project = session.get_one(Project, project_id)
    is_shared: ColumnElement[bool] = (
        func.coalesce(Article.mode_name, project.mode_name) == Mode.SHARED.value
    )
    for some in in_pieces(sorted(article_ids)):
        session.execute(
            update(Article)
            .where(Article.id.in_(some), is_shared | Article.revealed_at.is_not(None))
            .values(touched_at=now())
            .execution_options(synchronize_session=False)
        )


def undo(session: Session, *, actor: Member, event_id: int) -> int:
    """Move what an import added to the trash, but for what somebody has changed since.

    Return the event of that. Annotators and themes that were made for it stay.

    Raises: Forbidden, NotFound, Conflict (it was taken back already, or nothing of it is left).
    """
    require(actor, Act.CHANGE_ANY)
    event = find_act(session, actor=actor, event_id=event_id)
    touched = select(Event.article_id).where(Event.part_of_id == event_id).distinct()
    for article_id in sorted(filter(None, session.scalars(touched))):
        articles.lock_article(session, article_id)
    if not undoable(session, [event]):
        message = "This was taken back already."
        raise Conflict(message)
    changed = changed_since(session, event_id)
    query = (
        select(*_OF_STATE, Event.id)
        .join(Event, Event.annotation_id == Annotation.id)
        .where(Event.part_of_id == event_id, Annotation.deleted_at.is_(None))
        .order_by(Annotation.id)
    )
    rows = [row for row in read_columns(session, query) if row[0] not in changed]
    if not rows:
        message = "Each of these passages was changed since, so they are left as they are."
        raise Conflict(message)
    moment = now()
    _count_at_once(session)
    for some in in_pieces([row[0] for row in rows]):
        session.execute(
            update(_table)
            .where(_table.c.id.in_(some))
            .values(deleted_at=moment, updated_at=moment, version=_table.c.version + 1)
        )
    session.expire_all()
    _touch(session, actor.project_id, {row[1] for row in rows})
    after = {
        **(event.after or {}),
        "changed": len(rows),
        "same": 0,
        "left": {"meanwhile": sorted(changed)[:MOST_NAMED]},
        "counts": {"meanwhile": len(changed)},
    }
    undone_id = record(session, actor, UNDONE, _subject(actor), after=after, undoes_id=event_id)
    for first in range(0, len(rows), AT_ONCE):
        _record_undone(session, actor, rows[first : first + AT_ONCE], undone_id)
    return undone_id


_OF_STATE = (
    Annotation.id,
    Annotation.article_id,
    Annotation.version,
    Annotation.tag_name,
    Annotation.note,
    Annotation.revision_id,
    Annotation.start,
    Annotation.end,
    Annotation.quote,
    Annotation.first_block,
    Annotation.themes,
    Annotation.party_id,
    Annotation.addressees,
    Annotation.position_id,
    Annotation.side,
)


def _record_undone(
    session: Session, actor: Member, rows: Sequence[Sequence[Any]], undone_id: int
) -> None:
    steps = list(_states(rows))
    changes = [
        NewEvent(DELETED, subject, before.to_json(), after.to_json(), part_id)
        for subject, before, after, part_id in steps
    ]
    events = record_all(session, actor, changes, part_of_id=undone_id)
    told = [
        AnnotationChange(events[subject.id], subject.id, before, after)
        for subject, before, after, _part_id in steps
    ]
    annotations_changed(session, told)


def _states(
    rows: Sequence[Sequence[Any]],
) -> Iterator[tuple[Subject, AnnotationState, AnnotationState, int]]:
    """Yield of annotations what they are, and what they are in the trash, with their parts."""
    for number, article_id, version, tag, note, revision, start, end, quote, block, *rest in rows:
        *carried, part_id = rest
        state = AnnotationState(tag, note, revision, start, end, quote, block, False, *carried)  # noqa: FBT003  (a field)
        subject = Subject(ANNOTATION, number, version + 1, article_id, number)
        yield subject, state, replace(state, deleted=True), part_id
