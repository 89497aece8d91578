"""Annotations with all that is said of them, as they are printed: notes and threads, whole."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import and_, bindparam, literal, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.queries.marks import Filter, filtered
from app.annotations.queries.names import Says, in_words, names_in
from app.articles.models import Revision
from app.discussion.models import Comment, Stance
from app.discussion.queries.cards import excerpt_of
from app.discussion.service.stances import DISPUTE

# The bare tables, as for marks and cards.
_annotation = Annotation.__table__
_account = Account.__table__
_comment = Comment.__table__
_stance = Stance.__table__
_LIVING = (
    _annotation.c.article_id == bindparam("article_id"),
    _annotation.c.revision_id == bindparam("revision_id"),
    _annotation.c.deleted_at.is_(None),
)
_PRINTED = (
    select(
        _annotation.c.id,
        _annotation.c.tag,
        _annotation.c.first_block,
        _account.c.name,
        excerpt_of(literal(""), _annotation.c.quote).label("words"),
        _annotation.c.note,
        _annotation.c.themes,
        _annotation.c.party_id.label("party"),
        _annotation.c.addressees,
        _annotation.c.position_id.label("position"),
        _annotation.c.side,
    )
    .join_from(_annotation, _account, _account.c.id == _annotation.c.account_id)
    .where(*_LIVING)
    .order_by(_annotation.c.start, _annotation.c.id)
)
_COMMENTS = (
    select(_annotation.c.id, _account.c.name, _comment.c.is_question, _comment.c.text)
    .join_from(_annotation, _comment, _comment.c.annotation_id == _annotation.c.id)
    .join(_account, _account.c.id == _comment.c.account_id)
    .where(*_LIVING, _comment.c.deleted_at.is_(None))
    .order_by(_comment.c.id)
)
_STANCES = (
    select(_annotation.c.id, _account.c.name, _stance.c.value == DISPUTE, _stance.c.reason)
    .join_from(
        _annotation,
        _stance,
        # Those of what it was before are about something else.
        and_(
            _stance.c.annotation_id == _annotation.c.id,
            _stance.c.about_tag == _annotation.c.tag,
            _stance.c.about_quote == _annotation.c.quote,
        ),
    )
    .join(_account, _account.c.id == _stance.c.account_id)
    .where(*_LIVING)
    .order_by(_stance.c.value, _stance.c.taken_at)
)


class PrintedReply(NamedTuple):
    """A comment or a stance: who, what they do ("asks"), and their words, "" for none."""

    name: str
    does: str
    text: str


class Printed(NamedTuple):
    """An annotation as it is printed: `words` begin its quote, `said` is its thread."""

    id: int
    tag: str
    block: int
    annotator: str
    words: str
    says: Says
    said: Sequence[PrintedReply]


def list_printed(session: Session, revision: Revision, shown: Filter) -> list[Printed]:
    """Return what a filter shows in a revision with all that is said of it, by place."""
    values = {"article_id": revision.article_id, "revision_id": revision.id}
    said = _said(session, shown, values)
    rows = session.execute(filtered(_PRINTED, shown), values).all()
    names = names_in(session, rows)
    return [
        Printed(
            id=row.id,
            tag=row.tag,
            block=row.first_block,
            annotator=row.name,
            words=row.words,
            says=in_words(row, names),
            said=said.get(row.id, ()),
        )
        for row in rows
    ]


def _said(
    session: Session, shown: Filter, values: Mapping[str, int]
) -> Mapping[int, Sequence[PrintedReply]]:
    said: dict[int, list[PrintedReply]] = defaultdict(list)
    for number, name, is_dispute, reason in session.execute(filtered(_STANCES, shown), values):
        said[number].append(PrintedReply(name, "disputes" if is_dispute else "agrees", reason))
    for number, name, is_question, text in session.execute(filtered(_COMMENTS, shown), values):
        said[number].append(PrintedReply(name, "asks" if is_question else "", text))
    return said
