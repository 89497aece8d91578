"""Who is asking, and what is known of them at the address that they ask for: in one query.

Each of these was a query of its own, six before anything else was done. What is found stays with
the request's session, where the rooms that ask for it look first.
"""

from itertools import pairwise

from flask import Flask, request
from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import Account, SignIn
from app.accounts.service import asking
from app.accounts.views import current_account as accounts_current
from app.articles.models import Article, Revision
from app.articles.queries.articles import tell_current_revision
from app.assignments.models import Progress
from app.assignments.queries.progress import tell_progress
from app.core.objects import ObjectReader
from app.core.prepared import Prepared
from app.projects.models import Member, Project
from app.projects.views.current_member import MEMBER
from app.web.session import is_strange_address

FOUND = "gloss_found"  # in the `info` of a session: its rows, so that it does not let go of them

_MEMBER, _PROJECT = ObjectReader(Member), ObjectReader(Project)
_ARTICLE, _REVISION = ObjectReader(Article), ObjectReader(Revision, later=["text"])
_PROGRESS = ObjectReader(Progress)
_COLUMNS = (
    asking.ASKING,
    _MEMBER.columns,
    _PROJECT.columns,
    _ARTICLE.columns,
    _REVISION.columns,
    _PROGRESS.columns,
)
_ENDS = [sum(map(len, _COLUMNS[:count])) for count in range(len(_COLUMNS) + 1)]
_ASKED = Prepared(
    select(*[column for columns in _COLUMNS for column in columns])
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
)


def find_session(session: Session, token: str) -> asking.SignedIn | None:
    """Return the session of a token, or None; see `accounts.service.asking.find_session`.

    At the address of a project, or of an article in it, the membership is read by the way, and the
    article with its current revision and how far the account is with it.
    """
    address = request.view_args or {}
    if "slug" not in address or is_strange_address():
        return asking.find_session(session, token)
    where = {"slug": address["slug"], "article_id": address.get("article_id")}
    rows = _ASKED.run(session, {**where, **asking.living_values(token)})
    if not rows:
        return None
    who, *parts = [rows[0][first:beyond] for first, beyond in pairwise(_ENDS)]
    found = asking.SignedIn(*who)
    member = _MEMBER.read(session, parts[0])
    project = _PROJECT.read(session, parts[1])
    article = _ARTICLE.read(session, parts[2])
    revision = _REVISION.read(session, parts[3])
    progress = _PROGRESS.read(session, parts[4])
    if member is not None:
        set_committed_value(member, "project", project)
    session.info[FOUND] = (member, project, article, revision, progress)
    session.info[MEMBER] = member
    if article is not None:
        tell_current_revision(session, revision)
        tell_progress(session, progress, article_id=article.id, account_id=found.id)
    return found


def register(app: Flask) -> None:
    """Find who is asking by the one query."""
    accounts_current.find_with(app, find_session)
