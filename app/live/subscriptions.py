"""Who listens to what: the places that an account's pages are open at, checked against the rows."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.accounts.views.current_account import CurrentAccount
from app.articles.queries.articles import find_article
from app.core.errors import NotFound
from app.frozen import frozen
from app.projects.service.members import member_of
from app.web.responses import read_number

MOST_PLACES = 20  # of one browser's pages; the rest must be loaded again to see changes

Room = tuple[str, int]
"""What people can be in: ("project", its id) or ("article", its id)."""


@frozen
class Subscription:
    """What one browser listens to, as one account.

    `places` are the rooms by the places that the browser named: "economy" is a project, and
    "economy/12" an article in it. `projects` are the ids of the projects that they are in.
    """

    account_id: int
    session_id: int
    places: dict[str, Room]
    projects: frozenset[int]

    @property
    def rooms(self) -> frozenset[Room]:
        """Return the rooms: those of the articles, and of every project that they are in."""
        projects = {("project", project_id) for project_id in self.projects}
        return frozenset(self.places.values()) | projects

    @property
    def articles(self) -> frozenset[int]:
        """Return the ids of the articles."""
        return frozenset(number for kind, number in self.places.values() if kind == "article")


def subscribe(session: Session, account: CurrentAccount, places: Iterable[str]) -> Subscription:
    """Return what an account may listen to, of the places that its browser names.

    Raises: NotFound (nothing of it).
    """
    rooms: dict[str, Room] = {}
    projects = set()
    for place in list(places)[:MOST_PLACES]:
        slug, _, number = place.partition("/")
        try:
            project_id = member_of(session, slug=slug, account_id=account.id).project_id
            rooms[place] = ("project", project_id)
            if number:
                article_id = read_number(number) or 0
                find_article(session, project_id=project_id, article_id=article_id)
                rooms[place] = ("article", article_id)
        except NotFound:
            rooms.pop(place, None)
            continue
        projects.add(project_id)
    if not rooms:
        raise NotFound
    return Subscription(account.id, account.session_id, rooms, frozenset(projects))
