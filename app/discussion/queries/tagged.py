"""Every annotation of a text with what one can ask to be shown of it: where, what, whose, said."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Text, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.marks import Filter
from app.articles.models import Revision
from app.assignments.queries.visibility import Visibility
from app.discussion.models import Thread
from app.discussion.queries.discussion import HAS_QUESTION, IS_DISPUTED
from app.discussion.thread_states import DISPUTED, QUESTION

# The bare tables, as for marks and cards: an article has thousands of them.
_annotation = Annotation.__table__.c
_TAGGED = (
    select(
        _annotation.id,
        _annotation.start,
        _annotation.end,
        _annotation.tag,
        _annotation.account_id,
        _annotation.note != "",
        func.coalesce(HAS_QUESTION, False),
        func.coalesce(IS_DISPUTED, False),
        type_coerce(_annotation.themes, Text),  # as it is kept: read once for each kind
    )
    .join_from(
        Annotation.__table__,
        Thread.__table__,
        Thread.__table__.c.annotation_id == _annotation.id,
        isouter=True,
    )
    .where(
        # The article is named for the sake of the index that has its places in order.
        _annotation.article_id == bindparam("article_id"),
        _annotation.revision_id == bindparam("revision_id"),
        _annotation.deleted_at.is_(None),
    )
    .order_by(_annotation.start, _annotation.id)
)
_OWN_TAGGED = _TAGGED.where(_annotation.account_id == bindparam("only"))


class AnnotationKind(NamedTuple):
    """What of an annotation can be asked for: its tag, whose it is, and what is said with it.

    `themes` are the ids of those that it carries, ascending.
    """

    tag: str
    annotator_id: int
    has_note: bool
    has_question: bool
    is_disputed: bool
    themes: tuple[int, ...] = ()

    def is_shown(self, shown: Filter) -> bool:
        """Say whether a filter shows it, as the queries of marks and cards do."""
        return (
            (shown.tags is None or self.tag in shown.tags)
            and (shown.annotators is None or self.annotator_id in shown.annotators)
            and (shown.own is None or self.annotator_id == shown.own)
            and (self.has_note or not shown.has_note)
            and (shown.themes is None or not shown.themes.isdisjoint(self.themes))
            and (shown.threads is None or any(self.is_in(state) for state in shown.threads))
        )

    def is_in(self, state: str) -> bool:
        """Say whether its thread is in a state that can be asked for."""
        return {QUESTION: self.has_question, DISPUTED: self.is_disputed}[state]


class TaggedPassage(NamedTuple):
    """An annotation: its passage `[start, end)`, and what of it can be asked for."""

    id: int
    start: int
    end: int
    kind: AnnotationKind


def list_tagged(
    session: Session, revision: Revision, visibility: Visibility
) -> Sequence[TaggedPassage]:
    """Return every annotation of a revision that is seen, by start and id."""
    query = _TAGGED
    values = {"article_id": revision.article_id, "revision_id": revision.id}
    if visibility.only is not None:
        query, values = _OWN_TAGGED, {**values, "only": visibility.only}
    kinds: dict[tuple[object, ...], AnnotationKind] = {}
    tagged = []
    for number, start, end, *said in session.execute(query, values):
        values_of_kind = tuple(said)
        kind = kinds.get(values_of_kind)
        if kind is None:
            tag, annotator_id, has_note, has_question, is_disputed, themes = said
            kind = kinds[values_of_kind] = AnnotationKind(
                tag,
                annotator_id,
                bool(has_note),
                bool(has_question),
                bool(is_disputed),
                tuple(map(int, themes.split(","))) if themes else (),
            )
        tagged.append(TaggedPassage(number, start, end, kind))
    return tagged
