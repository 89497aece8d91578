"""What was tagged in a revision that has since been corrected, as it was then, and is seen now."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation, EarlierPlace
from app.annotations.queries.marks import Span
from app.annotations.state import AnnotationState
from app.articles.models import Revision
from app.assignments.queries.visibility import Visibility
from app.events.models import Event
from app.frozen import frozen


@frozen
class Earlier:
    """An annotation as it was when its revision was corrected."""

    id: int
    annotator_id: int
    annotator: str
    state: AnnotationState

    def last_block(self, block_starts: Sequence[int]) -> int:
        """Return the number of the block where it ended; the blocks start at `block_starts`."""
        return bisect_left(block_starts, self.state.end)


def list_earlier(session: Session, revision: Revision, visibility: Visibility) -> list[Earlier]:
    """Return all that was tagged and is seen, without what was in the trash, by start and id."""
    query = (
        select(EarlierPlace.annotation_id, Annotation.account_id, Account.name, Event.before)
        .join(Event, Event.id == EarlierPlace.event_id)
        .join(Annotation, Annotation.id == EarlierPlace.annotation_id)
        .join(Account, Account.id == Annotation.account_id)
        .where(EarlierPlace.revision_id == revision.id)
    )
    if visibility.only is not None:
        query = query.where(Annotation.account_id == visibility.only)
    found = [
        Earlier(annotation_id, account_id, name, AnnotationState.from_json(before or {}))
        for annotation_id, account_id, name, before in session.execute(query)
    ]
    living = [each for each in found if not each.state.deleted]
    return sorted(living, key=lambda each: (each.state.start, each.id))


def spans_of(tagged: Iterable[Earlier], block_starts: Sequence[int]) -> list[Span]:
    """Return the passages of all that was tagged, in its order.

    The blocks of the revision start at `block_starts`.
    """
    return [
        (
            each.state.start,
            each.state.end,
            each.state.tag,
            each.state.block,
            each.last_block(block_starts),
            1,
            each.id,
        )
        for each in tagged
    ]
