"""Which project is asked for, and as whom."""

from app.accounts.current import current_account
from app.core.requests import get_session
from app.projects import service
from app.projects.models import Member
from app.projects.roles import Act, require


def current_member(slug: str, act: Act = Act.READ) -> Member:
    """Return the membership of who is asking in the project of a URL.

    Raises: NotFound (not a member), Forbidden (the role does not allow the act).
    """
    member = service.member_of(get_session(), slug=slug, account_id=current_account().id)
    require(member.role, act)
    return member
