"""What is said of what an act on many leaves: which passage it is, and who changed it when."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.service.annotations import ACTS
from app.annotations.service.occurrences import TEXT_ACTS
from app.articles.models import Article
from app.assignments.queries.visibility import sql_can_see
from app.core.db import read_columns
from app.events.models import Event
from app.projects.models import Member

_annotation = Annotation.__table__.c
_article = Article.__table__.c
_account = Account.__table__.c
_event = Event.__table__.c


class LeftPassage(NamedTuple):
    """A passage that an act leaves, in the trash or not."""

    tag: str
    quote: str
    article: str


class LastAct(NamedTuple):
    """What was done last to a passage or an article: the kind of event, by whom and when."""

    kind: str
    name: str
    at: datetime


def list_left(session: Session, member: Member, ids: Sequence[int]) -> dict[int, LeftPassage]:
    """Return those of some annotations that a member sees, deleted ones too, by their ids."""
    if not ids:
        return {}
    query = (
        select(_annotation.id, _annotation.tag, _annotation.quote, _article.title)
        .join_from(Annotation.__table__, Article.__table__, _article.id == _annotation.article_id)
        .where(
            _annotation.id.in_(ids),
            _annotation.project_id == member.project_id,
            sql_can_see(
                member, article_id=_annotation.article_id, annotator_id=_annotation.account_id
            ),
        )
    )
    return {row[0]: LeftPassage(*row[1:]) for row in read_columns(session, query)}


def titles_of(session: Session, articles: Collection[int]) -> Mapping[int, str]:
    """Return what some articles are called, by their ids."""
    query = select(_article.id, _article.title).where(_article.id.in_(articles))
    return {row[0]: row[1] for row in read_columns(session, query)}


def last_acts(
    session: Session, annotations: Collection[int], *, before: int | None, but: int | None
) -> Mapping[int, LastAct]:
    """Return what was last done to some annotations, by their ids.

    Before an event, None for until now, and by others than the account `but`, None for by anyone.
    """
    conditions: list[ColumnElement[bool]] = [_event.kind.in_(ACTS)]
    if but is not None:
        conditions.append(_event.account_id.is_distinct_from(but))
    return _last(session, _event.annotation_id, annotations, before, conditions)


def last_text_acts(
    session: Session, articles: Collection[int], *, before: int | None
) -> Mapping[int, LastAct]:
    """Return what last gave some articles their text, or put them away, as `last_acts` does."""
    return _last(session, _event.article_id, articles, before, [_event.kind.in_(TEXT_ACTS)])


def _last(
    session: Session,
    column: ColumnElement[Any],
    ids: Collection[int],
    before: int | None,
    conditions: list[ColumnElement[bool]],
) -> Mapping[int, LastAct]:
    if not ids:
        return {}
    if before is not None:
        conditions = [*conditions, _event.id < before]
    last = select(func.max(_event.id)).where(column.in_(ids), *conditions).group_by(column)
    query = (
        select(column, _event.kind, func.coalesce(_account.name, "Gloss"), _event.at)
        .join_from(
            Event.__table__, Account.__table__, _account.id == _event.account_id, isouter=True
        )
        .where(_event.id.in_(last))
    )
    return {row[0]: LastAct(*row[1:]) for row in read_columns(session, query)}
