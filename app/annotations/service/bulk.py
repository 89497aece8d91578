"""Changing many annotations by one act, and taking that back as one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.annotations import content
from app.annotations.content import has_field
from app.annotations.models import NOTE_LIMIT, Annotation
from app.annotations.service import together
from app.annotations.service.annotations import ACTS
from app.annotations.service.bulk_acts import OF_ADDRESSEES, BulkAct, Seen, Verb
from app.annotations.service.givable import require_givable
from app.annotations.state import AnnotationState
from app.annotations.tags import Tag
from app.assignments.queries.visibility import sql_can_see
from app.core.errors import Conflict, NotFound
from app.events.models import Event, Snapshot
from app.events.queries import not_taken_back
from app.events.service import record
from app.events.subjects import Subject
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, may, may_change, require
from app.themes.service.themes import require_usable

CHANGED_MANY = "annotations.changed_together"
TAGGED_MANY = "annotations.tagged_together"
IMPORTED_MANY = "annotations.imported_together"  # see importing.py
UNDONE = "annotations.undone_together"
UNDOABLE = (CHANGED_MANY, TAGGED_MANY, IMPORTED_MANY)
CHANGES = (CHANGED_MANY, UNDONE)
KINDS = (TAGGED_MANY, IMPORTED_MANY, *CHANGES)

MOST_AT_ONCE = 5_000  # annotations: who waits for one of them gives up after ten seconds
MOST_NAMED = 100  # of those that an act leaves for one reason
REASONS = ("meanwhile", "gone", "duplicates", "over", "unfit")
"""Why an act leaves annotations that it names: they are fields of BulkPlan."""


@frozen
class BulkPlan:
    """What annotations are to be, and how many or which an act leaves as they are, and why.

    `same` are so already, `not_own` not the actor's to change. The others are ids: `meanwhile` were
    changed by someone else since, `gone` are not in the list any more, `duplicates` would have the
    tag that their annotator has given the same passage, `over` would be over a limit: of the note,
    or of themes, `unfit` have no addressees, being no demands.
    """

    wanted: Mapping[Annotation, AnnotationState]
    same: int = 0
    not_own: int = 0
    meanwhile: Sequence[int] = ()
    gone: Sequence[int] = ()
    duplicates: Sequence[int] = ()
    over: Sequence[int] = ()
    unfit: Sequence[int] = ()


def plan(
    session: Session,
    *,
    actor: Member,
    seen: Collection[Seen],
    act: BulkAct,
    gone: Sequence[int] = (),
) -> BulkPlan:
    """Say what an act would do to annotations that somebody looked at; it changes nothing.

    Those that are `gone` from the list since are left, and named.

    Raises: Forbidden, Conflict (there are too many).
    """
    require(actor, Act.CHANGE_OWN)
    refuse_too_many(seen)
    found = _visible(session, actor, [each.id for each in seen])
    return replace(_plan(session, actor, found, seen, act), gone=_visible_ids(session, actor, gone))


def carry_out(
    session: Session,
    *,
    actor: Member,
    seen: Collection[Seen],
    act: BulkAct,
    gone: Sequence[int] = (),
    query: str = "",
) -> tuple[BulkPlan, int | None]:
    """Do an act to annotations that somebody looked at in a list, which `query` asks for.

    Those that are `gone` from the list since are left, and named.
    Return what was done, and the id of its event, None where nothing was to do.

    Raises: Forbidden, Invalid (what is given was archived), Conflict (there are too many).
    """
    require(actor, Act.CHANGE_OWN)
    refuse_too_many(seen)
    if act.verb is Verb.THEME:  # before what carries it is held, as who merges themes does
        require_usable(session, actor.project_id, {act.theme_id})
    require_givable(session, actor.project_id, act.who)
    visible = _visible_ids(session, actor, [each.id for each in seen])
    done = replace(
        _plan(session, actor, together.lock_annotations(session, visible), seen, act),
        gone=_visible_ids(session, actor, gone),
    )
    if not done.wanted:
        return done, None
    steps = together.write(session, actor, done.wanted)
    said = {"act": act.verb.value, "tag": act.tag, "theme": act.theme, "query": query}
    said["given"] = act.given
    after = {**said, **told(done)}
    event_id = record(session, actor, CHANGED_MANY, subject_of(actor), after=after)
    together.record_parts(session, actor, steps, part_of_id=event_id)
    return done, event_id


def last_seen(session: Session, actor: Member) -> int:
    """Return the last event of an annotation that the actor may see, in their project.

    Others may not tell: there may be some that the actor may not know of.
    """
    query = (
        select(Event.id)
        .join(Annotation, Annotation.id == Event.annotation_id)
        .where(
            Event.project_id == actor.project_id,
            Event.kind.in_(ACTS),
            sql_can_see(
                actor, article_id=Annotation.article_id, annotator_id=Annotation.account_id
            ),
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    return session.scalar(query) or 0


def as_of(session: Session, *, actor: Member, seen: Collection[Seen], event_id: int) -> list[Seen]:
    """Return annotations as they were when `last_seen` said so; what is newer has version 0."""
    query = (
        select(Event.annotation_id, func.min(Event.version))
        .where(Event.project_id == actor.project_id, Event.id > event_id, Event.kind.in_(ACTS))
        .group_by(Event.annotation_id)
    )
    changed = {row[0]: row[1] or 1 for row in session.execute(query)}
    return [Seen(one.id, changed.get(one.id, one.version + 1) - 1) for one in seen]


def find_act(session: Session, *, actor: Member, event_id: int) -> Event:
    """Return an act on many of the actor's, or with the right to change all of anyone's.

    Raises: NotFound.
    """
    event = session.get(Event, event_id)
    is_here = event is not None and event.project_id == actor.project_id and event.kind in KINDS
    if event is None or not is_here or not _is_theirs(actor, event):
        message = "There is no such act on many passages here, or none of yours."
        raise NotFound(message)
    return event


def undo(session: Session, *, actor: Member, event_id: int) -> int:
    """Take back an act on many, but for what somebody has changed since; return the event of that.

    Raises: Forbidden, NotFound, Conflict (it was taken back already, or nothing of it is left).
    """
    require(actor, Act.CHANGE_OWN)
    event = find_act(session, actor=actor, event_id=event_id)
    if event.kind not in UNDOABLE:
        message = "That took something back itself: do it again from the list of passages."
        raise Conflict(message)
    parts = {part.annotation_id: part for part in together.parts_of(session, event_id)}
    visible = _visible_ids(session, actor, list(parts))
    held = together.lock_annotations(session, visible)
    if not undoable(session, [event]):
        message = "This was taken back already."
        raise Conflict(message)
    changed = together.changed_since(session, event_id)
    found = [one for one in held if one.id not in changed]
    own = [one for one in found if may_change(actor, is_own=one.account_id == actor.account_id)]
    wanted, duplicates = _without_duplicates(
        session,
        {one: parts[one.id].before.at_place_of(AnnotationState.of(one)) for one in own},
    )
    done = BulkPlan(
        wanted,
        not_own=len(found) - len(own),
        meanwhile=[one.id for one in held if one.id in changed],
        duplicates=duplicates,
    )
    if not wanted:
        message = "Each of these passages was changed since, so they are left as they are."
        raise Conflict(message)
    undoes = {one.id: parts[one.id].event_id for one in wanted}
    steps = together.write(session, actor, wanted, undoes=undoes)
    after = {**(event.after or {}), **told(done)}
    undone_id = record(session, actor, UNDONE, subject_of(actor), after=after, undoes_id=event_id)
    together.record_parts(session, actor, steps, part_of_id=undone_id)
    return undone_id


def undoable(session: Session, events: Collection[Event]) -> set[int]:
    """Return which of some events are acts on many that were not taken back."""
    return not_taken_back(session, events, UNDOABLE, (UNDONE,))


def _is_theirs(actor: Member, event: Event) -> bool:
    return event.account_id == actor.account_id or may(actor, Act.CHANGE_ANY)


def subject_of(actor: Member) -> Subject:
    """Return what an act on many is about: the whole project."""
    return Subject("project", actor.project_id)


def refuse_too_many(seen: Collection[tuple[int, ...]]) -> None:
    """Do nothing if not more are meant than can be changed at once.

    Raises: Conflict.
    """
    if len(seen) > MOST_AT_ONCE:
        message = (
            f"At most {MOST_AT_ONCE:,} passages are changed at once, and these are more. "
            "Narrow them down, and change some after the others."
        )
        raise Conflict(message)


def _visible(session: Session, actor: Member, ids: Sequence[int]) -> list[Annotation]:
    """Return those of some annotations that the actor may see, in the trash too."""
    found: list[Annotation] = []
    for some in together.in_pieces(ids):
        query = select(Annotation).where(
            Annotation.id.in_(some),
            Annotation.project_id == actor.project_id,
            sql_can_see(
                actor, article_id=Annotation.article_id, annotator_id=Annotation.account_id
            ),
        )
        found += session.scalars(query.order_by(Annotation.id))
    return found


def _visible_ids(session: Session, actor: Member, ids: Sequence[int]) -> list[int]:
    return [one.id for one in _visible(session, actor, ids)]


def _plan(
    session: Session,
    actor: Member,
    found: Sequence[Annotation],
    seen: Collection[Seen],
    act: BulkAct,
) -> BulkPlan:
    changed = _changed_by_others(session, actor, found, dict(seen))
    wanted: dict[Annotation, AnnotationState] = {}
    same = not_own = 0
    meanwhile: list[int] = []
    over: list[int] = []
    unfit: list[int] = []
    for annotation in found:
        before = AnnotationState.of(annotation)
        after = act.on(before)
        can_change = may_change(actor, is_own=annotation.account_id == actor.account_id)
        is_changed = annotation.id in changed
        if act.verb in OF_ADDRESSEES and not has_field(Tag(before.tag), "addressees"):
            unfit.append(annotation.id)
        elif after == before and not (can_change and is_changed):
            same += 1
        elif not can_change:
            not_own += 1
        elif is_changed or (before.deleted and act.verb is not Verb.RESTORE):
            meanwhile.append(annotation.id)
        elif len(after.note) > NOTE_LIMIT or len(after.themes) > content.MOST_THEMES:
            over.append(annotation.id)
        else:
            wanted[annotation] = after
    kept, duplicates = _without_duplicates(session, wanted)
    return BulkPlan(kept, same, not_own, meanwhile, duplicates=duplicates, over=over, unfit=unfit)


def _changed_by_others(
    session: Session, actor: Member, found: Sequence[Annotation], versions: Mapping[int, int]
) -> set[int]:
    """Return which annotations someone else changed since; that a correction moved them is none."""
    newer = [one.id for one in found if one.version != versions[one.id]]
    changed: set[int] = set()
    for some in together.in_pieces(newer):
        query = select(Event.annotation_id, Event.version).where(
            Event.annotation_id.in_(some),
            Event.kind.in_(ACTS),
            Event.account_id != actor.account_id,
        )
        changed |= {
            annotation_id
            for annotation_id, version in session.execute(query)
            if annotation_id and (version or 0) > versions[annotation_id]
        }
    return changed


def _without_duplicates(
    session: Session, wanted: Mapping[Annotation, AnnotationState]
) -> tuple[dict[Annotation, AnnotationState], list[int]]:
    """Return what leaves nobody two of one tag on one passage, and the ids of the others."""
    taken = set(_taken(session, wanted))
    kept, duplicates = {}, []
    for annotation, after in wanted.items():
        place = (annotation.account_id, after.tag, after.revision, after.start, after.end)
        if not after.deleted and _claims(annotation, after) and place in taken:
            duplicates.append(annotation.id)
            continue
        taken.add(place)
        kept[annotation] = after
    return kept, duplicates


def _claims(annotation: Annotation, after: AnnotationState) -> bool:
    """Say whether an annotation is to have a tag on its passage that it has not there now."""
    return after.tag != annotation.tag_name or annotation.deleted_at is not None


def _taken(
    session: Session, wanted: Mapping[Annotation, AnnotationState]
) -> Iterator[tuple[object, ...]]:
    """Yield where annotators have the tags already that some of their annotations are to have."""
    other = aliased(Annotation)
    claiming = {one: after for one, after in wanted.items() if _claims(one, after)}
    for tag in sorted({after.tag for after in claiming.values()}):
        ids = [one.id for one, after in claiming.items() if after.tag == tag]
        for some in together.in_pieces(ids):
            query = (
                select(other.account_id, other.tag_name, other.revision_id, other.start, other.end)
                .join(
                    Annotation,
                    (Annotation.revision_id == other.revision_id)
                    & (Annotation.account_id == other.account_id)
                    & (Annotation.start == other.start)
                    & (Annotation.end == other.end),
                )
                .where(
                    Annotation.id.in_(some),
                    other.id != Annotation.id,
                    other.tag_name == tag,
                    other.deleted_at.is_(None),
                )
            )
            yield from (tuple(row) for row in session.execute(query))


def told(done: BulkPlan) -> Snapshot:
    """Return what the event keeps of what was done: numbers, and the first of those left."""
    left = {name: list(getattr(done, name)) for name in REASONS}
    return {
        "changed": len(done.wanted),
        "same": done.same,
        "not_own": done.not_own,
        "left": {name: ids[:MOST_NAMED] for name, ids in left.items()},
        "counts": {name: len(ids) for name, ids in left.items()},
    }
