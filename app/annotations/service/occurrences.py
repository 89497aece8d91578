"""Tagging many places by one act, such as every one where a phrase occurs."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.annotations import content
from app.annotations.models import Annotation
from app.annotations.queries.anchors import Anchor, put_at, tidy_anchor
from app.annotations.service.annotations import ACTS, CREATED, MADE
from app.annotations.service.annotations import RESTORED as UNDELETED
from app.annotations.service.bulk import MOST_NAMED, TAGGED_MANY, refuse_too_many, subject_of
from app.annotations.service.givable import require_givable
from app.annotations.service.last_activity import update_last_activity
from app.annotations.service.moving import CORRECTED, TAKEN_BACK
from app.annotations.service.together import in_pieces
from app.annotations.state import AnnotationState, write_fields
from app.articles.models import Article, Revision
from app.articles.queries import articles
from app.articles.service.articles import ADDED, ARCHIVED, RESTORED
from app.assignments.queries.visibility import EVERYONE, sql_can_see, visibility_for
from app.assignments.service import assignments
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.events.models import Event
from app.events.queries import find_by_key
from app.events.service import NewEvent, record, record_all
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, require
from app.themes.queries import names_of

TAG_MANY = "tag"  # what its event calls the act
_GIVES_TEXT = (ADDED, RESTORED, CORRECTED, TAKEN_BACK)  # kinds of events
TEXT_ACTS = (*_GIVES_TEXT, ARCHIVED)
"""By these kinds of events an article gets a text, or is put away."""


_At = tuple[int, int, int]  # revision, start, end


class SeenPlace(NamedTuple):
    """A place as somebody looked at it: `[start, end)` of a revision, in code points."""

    article_id: int
    revision_id: int
    start: int
    end: int


@frozen
class TagPlan:
    """Where an act tags, by article, and how many or which places it leaves, and why.

    `same` have that tag already, as far as the actor may see it, and where the actor gave it since
    the places were looked at, `tagged` are the ids of the annotations; in `moved` the text is
    another one since, or in the archive; `unfit` are no words, or too many.
    """

    wanted: Mapping[int, Sequence[Anchor]]
    same: int = 0
    tagged: Sequence[int] = ()
    moved: Sequence[SeenPlace] = ()
    unfit: int = 0

    @property
    def count(self) -> int:
        """Return how many places are tagged."""
        return sum(map(len, self.wanted.values()))


def last_seen(session: Session, actor: Member) -> int:
    """Return the last event that gave the actor's project a text, or was an act of theirs on tags.

    That of others may not tell: there may be some that the actor may not know of.
    """
    of_project = select(func.max(Event.id)).where(Event.project_id == actor.project_id)
    own = of_project.where(Event.account_id == actor.account_id, Event.kind.in_(ACTS))
    text = of_project.where(Event.kind.in_(_GIVES_TEXT))
    last = session.execute(select(own.scalar_subquery(), text.scalar_subquery())).one()
    return max(number or 0 for number in last)


def texts_since(session: Session, project_id: int, event_id: int) -> Collection[int]:
    """Return the articles of a project that got a text after an event."""
    query = select(Event.article_id).where(
        Event.project_id == project_id, Event.kind.in_(_GIVES_TEXT), Event.id > event_id
    )
    return {article_id for article_id in session.scalars(query) if article_id}


def plan(
    session: Session, *, actor: Member, spots: Collection[SeenPlace], as_of: int, **typed: str
) -> TagPlan:
    """Say what `carry_out` would do; it changes nothing.

    Raises: Forbidden, Invalid (fields; the theme was archived), Conflict (there are too many).
    """
    require(actor, Act.TAG)
    refuse_too_many(spots)
    return _plan(session, actor, spots, as_of, _clean(session, actor, typed)["tag"])


def carry_out(
    session: Session,
    *,
    actor: Member,
    spots: Collection[SeenPlace],
    client_key: str,
    as_of: int,
    query: str = "",
    **typed: str,
) -> tuple[TagPlan, int | None]:
    """Tag places that somebody looked at, which `query` asks for. Asked twice, it is done once.

    `as_of` is what `last_seen` said when they were looked at, `typed` the fields of
    app/annotations/content.py. Return what was done, and the id of its event, None where nothing
    was to do.

    Raises: Forbidden, Invalid (fields; the theme was archived), Conflict (there are too many).
    """
    require(actor, Act.TAG)
    refuse_too_many(spots)
    made = find_by_key(session, account_id=actor.account_id, client_key=client_key)
    if made is not None and made.kind == TAGGED_MANY:
        return TagPlan({}), made.id
    cleaned = _clean(session, actor, typed)
    found = _find_articles(session, actor, spots)
    for article_id in sorted(found):
        articles.lock_article(session, article_id)
    done = _plan(session, actor, spots, as_of, cleaned["tag"])
    if not done.count:
        return done, None
    tagged = [session.get_one(Article, article_id) for article_id in sorted(done.wanted)]
    annotations = [
        annotation
        for article in tagged
        for annotation in _make(session, actor, article, done.wanted[article.id], cleaned)
    ]
    try:
        with session.begin_nested():
            session.add_all(annotations)
    except IntegrityError:
        message = "You tagged one of these places at this moment. Nothing was done: try again."
        raise Conflict(message) from None
    for article in tagged:
        update_last_activity(session, actor=actor, article_id=article.id, is_held=True)
    assignments.mark_in_progress(session, actor=actor, articles=tagged)
    themes = names_of(session, cleaned["themes"]).values()
    said = {"act": TAG_MANY, "tag": cleaned["tag"], "theme": ", ".join(themes), "query": query}
    event_id = record(
        session,
        actor,
        TAGGED_MANY,
        subject_of(actor),
        after={**said, **_told(done)},
        client_key=client_key,
    )
    changes = [
        NewEvent(CREATED, one.subject, None, AnnotationState.of(one).to_json())
        for one in annotations
    ]
    record_all(session, actor, changes, part_of_id=event_id)
    return done, event_id


def _clean(session: Session, actor: Member, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields as they are kept. What they give can be given until the end."""
    cleaned = content.clean({**content.EMPTY, **typed})
    require_givable(session, actor.project_id, cleaned)
    return cleaned


def _make(
    session: Session,
    actor: Member,
    article: Article,
    places: Sequence[Anchor],
    fields: Mapping[str, object],
) -> list[Annotation]:
    made_blind = visibility_for(session, actor, article) != EVERYONE
    moment = now()
    made = []
    for place in places:
        annotation = Annotation(
            project_id=article.project_id,
            article_id=article.id,
            account_id=actor.account_id,
            client_key=uuid.uuid4().hex,
            version=1,
            deleted_at=None,
            made_blind=made_blind,
            created_at=moment,
            updated_at=moment,
        )
        write_fields(annotation, fields)
        put_at(annotation, place)
        made.append(annotation)
    return made


def made_since(session: Session, actor: Member, event_id: int) -> Sequence[Annotation]:
    """Return what the actor sees tagged, and has made or restored after an event."""
    made = select(Event.annotation_id).where(
        Event.project_id == actor.project_id,
        Event.id > event_id,
        Event.account_id == actor.account_id,
        Event.kind.in_((*MADE, UNDELETED)),
    )
    query = select(Annotation).where(
        Annotation.id.in_(made),
        Annotation.deleted_at.is_(None),
        sql_can_see(actor, article_id=Annotation.article_id, annotator_id=Annotation.account_id),
    )
    return session.scalars(query.order_by(Annotation.id)).all()


def _find_articles(session: Session, actor: Member, spots: Collection[SeenPlace]) -> dict[int, int]:
    """Return the texts that are read now of the articles in use, by the articles' ids."""
    found: dict[int, int] = {}
    for some in in_pieces(sorted({spot.article_id for spot in spots})):
        query = select(Article.id, Article.current_revision_id).where(
            Article.id.in_(some),
            Article.project_id == actor.project_id,
            Article.archived_at.is_(None),
        )
        found |= {row[0]: row[1] for row in session.execute(query) if row[1] is not None}
    return found


def _plan(
    session: Session, actor: Member, spots: Collection[SeenPlace], as_of: int, tag: str
) -> TagPlan:
    current = _find_articles(session, actor, spots)
    there = sorted(spot for spot in spots if current.get(spot.article_id) == spot.revision_id)
    places: list[tuple[int, Anchor]] = []
    for spot in there:
        with suppress(Invalid):
            place = tidy_anchor(session, spot.revision_id, spot.start, spot.end)
            places.append((spot.article_id, place))
    taken = _taken(session, actor, [place for _article_id, place in places], tag)
    newly = _tagged_since(session, actor, taken.values(), as_of, tag)
    wanted: dict[int, dict[_At, Anchor]] = {}
    tagged: list[int] = []
    for article_id, place in places:
        at = (place.revision_id, place.start, place.end)
        if at not in taken:
            wanted.setdefault(article_id, {})[at] = place
        elif taken[at] in newly:
            tagged.append(taken[at])
    count = sum(map(len, wanted.values()))
    return TagPlan(
        {article_id: list(some.values()) for article_id, some in wanted.items()},
        same=len(places) - count - len(tagged),
        tagged=tagged,
        moved=_of_project(session, actor, set(spots) - set(there)),
        unfit=len(there) - len(places),
    )


def _taken(session: Session, actor: Member, places: Sequence[Anchor], tag: str) -> dict[_At, int]:
    """Return the ids of what has a tag, as far as the actor may see, by where it stands."""
    starts: dict[int, list[int]] = {}
    for place in places:
        starts.setdefault(place.revision_id, []).append(place.start)
    taken: dict[_At, int] = {}
    for revision_id, some in starts.items():
        query = select(Annotation.start, Annotation.end, Annotation.id).where(
            Annotation.revision_id == revision_id,
            Annotation.tag_name == tag,
            Annotation.deleted_at.is_(None),
            Annotation.start.between(min(some), max(some)),
            sql_can_see(
                actor, article_id=Annotation.article_id, annotator_id=Annotation.account_id
            ),
        )
        taken |= {(revision_id, *row[:2]): row[2] for row in session.execute(query)}
    return taken


def _tagged_since(
    session: Session, actor: Member, ids: Collection[int], as_of: int, tag: str
) -> Collection[int]:
    """Return which of some annotations have a tag by the actor since an event."""
    first: dict[int, Event] = {}
    for some in in_pieces(sorted(ids)):
        query = (
            select(Event)
            .where(
                Event.annotation_id.in_(some),
                Event.account_id == actor.account_id,
                Event.id > as_of,
                Event.kind.in_(ACTS),
            )
            .order_by(Event.id)
        )
        for event in session.scalars(query):
            first.setdefault(event.annotation_id or 0, event)
    return {
        annotation_id
        for annotation_id, event in first.items()
        if event.kind in {*MADE, UNDELETED} or (event.before or {}).get("tag") != tag
    }


def _of_project(session: Session, actor: Member, spots: Collection[SeenPlace]) -> list[SeenPlace]:
    """Return those of some places that stand in a text of the actor's project, in order."""
    known: set[tuple[int, int]] = set()
    for some in in_pieces(sorted({spot.revision_id for spot in spots})):
        query = (
            select(Revision.article_id, Revision.id)
            .join(Article, Article.id == Revision.article_id)
            .where(Revision.id.in_(some), Article.project_id == actor.project_id)
        )
        known |= {(row[0], row[1]) for row in session.execute(query)}
    return sorted(spot for spot in spots if spot[:2] in known)


def _told(done: TagPlan) -> dict[str, object]:
    """Return what the event keeps of what was done: numbers, and the first of those left."""
    return {
        "changed": done.count,
        "same": done.same,
        "not_own": 0,
        "left": {"tagged": list(done.tagged[:MOST_NAMED])},
        "counts": {"tagged": len(done.tagged)},
        "unfit": done.unfit,
        "moved": [list(spot) for spot in done.moved[:MOST_NAMED]],
        "moved_count": len(done.moved),
    }
