"""Naming one party as who says all of a member's own passages of an article that have none."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations import content
from app.annotations.models import Annotation
from app.annotations.queries.proposals import is_own_without
from app.annotations.service import bulk, together
from app.annotations.service.bulk import CHANGED_MANY
from app.annotations.service.givable import require_givable
from app.annotations.state import AnnotationState
from app.articles.queries import articles
from app.core.errors import Conflict
from app.events.service import record
from app.parties.models import Party
from app.projects.models import Member
from app.projects.roles import Act, require

AUTHOR = "author"  # what the event of it says that was done


class AuthorGiven(NamedTuple):
    """What was done: how many passages the party says now, and the event of that."""

    passages: int
    party: str  # its name
    event_id: int


def give_author(session: Session, *, actor: Member, article_id: int, party: str) -> AuthorGiven:
    """Give a party, by its id, to all of the actor's own in an article that have none, as one act.

    `bulk.undo` takes the event back.

    Raises: NotFound, Forbidden, Invalid (the party), Conflict (each has one, or
    there are too many).
    """
    require(actor, Act.CHANGE_OWN)
    articles.find_article(session, project_id=actor.project_id, article_id=article_id)
    given = content.clean({"party": party})
    require_givable(session, actor.project_id, given)
    query = select(Annotation.id).where(*is_own_without(actor, article_id)).order_by(Annotation.id)
    ids = session.scalars(query.limit(bulk.MOST_AT_ONCE + 1)).all()
    bulk.refuse_too_many([(each,) for each in ids])
    held = [each for each in together.lock_annotations(session, ids) if each.party_id is None]
    wanted = {
        each: AnnotationState.of(each).with_fields(given)
        for each in held
        if each.deleted_at is None
    }
    if not wanted or given["party"] is None:
        message = "Each of your passages here says already who says it."
        raise Conflict(message)
    steps = together.write(session, actor, wanted)
    name = session.get_one(Party, given["party"]).name
    after = {"act": AUTHOR, "party": name, **bulk.told(bulk.BulkPlan(wanted))}
    event_id = record(session, actor, CHANGED_MANY, bulk.subject_of(actor), after=after)
    together.record_parts(session, actor, steps, part_of_id=event_id)
    return AuthorGiven(len(steps), name, event_id)
