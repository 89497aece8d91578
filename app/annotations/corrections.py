"""Correcting an article: a new text, and where each annotation stands in it; taking it back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation, EarlierPlace
from app.annotations.placing import Place, place_of, places_at, put_at
from app.annotations.service import CHANGED, snapshot
from app.articles import queries as articles
from app.articles.models import Article, Revision
from app.articles.service import add_revision, touch
from app.core.clock import now
from app.core.errors import Conflict
from app.events.models import Event, Snapshot
from app.events.service import record, record_changes
from app.projects.models import Member
from app.text.anchoring import Fate, reanchor
from app.text.document import Document

CORRECTED = "article.corrected"
TAKEN_BACK = "article.correction_taken_back"
REANCHORED = "annotation.reanchored"
ORPHANED = "annotation.orphaned"
RETURNED = "annotation.returned"

Range = tuple[int, int]


class Decision(StrEnum):
    """How it was settled where an annotation stands in a corrected text."""

    PROPOSED = "proposed"  # where its words were found
    BY_HAND = "by hand"
    LEFT = "left"  # without a place, though one was found
    DOUBLED = "doubled"  # without a place: the same person has the same tag there already


class Standing(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class Before:
    """An article before a correction: its text, all of its annotations, and theirs.

    `texts` are by revision: an orphan is looked for by the last text that had its words.
    """

    base: Revision
    annotations: Sequence[Standing]
    texts: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where an annotation is to stand in a corrected text: `place` is None for nowhere."""

    annotation: Standing
    fate: Fate
    place: Range | None
    decision: Decision = Decision.PROPOSED

    @property
    def needs_a_look(self) -> bool:
        """Say whether a person has to judge it: its words are others, or nowhere."""
        is_found = self.decision is Decision.PROPOSED and self.fate in {Fate.UNCHANGED, Fate.MOVED}
        is_decided = self.decision in {Decision.BY_HAND, Decision.LEFT}
        return not (is_found or is_decided or self.annotation.is_deleted)


def look_before(session: Session, article: Article) -> Before:
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
    annotations = [Standing._make(row) for row in rows]
    revisions = {base.id} | {annotation.revision_id for annotation in annotations}
    texts = session.execute(select(Revision.id, Revision.text).where(Revision.id.in_(revisions)))
    return Before(base, annotations, {row.id: row.text for row in texts})


def propose(
    before: Before, document: Document, decisions: Mapping[int, Range | None]
) -> list[Proposal]:
    """Find each annotation in a new text, or take what was decided of it.

    The proposals are in the order of the annotations. Of two that would become twins, the same
    tag of the same person on the same passage, the second is left without a place.
    """
    by_revision: dict[int, list[Standing]] = defaultdict(list)
    for annotation in before.annotations:
        by_revision[annotation.revision_id].append(annotation)
    proposals: dict[int, Proposal] = {}
    for revision_id, group in by_revision.items():
        ranges = [(annotation.start, annotation.end) for annotation in group]
        found = reanchor(before.texts[revision_id], document.text, ranges)
        for annotation, reanchored in zip(group, found, strict=True):
            proposal = Proposal(annotation, reanchored.fate, reanchored.place)
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


def _decided(proposal: Proposal, decisions: Mapping[int, Range | None]) -> Proposal:
    if proposal.annotation.id not in decisions:
        return proposal
    place = decisions[proposal.annotation.id]
    decision = Decision.BY_HAND if place else Decision.LEFT
    return replace(proposal, place=place, decision=decision)


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
    proposals: Sequence[Proposal],
) -> Revision:
    """Give an article a new text, and each annotation its place in it.

    The corrected text keeps what every annotation was in it.

    Raises: Conflict (the article is archived or the text is the same; or since the proposals were
    made it was corrected, or something in it was tagged or changed).
    """
    articles.hold_article(session, article.id)
    if article.archived_at is not None:
        message = "This article is archived. Restore it before you correct it."
        raise Conflict(message)
    if is_same(document, articles.document_of(session, base)):
        message = "This is the text that the article has already, so there is nothing to correct."
        raise Conflict(message)
    annotations = _hold_annotations(session, article)
    versions = {proposal.annotation.id: proposal.annotation.version for proposal in proposals}
    is_current = articles.current_revision(session, article.id).id == base.id
    if not is_current or {row.id: row.version for row in annotations.values()} != versions:
        message = "Someone tagged here or corrected this at the same moment. Look at it once more."
        raise Conflict(message)
    _keep_places(session, (row for row in annotations.values() if row.revision_id == base.id))
    revision = add_revision(session, article, document, account_id=actor.account_id, source=source)
    placed = [proposal for proposal in proposals if proposal.place is not None]
    ranges = [proposal.place for proposal in placed if proposal.place is not None]
    places = {
        proposal.annotation.id: place
        for proposal, place in zip(placed, places_at(session, revision, ranges), strict=True)
    }
    # Those that were orphans already and stay so are not touched.
    moved = {
        annotation_id: places.get(annotation_id)
        for annotation_id, annotation in annotations.items()
        if annotation_id in places or annotation.revision_id == base.id
    }
    _move(session, actor, article, annotations, moved, without=ORPHANED, placed=REANCHORED)
    _record(
        session,
        actor,
        article,
        kind=CORRECTED,
        after={
            "revision": revision.number,
            "source": source,
            "placed": len(places),
            "orphaned": len(moved) - len(places),
        },
    )
    return revision


def why_not_back(session: Session, article: Article, revision: Revision) -> str:
    """Say why a revision cannot be taken back, "" where it can."""
    current = articles.current_revision(session, article.id)
    if revision.id != current.id:
        return "Only the newest revision can be taken back."
    if _base_of(session, revision) is None:
        return "This is the first text of the article, so there is none to go back to."
    if _is_tagged_on(session, article, revision):
        return "Someone has tagged in this revision already, so it stays."
    return ""


def take_back(session: Session, *, actor: Member, article: Article, revision: Revision) -> None:
    """Go back to the text before a correction, and each annotation to its place there.

    Raises: Conflict (it is not the newest revision, or the only one, or someone tagged on it).
    """
    articles.hold_article(session, article.id)
    annotations = _hold_annotations(session, article)
    reason = why_not_back(session, article, revision)
    base = _base_of(session, revision)
    if reason or base is None:
        raise Conflict(reason)
    homes = _last_homes(session, revision)
    # Those on the base are the ones that the correction left without a place.
    moved: dict[int, Place | None] = {
        annotation_id: homes.get(annotation_id)
        for annotation_id, annotation in annotations.items()
        if annotation.revision_id in {revision.id, base.id}
    }
    _move(session, actor, article, annotations, moved, without=RETURNED, placed=RETURNED)
    session.execute(delete(EarlierPlace).where(EarlierPlace.revision_id == base.id))
    revision.taken_back_at = now()
    after = {"revision": revision.number}
    _record(session, actor, article, kind=TAKEN_BACK, after=after)


def _base_of(session: Session, revision: Revision) -> Revision | None:
    """Return the revision that another one corrected, None for the first."""
    return session.scalar(
        select(Revision)
        .where(
            Revision.article_id == revision.article_id,
            Revision.number < revision.number,
            Revision.taken_back_at.is_(None),
        )
        .order_by(Revision.number.desc())
        .limit(1)
    )


def _is_tagged_on(session: Session, article: Article, revision: Revision) -> bool:
    """Say whether an annotation was made, or placed by hand, in a revision."""
    came = select(EarlierPlace.annotation_id).where(EarlierPlace.annotation_id == Annotation.id)
    made = select(Annotation.id).where(Annotation.revision_id == revision.id, ~came.exists())
    if session.scalar(made.limit(1)) is not None:
        return True
    corrected = session.scalars(
        select(Event.id)
        .where(Event.article_id == article.id, Event.kind == CORRECTED)
        .order_by(Event.id.desc())
        .limit(1)
    ).one()
    changes = session.execute(
        select(Event.before, Event.after).where(
            Event.article_id == article.id, Event.id > corrected, Event.kind == CHANGED
        )
    )
    return any(_where(before) != _where(after) for before, after in changes)


def _where(state: Snapshot | None) -> tuple[int, int, int] | None:
    return (state["revision"], state["start"], state["end"]) if state else None


def _last_homes(session: Session, revision: Revision) -> dict[int, Place]:
    """Return where each annotation of a revision was before it."""
    rows = session.scalars(
        select(EarlierPlace)
        .join(Annotation, Annotation.id == EarlierPlace.annotation_id)
        .join(Revision, Revision.id == EarlierPlace.revision_id)
        .where(Annotation.revision_id == revision.id)
        .order_by(Revision.number)
    )
    return {row.annotation_id: place_of(row) for row in rows}


def _hold_annotations(session: Session, article: Article) -> dict[int, Annotation]:
    """Return all annotations of an article by id, and let nobody change one before the commit."""
    rows = session.scalars(
        select(Annotation)
        .where(Annotation.article_id == article.id)
        .order_by(Annotation.id)
        .with_for_update(of=Annotation)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _keep_places(session: Session, annotations: Iterable[Annotation]) -> None:
    rows = [
        {
            "annotation_id": annotation.id,
            "revision_id": annotation.revision_id,
            "start": annotation.start,
            "end": annotation.end,
            "first_block": annotation.first_block,
            "last_block": annotation.last_block,
            "quote": annotation.quote,
            "prefix": annotation.prefix,
            "suffix": annotation.suffix,
            "tag_name": annotation.tag_name,
            "note": annotation.note,
            "was_deleted": annotation.deleted_at is not None,
        }
        for annotation in annotations
    ]
    if rows:
        session.execute(insert(EarlierPlace), rows)


def _move(
    session: Session,
    actor: Member,
    article: Article,
    annotations: Mapping[int, Annotation],
    moved: Mapping[int, Place | None],
    *,
    placed: str,
    without: str,
) -> None:
    """Put annotations at their places, or leave them where they are for None; record each.

    Raises: Conflict (two would be twins).
    """
    changes: list[tuple[int, str, Snapshot, Snapshot]] = []
    try:
        with session.begin_nested():
            for annotation_id, place in moved.items():
                annotation = annotations[annotation_id]
                before = snapshot(annotation)
                if place is not None:
                    put_at(annotation, place)
                annotation.version += 1
                kind = without if place is None else placed
                changes.append((annotation_id, kind, before, snapshot(annotation)))
    except IntegrityError:
        message = (
            "Two annotations of one person would have the same tag on the same passage. "
            "Delete one of them, or change its tag."
        )
        raise Conflict(message) from None
    record_changes(
        session,
        project_id=actor.project_id,
        account_id=actor.account_id,
        article_id=article.id,
        changes=changes,
    )


def _record(
    session: Session, actor: Member, article: Article, *, kind: str, after: Snapshot
) -> None:
    touch(session, article.id)
    record(
        session,
        kind=kind,
        project_id=actor.project_id,
        account_id=actor.account_id,
        article_id=article.id,
        after=after,
    )
