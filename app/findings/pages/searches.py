"""The searches that a member has saved or others share, and the form that saves another."""

from collections.abc import Sequence

from flask import url_for
from sqlalchemy.orm import Session

from app.findings import service
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, may


@frozen
class SearchLine:
    """A saved search: where it leads, and where it is removed, "" for who may not.

    `whose` is who shares it, "" for one's own.
    """

    name: str
    address: str
    whose: str
    is_shared: bool
    remove: str


@frozen
class SearchesShown:
    """The saved searches that a member sees, and whether they may save or share one."""

    lines: Sequence[SearchLine] = ()
    can_save: bool = False
    can_share: bool = False


@frozen
class SaveForm:
    """What stands in the form that saves a search, and what is wrong with it, "" for nothing.

    `is_taken` says that another one has this name, in whose place this can be saved.
    """

    name: str = ""
    is_shared: bool = False
    problem: str = ""
    is_taken: bool = False


def searches_of(session: Session, member: Member) -> SearchesShown:
    """Return the saved searches that a member sees, by name."""
    slug = member.project.slug
    address = url_for("findings.passages", slug=slug)
    lines = [
        SearchLine(
            name=search.name,
            address=address + search.query,
            whose="" if search.account_id == member.account_id else search.account.name,
            is_shared=search.is_shared,
            remove=(
                url_for("searches.remove", slug=slug, search_id=search.id)
                if service.can_remove(member, search)
                else ""
            ),
        )
        for search in service.list_searches(session, member)
    ]
    return SearchesShown(lines, may(member, Act.SAVE_SEARCHES), may(member, Act.SHARE_SEARCHES))
