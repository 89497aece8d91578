"""Events as those hear them who have the article open.

A message is in the format of server-sent events, see
https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, defer, lazyload

from app.activity.pages.event_groups import GROUPS
from app.activity.pages.event_text import describe, names_in
from app.annotations.models import Annotation
from app.annotations.queries.annotations import sql_visible_to
from app.annotations.service.annotations import CREATED
from app.articles.models import Article, Revision
from app.articles.service import articles, tagging_modes
from app.assignments.models import State
from app.assignments.queries.visibility import who_sees_all
from app.assignments.service.assignments import STATE_CHANGED
from app.core.db import is_one_of
from app.events.models import Event
from app.frozen import frozen
from app.inbox.queries.inbox import list_addressed
from app.live.avatars import find_avatars
from app.projects.models import Member, Project
from app.projects.service import members
from app.reading.pages.article_ref import ArticleRef
from app.reading.pages.rendering.changed_blocks import annotations_of, blocks_of_event

MOST_EVENTS = 200  # that are told one by one; who has missed more of them fetches what changed
FEW_EVENTS = 20  # that are all read at once, whatever they are about
SAID_WHERE = "{said}, paragraph {block}"
LARGEST_DRAWING = 1 << 18  # characters; a larger one is fetched by those who want it
KINDS = {kind for group in GROUPS.values() if not group.is_audit for kind in group.kinds}
CHANGING_VISIBILITY = (
    articles.MODE_CHANGED,
    articles.REVEALED,
    articles.HIDDEN,
    tagging_modes.PROJECT_MODE_CHANGED,
)
GOING = (members.LEFT, members.REMOVED)
_IS_OF_A_KIND = is_one_of(Event.kind, KINDS)
_IS_GOING = is_one_of(Event.kind, GOING)

# What every tag asks for is put together once.
_FEW_SINCE = (
    select(Event, Annotation)
    .outerjoin(Annotation, Annotation.id == Event.annotation_id)
    .where(Event.id > bindparam("after"))
    .order_by(Event.id)
    .limit(FEW_EVENTS + 1)
    # An annotator who is read with it is joined as one who must be there.
    .options(lazyload(Annotation.annotator))
)
_CURRENT = (
    select(Revision, Project.slug, Article.id, Article.title)
    .join_from(Article, Project, Project.id == Article.project_id)
    .join(Revision, Revision.id == Article.current_revision_id)
    .where(Article.id == bindparam("article_id"))
    .options(defer(Revision.text))
)

Draw = Callable[[Session, Revision, ArticleRef, Collection[int], int], str]
"""Draws blocks of an article's revision, by their numbers, as the answer to an act has them.

The last number is that of the event as of which they are drawn.
"""


@frozen
class Message:
    """One event in an article, for the accounts of `audience`, who may see all that is tagged.

    What becomes of a whole project is a message in each of its articles that follow it.
    `others` hear of it too: the one whose annotation it is about, or everyone in the project
    where it is about none. Both forms are ready to be sent: `whole` has
    the blocks drawn as they are now, or says which later message has them; `bare` has neither.
    Each says whose annotations its readers see now, so that a page knows whether it still fits.
    """

    id: int
    article_id: int
    audience: frozenset[int]
    others: frozenset[int]
    whole: bytes
    bare: bytes

    def for_account(self, account_id: int) -> bytes | None:
        """Return what an account hears of the event, None for nothing."""
        if account_id in self.audience:
            return self.whole
        return self.bare if account_id in self.others else None


@frozen
class Batch:
    """What happened after one event, up to and with another, in the order of their ids.

    `messages` are of the events in the articles of `watched`, None where there are more than
    MOST_EVENTS. `members` are the accounts that are now in each project that somebody has left,
    `addressed` those who listen and have something new in their inboxes.
    """

    after: int
    until: int
    watched: frozenset[int]
    messages: Sequence[Message] | None
    members: Mapping[int, frozenset[int]]
    addressed: frozenset[int] = frozenset()


def newest_event(session: Session) -> int:
    """Return the id of the last event of all, 0 where there is none."""
    return session.scalar(select(func.max(Event.id))) or 0


def read_batch(
    session: Session,
    *,
    after: int,
    watched: frozenset[int],
    listening: frozenset[int] = frozenset(),
    draw: Draw | None = None,
    reader_id: int | None = None,
) -> Batch:
    """Read what happened after an event in the articles of `watched`.

    With `draw`, as the follower reads, the last message of each article that changes blocks has
    them drawn, and who has left which project is read too: after an event of long ago that would
    be a look at every event since. Of `listening` it says for whom something new is in the inbox.
    With `reader_id` it is what one account may hear of, and no more counts: that there was more
    would tell of what is hidden.
    """
    happened = _few(session, after, watched) if draw else None
    if happened is None:
        happened = _all(session, after, watched, reader_id)
    until, events, annotations, left, concerns = happened
    remaining = _members(session, left) if draw else {}
    addressed: frozenset[int] = frozenset()
    if concerns:
        addressed = list_addressed(session, listening, after=after, until=until)
    if len(events) > MOST_EVENTS:
        return Batch(after, until, watched, None, remaining, addressed)
    told = _by_article(session, events, watched)
    messages = list(_messages(session, told, annotations, draw))
    return Batch(after, until, watched, messages, remaining, addressed)


class _Happened(NamedTuple):
    """What happened after an event: up to which, what is told of it, and who has left.

    `annotations` are those that it is about, by their ids; `left` the ids of projects that somebody
    has left. `concerns` says whether something of it may be in an inbox.
    """

    until: int
    events: Sequence[Event]
    annotations: Mapping[int, Annotation]
    left: Collection[int]
    concerns: bool = True


def _few(session: Session, after: int, watched: Collection[int]) -> _Happened | None:
    """Read the few events after one, as there are after a tag; None where there are none or more.

    One query does for what are four of many.
    """
    rows = session.execute(_FEW_SINCE, {"after": after}).all()
    if not 0 < len(rows) <= FEW_EVENTS:
        return None
    events = [row[0] for row in rows]
    return _Happened(
        until=events[-1].id,
        events=[event for event in events if _is_told(event, watched)],
        annotations={row[1].id: row[1] for row in rows if row[1] is not None},
        left={event.project_id for event in events if event.kind in GOING},
        # What was just made has no thread, and so concerns nobody.
        concerns=any(event.kind != CREATED for event in events),
    )


def _is_told(event: Event, watched: Collection[int]) -> bool:
    """Say what `_all` asks the database; which articles follow a project is found out later."""
    is_here = event.article_id in watched or event.kind == tagging_modes.PROJECT_MODE_CHANGED
    return event.kind in KINDS and is_here


def _all(
    session: Session, after: int, watched: Collection[int], reader_id: int | None
) -> _Happened:
    """Read what is told of the events after one, however many there are."""
    until = newest_event(session)
    since = Event.id > after, Event.id <= until
    followed = select(Article.project_id).where(Article.id.in_(watched))
    is_told = _IS_OF_A_KIND & or_(
        Event.article_id.in_(watched),
        (Event.kind == tagging_modes.PROJECT_MODE_CHANGED) & Event.project_id.in_(followed),
    )
    if reader_id is not None:
        is_seen = select(Annotation.id).where(
            Annotation.id == Event.annotation_id, sql_visible_to(reader_id)
        )
        is_told &= or_(Event.annotation_id.is_(None), is_seen.exists())
    events = session.scalars(
        select(Event).where(*since, is_told).order_by(Event.id).limit(MOST_EVENTS + 1)
    ).all()
    left = session.scalars(select(Event.project_id).where(*since, _IS_GOING).distinct()).all()
    return _Happened(until, events, annotations_of(session, events), left)


def encode(kind: str, data: object, event_id: int | None = None) -> bytes:
    """Return a message of a kind, with its place in the order of events where it has one."""
    place = f"id: {event_id}\n" if event_id is not None else ""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"{place}event: {kind}\ndata: {written}\n\n".encode()


def _members(session: Session, project_ids: Collection[int]) -> dict[int, frozenset[int]]:
    if not project_ids:
        return {}
    inside: dict[int, set[int]] = {project_id: set() for project_id in project_ids}
    rows = select(Member.project_id, Member.account_id).where(Member.project_id.in_(project_ids))
    for project_id, account_id in session.execute(rows):
        inside[project_id].add(account_id)
    return {project_id: frozenset(accounts) for project_id, accounts in inside.items()}


def _by_article(
    session: Session, events: Sequence[Event], watched: Collection[int]
) -> list[tuple[int, Event]]:
    """Return each event with its article; what a project did, with each that follows it."""
    projects = [event.project_id for event in events if event.article_id is None]
    query = select(Article.project_id, Article.id).where(
        Article.id.in_(watched), Article.project_id.in_(projects), Article.mode_name.is_(None)
    )
    rows = session.execute(query.order_by(Article.id)).all() if projects else ()
    told: list[tuple[int, Event]] = []
    for event in events:
        if event.article_id is not None:
            told.append((event.article_id, event))
        else:
            told += [(row[1], event) for row in rows if row[0] == event.project_id]
    return told


def _messages(
    session: Session,
    told: Sequence[tuple[int, Event]],
    annotations: Mapping[int, Annotation],
    draw: Draw | None,
) -> Iterator[Message]:
    events = [event for _article_id, event in told]
    people = [event.account_id for event in events if event.account_id]
    avatars = {avatar["id"]: avatar for avatar in find_avatars(session, people)}
    names = names_in(session, events)
    article_ids = {article_id for article_id, _event in told}
    seeing = {article_id: who_sees_all(session, article_id) for article_id in article_ids}
    currents = {
        article_id: session.execute(_CURRENT, {"article_id": article_id}).one()
        for article_id in article_ids
    }
    revisions: dict[int, Revision] = {number: row[0] for number, row in currents.items()}
    about = {event.id: annotations.get(event.annotation_id or 0) for event in events}
    blocks = {
        event.id: blocks_of_event(session, revisions[article_id], event, about[event.id])
        for article_id, event in told
    }
    drawings: dict[int, dict[str, object]] = {}
    for article_id, revision in revisions.items():
        if draw is None:
            break
        of_article = {event.id: blocks[event.id] for here, event in told if here == article_id}
        changing = [event_id for event_id, numbers in of_article.items() if numbers]
        if not changing:
            continue
        changed = set[int]().union(*of_article.values())
        ref = ArticleRef(*currents[article_id][1:])
        drawing = draw(session, revision, ref, changed, changing[-1])
        if len(drawing) <= LARGEST_DRAWING:
            drawings.update({event_id: {"drawn_in": changing[-1]} for event_id in changing})
            drawings[changing[-1]] = {"drawing": drawing}
    for article_id, event in told:
        annotation = about[event.id]
        sees_all = seeing[article_id]
        concerned = {annotation.account_id} & sees_all.keys() if annotation else sees_all.keys()
        said = describe(event, names)
        numbers = sorted(blocks[event.id])
        data = {
            "article": article_id,
            "revision": revisions[article_id].number,
            "by": avatars.get(event.account_id or 0),
            "said": SAID_WHERE.format(said=said, block=numbers[0]) if numbers else said,
            "blocks": numbers,
            "annotation": event.annotation_id,
            "is_about_sight": _is_about_visibility(event),
            "is_of_project": event.article_id is None,
        }
        whole = {**data, "sees": "all", **drawings.get(event.id, {})}
        # What becomes of a project is many messages; none of them is the last that was heard.
        place = event.id if event.article_id is not None else None
        yield Message(
            id=event.id,
            article_id=article_id,
            audience=frozenset(account_id for account_id in sees_all if sees_all[account_id]),
            others=frozenset(concerned),
            whole=encode("change", whole, place),
            bare=encode("change", {**data, "sees": "own"}, place),
        )


def _is_about_visibility(event: Event) -> bool:
    """Say whether somebody may see more or less than before: in an article, or by being done."""
    if event.kind == STATE_CHANGED:
        states = (event.before or {}, event.after or {})
        return any(state["state"] == State.DONE for state in states)
    return event.kind in CHANGING_VISIBILITY
