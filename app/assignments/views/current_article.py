"""Who is asking, and what is known of them at the address that they ask for: in one query.

Each of these was a query of its own, six before anything else was done. What is found stays with
the request's session, where the rooms that ask for it look first.
"""

from flask import Flask, request
from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, defer, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import Account, SignIn
from app.accounts.service import accounts
from app.accounts.views import current_account as accounts_current
from app.articles.models import Article, Revision
from app.articles.queries.articles import tell_current_revision
from app.assignments.models import Progress
from app.assignments.queries.progress import tell_progress
from app.projects.models import Member, Project
from app.projects.views.current_member import MEMBER
from app.web.session import is_strange_address

FOUND = "gloss_found"  # in the `info` of a session: its rows, so that it does not let go of them

_ASKED = (
    select(SignIn, Account, Member, Project, Article, Revision, Progress)
    .join(Account, Account.id == SignIn.account_id)
    .outerjoin(Project, Project.slug == bindparam("slug"))
    .outerjoin(Member, and_(Member.project_id == Project.id, Member.account_id == Account.id))
    .outerjoin(
        Article,
        and_(Article.id == bindparam("article_id"), Article.project_id == Member.project_id),
    )
    .outerjoin(Revision, Revision.id == Article.current_revision_id)
    .outerjoin(Progress, and_(Progress.article_id == Article.id, Progress.account_id == Account.id))
    .where(*accounts.IS_LIVING)
    .options(lazyload("*"), defer(Revision.text))
)


def find_session(session: Session, token: str) -> SignIn | None:
    """Return the session of a token, or None; see `accounts.service.find_session`.

    At the address of a project, or of an article in it, the membership is read by the way, and the
    article with its current revision and how far the account is with it.
    """
    address = request.view_args or {}
    if "slug" not in address or is_strange_address():
        return accounts.find_session(session, token)
    where = {"slug": address["slug"], "article_id": address.get("article_id")}
    row = session.execute(_ASKED, {**where, **accounts.living_values(token)}).one_or_none()
    if row is None:
        return None
    found, account, member, project, article, revision, progress = row
    if account.disabled_at is not None:
        return None
    set_committed_value(found, "account", account)
    if member is not None:
        set_committed_value(member, "account", account)
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
