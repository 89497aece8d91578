"""One's own part in an article: how it is tagged, what one sees of it, and how far one is."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.articles.models import Article
from app.assignments.models import State
from app.assignments.queries.progress import Own, own_progress
from app.assignments.queries.visibility import Visibility, mode_of
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, Role, may, roles_with
from app.projects.tagging_modes import Mode


@frozen
class ProgressPanel:
    """What the reading page says of a member's own part in an article.

    `is_independent` says how it is tagged, `revealed_at` since when all see everything of it
    nonetheless; `sees_own` that the member sees only their own annotations, and
    `sees_by_role` that they see everyone's because of their role. `own` is None where nothing is
    known of how far they are.
    """

    is_independent: bool
    revealed_at: datetime | None
    sees_own: bool
    sees_by_role: bool
    role: Role
    own: Own | None
    can_mark: bool

    @property
    def is_hidden(self) -> bool:
        """Say whether the others' annotations are hidden here now."""
        return self.is_independent and self.revealed_at is None

    @property
    def state(self) -> State | None:
        """Return how far they are, None where nothing is known of it."""
        return self.own.state if self.own else None

    @property
    def asks_state(self) -> bool:
        """Say whether they can say how far they are."""
        return self.can_mark and (self.own is not None or self.is_hidden)

    @property
    def is_worth_a_word(self) -> bool:
        """Say whether there is anything to say."""
        return self.is_independent or self.own is not None


def progress_panel(
    session: Session, member: Member, article: Article, visibility: Visibility
) -> ProgressPanel:
    """Build what is said of a member's own part in an article."""
    own = None
    if member.role in roles_with(Act.TAG):
        own = own_progress(session, article_id=article.id, account_id=member.account_id)
    is_in_use = article.archived_at is None
    return ProgressPanel(
        is_independent=mode_of(article, member.project) is Mode.INDEPENDENT,
        revealed_at=article.revealed_at,
        sees_own=visibility.only is not None,
        sees_by_role=may(member, Act.SEE_ALL),
        role=member.role,
        own=own,
        can_mark=may(member, Act.TAG) and is_in_use,
    )
