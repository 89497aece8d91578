"""Who is asking, and what is known of them at the address that they ask for: in one query.

Each of these was a query of its own, six before anything else was done. What is found stays with
the request's session, where the rooms that ask for it look first.
"""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask, request
from sqlalchemy import Row, Select, and_, bindparam, select
from sqlalchemy.orm import Bundle, Session, defer, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import Account, SignIn
from app.accounts.service import asking
from app.accounts.views import current_account as accounts_current
from app.articles.models import Article, Revision
from app.articles.queries.articles import tell_current_revision
from app.assignments.models import Progress
from app.assignments.queries.progress import tell_progress
from app.projects.models import Member, Project
from app.projects.views.current_member import MEMBER
from app.web.session import is_strange_address

FOUND = "gloss_found"  # in the `info` of a session: its rows, so that it does not let go of them


class _Asking(Bundle[asking.Asking]):
    """The columns of who asks, as one of the row's values."""

    def create_row_processor(
        self,
        _query: Select[*tuple[Any, ...]],
        procs: Sequence[Callable[[Row[*tuple[Any, ...]]], Any]],
        _labels: Sequence[str],
    ) -> Callable[[Row[*tuple[Any, ...]]], asking.Asking]:
        """Return what makes it of a row of the database."""
        return lambda row: asking.Asking._make([column(row) for column in procs])


_ASKED = (
    select(_Asking("asking", *asking.ASKING), Member, Project, Article, Revision, Progress)
    .select_from(SignIn)
    .join(Account, Account.id == SignIn.account_id)
    .outerjoin(Project, Project.slug == bindparam("slug"))
    .outerjoin(Member, and_(Member.project_id == Project.id, Member.account_id == Account.id))
    .outerjoin(
        Article,
        and_(Article.id == bindparam("article_id"), Article.project_id == Member.project_id),
    )
    .outerjoin(Revision, Revision.id == Article.current_revision_id)
    .outerjoin(Progress, and_(Progress.article_id == Article.id, Progress.account_id == Account.id))
    .where(*asking.IS_LIVING)
    .options(lazyload("*"), defer(Revision.text))
)


def find_session(session: Session, token: str) -> asking.Asking | None:
    """Return the session of a token, or None; see `accounts.service.asking.find_session`.

    At the address of a project, or of an article in it, the membership is read by the way, and the
    article with its current revision and how far the account is with it.
    """
    address = request.view_args or {}
    if "slug" not in address or is_strange_address():
        return asking.find_session(session, token)
    where = {"slug": address["slug"], "article_id": address.get("article_id")}
    row = session.execute(_ASKED, {**where, **asking.living_values(token)}).first()
    if row is None:
        return None
    found, member, project, article, revision, progress = row
    if member is not None:
        set_committed_value(member, "project", project)
    session.info[FOUND] = row
    session.info[MEMBER] = member
    if article is not None:
        tell_current_revision(session, revision)
        tell_progress(session, progress, article_id=article.id, account_id=found.account_id)
    return found


def register(app: Flask) -> None:
    """Find who is asking by the one query."""
    accounts_current.find_with(app, find_session)
