"""Saving searches of passages by a name, for oneself or for the project, and removing them."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.annotations.service.searches import REMOVED, SAVED
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.events.service import record
from app.findings.asked import Asked
from app.findings.models import NAME_LIMIT, SavedSearch
from app.projects.models import Member
from app.projects.roles import Act, may, require
from app.text.normalise import normalise
from app.text.sorting import sort_key

MOST_SEARCHES = 200  # of one person in one project


class SearchNameTaken(Invalid):
    """Another search of the member's, which asks for something else, has this name."""

    def __init__(self) -> None:
        message = (
            "Another search of yours has this name. Save this in its place, or choose another name."
        )
        super().__init__("name", message)


def list_searches(session: Session, member: Member) -> Sequence[SavedSearch]:
    """Return the searches that a member saved, and those that others share, by name."""
    query = select(SavedSearch).where(
        SavedSearch.project_id == member.project_id,
        or_(SavedSearch.account_id == member.account_id, SavedSearch.is_shared),
    )
    found = session.scalars(query).all()
    return sorted(found, key=lambda each: (sort_key(each.name), each.id))


def save(
    session: Session,
    *,
    actor: Member,
    asked: Asked,
    name: str,
    is_shared: bool,
    is_in_place: bool = False,
) -> SavedSearch:
    """Save what is asked for by a name. Twice is as good as once.

    What else they saved by that name is removed where this comes in its place.

    Raises: Forbidden, Invalid (name), SearchNameTaken, Conflict (they have too many).
    """
    require(actor, Act.SHARE_SEARCHES if is_shared else Act.SAVE_SEARCHES)
    cleaned = " ".join(normalise(name).split())
    if not cleaned:
        raise Invalid("name", "Give the search a name, by which you find it again.")
    if len(cleaned) > NAME_LIMIT:
        message = (
            f"A name has at most {NAME_LIMIT} characters; this has {len(cleaned):,}. Shorten it."
        )
        raise Invalid("name", message)
    own = [each for each in list_searches(session, actor) if each.account_id == actor.account_id]
    for each in own:
        if (each.name, each.query, each.is_shared) == (cleaned, asked.query, is_shared):
            return each
    others = [each for each in own if each.name == cleaned and each.query != asked.query]
    if others and not is_in_place:
        raise SearchNameTaken
    for each in others:
        _remove(session, actor, each)
    if len(own) - len(others) >= MOST_SEARCHES:
        message = f"You have {MOST_SEARCHES} saved searches here. Remove one that you need no more."
        raise Conflict(message)
    search = SavedSearch(
        project_id=actor.project_id,
        account_id=actor.account_id,
        name=cleaned,
        query=asked.query,
        is_shared=is_shared,
        saved_at=now(),
    )
    session.add(search)
    session.flush()
    if is_shared:  # what someone keeps for themselves concerns nobody
        record(session, actor, SAVED, search.subject, after=_state(search))
    return search


def remove(session: Session, *, actor: Member, search_id: int) -> SavedSearch:
    """Remove a saved search of one's own, or as a curator one that is shared.

    Raises: NotFound, Forbidden.
    """
    search = session.get(SavedSearch, search_id, with_for_update={"of": SavedSearch})
    is_own = search is not None and search.account_id == actor.account_id
    if search is None or search.project_id != actor.project_id or not (is_own or search.is_shared):
        message = "This saved search is removed already, or is none that you may see."
        raise NotFound(message)
    require(actor, Act.SAVE_SEARCHES)
    if not can_remove(actor, search):
        message = "You may not remove a search that somebody else shares. A curator can."
        raise Forbidden(message)
    _remove(session, actor, search)
    return search


def _remove(session: Session, actor: Member, search: SavedSearch) -> None:
    session.delete(search)
    if search.is_shared:
        record(session, actor, REMOVED, search.subject, before=_state(search))


def can_remove(member: Member, search: SavedSearch) -> bool:
    """Say whether a member may remove a search that they see."""
    is_own = search.account_id == member.account_id
    return may(member, Act.SAVE_SEARCHES) and (is_own or may(member, Act.CHANGE_ANY))


def _state(search: SavedSearch) -> dict[str, object]:
    return {"name": search.name, "query": search.query}
