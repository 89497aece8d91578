"""Correcting an article: a new text, and where each annotation stands in it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation
from app.annotations.queries.anchors import anchors_at
from app.annotations.service.moving import (
    CORRECTED,
    ORPHANED,
    REANCHORED,
    keep_places,
    lock_annotations_of,
    move,
)
from app.articles.models import Article, Revision
from app.articles.queries import articles
from app.articles.service.articles import add_revision, update_last_activity
from app.core.errors import Conflict
from app.events.service import record
from app.frozen import frozen
from app.projects.models import Member
from app.text.anchoring import Fate, reanchor
from app.text.document import Document

Range = tuple[int, int]


class Decision(StrEnum):
    """How it was settled where an annotation stands in a corrected text."""

    PROPOSED = "proposed"  # where its words were found
    BY_HAND = "by hand"
    LEFT = "left"  # without a place, though one was found
    DOUBLED = "doubled"  # without a place: the same person has the same tag there already


class AnnotationBefore(NamedTuple):
    """An annotation as it stands before a correction, at `[start, end)` of a revision's text."""

    id: int
    version: int
    revision_id: int
    annotator_id: int
    annotator: str
    tag: str
    start: int
    end: int
    quote: str
    is_deleted: bool


@frozen
class Before:
    """An article before a correction: its text, all of its annotations, and theirs.

    `texts` are by revision: an orphan is looked for by the last text that had its words.
    """

    base: Revision
    annotations: Sequence[AnnotationBefore]
    texts: Mapping[int, str]


@frozen
class PlaceProposal:
    """Where an annotation is to stand in a corrected text: `place` is None for nowhere."""

    annotation: AnnotationBefore
    fate: Fate
    place: Range | None
    decision: Decision = Decision.PROPOSED

    @property
    def needs_a_look(self) -> bool:
        """Say whether a person has to judge it: its words are others, or nowhere."""
        is_found = self.decision is Decision.PROPOSED and self.fate in {Fate.UNCHANGED, Fate.MOVED}
        is_decided = self.decision in {Decision.BY_HAND, Decision.LEFT}
        return not (is_found or is_decided or self.annotation.is_deleted)


def load_correction_input(session: Session, article: Article) -> Before:
    """Read what a correction of an article starts from; annotations in the trash are in it."""
    base = articles.current_revision(session, article.id)
    rows = session.execute(
        select(
            Annotation.id,
            Annotation.version,
            Annotation.revision_id,
            Annotation.account_id,
            Account.name,
            Annotation.tag_name,
            Annotation.start,
            Annotation.end,
            Annotation.quote,
            Annotation.deleted_at.is_not(None),
        )
        .join(Account, Account.id == Annotation.account_id)
        .where(Annotation.article_id == article.id)
        .order_by(Annotation.start, Annotation.id)
    )
    annotations = [AnnotationBefore._make(row) for row in rows]
    revisions = {base.id} | {annotation.revision_id for annotation in annotations}
    texts = session.execute(select(Revision.id, Revision.text).where(Revision.id.in_(revisions)))
    return Before(base, annotations, {row.id: row.text for row in texts})


def propose(
    before: Before, document: Document, decisions: Mapping[int, Range | None]
) -> list[PlaceProposal]:
    """Find each annotation in a new text, or take what was decided of it.

    The proposals are in the order of the annotations. Of two that would become duplicates, the same
    tag of the same person on the same passage, the second is left without a place.
    """
    by_revision: dict[int, list[AnnotationBefore]] = defaultdict(list)
    for annotation in before.annotations:
        by_revision[annotation.revision_id].append(annotation)
    proposals: dict[int, PlaceProposal] = {}
    for revision_id, group in by_revision.items():
        ranges = [(annotation.start, annotation.end) for annotation in group]
        found = reanchor(before.texts[revision_id], document.text, ranges)
        for annotation, reanchored in zip(group, found, strict=True):
            proposal = PlaceProposal(annotation, reanchored.fate, reanchored.place)
            proposals[annotation.id] = _decided(proposal, decisions)
    taken: set[tuple[int, str, Range]] = set()
    # Who stands in the text has the passage before one that comes back to it.
    for annotation in sorted(before.annotations, key=lambda row: -row.revision_id):
        proposal = proposals[annotation.id]
        if proposal.place is None or annotation.is_deleted:
            continue
        key = (annotation.annotator_id, annotation.tag, proposal.place)
        if key in taken:
            doubled = replace(proposal, place=None, decision=Decision.DOUBLED)
            proposals[annotation.id] = doubled
        taken.add(key)
    return [proposals[annotation.id] for annotation in before.annotations]


def _decided(proposal: PlaceProposal, decisions: Mapping[int, Range | None]) -> PlaceProposal:
    if proposal.annotation.id not in decisions:
        return proposal
    place = decisions[proposal.annotation.id]
    decision = Decision.BY_HAND if place else Decision.LEFT
    return replace(proposal, place=place, decision=decision)


def require_in_use(article: Article) -> None:
    """Do nothing if an article can be corrected.

    Raises: Conflict (it is archived).
    """
    if article.archived_at is not None:
        message = "This article is archived. Restore it before you correct it."
        raise Conflict(message)


def is_same(one: Document, other: Document) -> bool:
    """Say whether two documents have the same text, blocks and inlines, whatever their order."""
    return (one.text, one.blocks) == (other.text, other.blocks) and (
        set(one.inlines) == set(other.inlines)
    )


def correct(
    session: Session,
    *,
    actor: Member,
    article: Article,
    base: Revision,
    document: Document,
    source: str,
    proposals: Sequence[PlaceProposal],
) -> Revision:
    """Give an article a new text, and each annotation its place in it.

    The corrected text keeps what every annotation was in it.

    Raises: Conflict (the article is archived or the text is the same; or since the proposals were
    made it was corrected, or something in it was tagged or changed).
    """
    articles.lock_article(session, article.id)
    require_in_use(article)
    if is_same(document, articles.document_of(session, base)):
        message = "This is the text that the article has already, so there is nothing to correct."
        raise Conflict(message)
    annotations = lock_annotations_of(session, article)
    versions = {proposal.annotation.id: proposal.annotation.version for proposal in proposals}
    is_current = articles.current_revision_id(session, article.id) == base.id
    if not is_current or {row.id: row.version for row in annotations.values()} != versions:
        message = "Someone tagged here or corrected this at the same moment. Look at it once more."
        raise Conflict(message)
    on_base = {row.id for row in annotations.values() if row.revision_id == base.id}
    revision = add_revision(session, article, document, account_id=actor.account_id, source=source)
    placed = [proposal for proposal in proposals if proposal.place is not None]
    ranges = [proposal.place for proposal in placed if proposal.place is not None]
    places = {
        proposal.annotation.id: place
        for proposal, place in zip(placed, anchors_at(session, revision, ranges), strict=True)
    }
    # Those that were orphans already and stay so are not touched.
    moved = {
        annotation_id: places.get(annotation_id)
        for annotation_id in annotations
        if annotation_id in places or annotation_id in on_base
    }
    events = move(session, actor, annotations, moved, without=ORPHANED, placed=REANCHORED)
    keep_places(session, base, {each: events[each] for each in on_base})
    update_last_activity(session, article.id)
    record(
        session,
        actor,
        CORRECTED,
        article.subject,
        after={
            "revision": revision.number,
            "source": source,
            "placed": len(places),
            "orphaned": len(moved) - len(places),
        },
    )
    return revision
