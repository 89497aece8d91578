"""Reading articles out of the database."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    inspect,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, defer
from sqlalchemy.orm.attributes import set_committed_value

from app.accounts.models import Account
from app.articles.models import Article, Revision
from app.articles.queries.content import BlockValues, InlineValues, content_of
from app.core.conditions import is_among_bound
from app.core.db import LARGEST_NUMBER, read_columns
from app.core.errors import NotFound
from app.core.prepared import Prepared
from app.events.models import Event
from app.frozen import frozen
from app.projects.models import Project
from app.text.document import Block, BlockKind, Document, Inline, InlineKind
from app.text.length import Length

NO_ARTICLE = "There is no such article in this project."

# Every page of an article asks for it, so it is put together once.
_CURRENT_REVISION = (
    select(Revision)
    .join(Article, Article.current_revision_id == Revision.id)
    .where(Article.id == bindparam("article_id"))
    .options(defer(Revision.text))
)
_CURRENT_REVISION_ID = _CURRENT_REVISION.with_only_columns(Revision.id)
_REVISION = (
    select(Revision).where(Revision.id == bindparam("revision_id")).options(defer(Revision.text))
)
_LOCK = (
    select(Article.current_revision_id, Article.archived_at, Article.mode_name, Article.revealed_at)
    .where(Article.id == bindparam("article_id"))
    .with_for_update(key_share=True)
)
_PROJECT_MODE = (
    select(Project.mode_name)
    .join(Article, Article.project_id == Project.id)
    .where(Article.id == bindparam("article_id"))
)
CURRENT = "gloss_current_revision"  # in the `info` of a session: the one that was read last


@frozen
class ArticleRow:
    """An article as a list shows it."""

    id: int
    title: str
    author: str
    publication: str
    published_on: date | None
    words: int
    characters: int | None
    created_at: datetime
    touched_at: datetime
    mode: str | None
    is_revealed: bool
    guessed: Sequence[str]

    @property
    def length(self) -> Length:
        """Return how long its text is."""
        return Length(self.words, self.characters)


def find_articles(
    session: Session, *, project_id: int, article_ids: Collection[int]
) -> list[Article]:
    """Return some articles of a project, by id.

    Raises: NotFound (one of them is not in it).
    """
    query = select(Article).where(Article.project_id == project_id, Article.id.in_(article_ids))
    found = list(session.scalars(query.order_by(Article.id)))
    if len(found) != len(set(article_ids)):
        raise NotFound(NO_ARTICLE)
    return found


def find_article(session: Session, *, project_id: int, article_id: int) -> Article:
    """Return an article of a project.

    Raises: NotFound.
    """
    article = session.get(Article, article_id)
    if article is None or article.project_id != project_id:
        raise NotFound(NO_ARTICLE)
    return article


def current_revision(session: Session, article_id: int) -> Revision:
    """Return the revision that is read now: the one with the highest number not taken back."""
    revision = current_revision_slim(session, article_id)
    if "text" in inspect(revision).unloaded:
        set_committed_value(revision, "text", content_of(session, revision.id).text)
    return revision


def current_revision_slim(session: Session, article_id: int) -> Revision:
    """Return the revision that is read now; its text is read only if it is asked for."""
    known = known_revision(session)
    if known is not None and known.article_id == article_id:
        return known
    return session.scalars(_CURRENT_REVISION, {"article_id": article_id}).one()


def current_revision_id(session: Session, article_id: int) -> int:
    """Return the id of the revision that is read now."""
    known = known_revision(session)
    if known is not None and known.article_id == article_id:
        return known.id
    return session.scalars(_CURRENT_REVISION_ID, {"article_id": article_id}).one()


def known_revision(session: Session) -> Revision | None:
    """Return the current revision that a session has read last, or was told of; None for none."""
    known: Revision | None = session.info.get(CURRENT)
    return known


def revision_by_id(session: Session, revision_id: int) -> Revision:
    """Return a revision, which is that of its article that is read now, and tell the session."""
    revision = known_revision(session)
    if revision is None or revision.id != revision_id:
        revision = session.scalars(_REVISION, {"revision_id": revision_id}).one()
        tell_current_revision(session, revision)
    return revision


def tell_current_revision(session: Session, revision: Revision | None) -> None:
    """Spare a session the looking for what it has just read; None where that holds no more."""
    session.info[CURRENT] = revision


def find_revision(session: Session, article_id: int, number: int) -> Revision:
    """Return a revision of an article by its number.

    Raises: NotFound (there is none, or it was taken back).
    """
    revision = session.scalar(
        select(Revision).where(
            Revision.article_id == article_id,
            Revision.number == number,
            Revision.taken_back_at.is_(None),
        )
    )
    if revision is None:
        message = f"This article has no revision {number}, or it was taken back."
        raise NotFound(message)
    return revision


@frozen
class RevisionRow:
    """A revision as a list shows it; `name` is who made it, "" for the first."""

    id: int
    number: int
    words: int
    characters: int | None
    created_at: datetime
    name: str
    source: str | None

    @property
    def length(self) -> Length:
        """Return how long its text is."""
        return Length(self.words, self.characters)


def list_revisions(session: Session, article_id: int) -> list[RevisionRow]:
    """Return the revisions of an article that stand, newest first."""
    query = (
        select(
            Revision.id,
            Revision.number,
            Revision.words,
            Revision.characters,
            Revision.created_at,
            func.coalesce(Account.name, ""),
            Revision.source,
        )
        .outerjoin(Account, Account.id == Revision.account_id)
        .where(Revision.article_id == article_id, Revision.taken_back_at.is_(None))
        .order_by(Revision.number.desc())
    )
    return [RevisionRow(*row) for row in session.execute(query)]


def lock_article(session: Session, article_id: int) -> int | None:
    """Let nobody else correct, archive, hide or reveal the article or tag in it before the commit.

    Nor does its project get another mode then, if the article follows that one. What is tagged must
    not land in a text that is corrected at the same instant, nor in an article that is archived
    then: look at it again afterwards. On SQLite a session that writes has its turn
    already. Return the id of the revision that is read until then.
    """
    if session.get_bind().dialect.name != "postgresql":
        return current_revision_id(session, article_id)
    held, *state = session.execute(_LOCK, {"article_id": article_id}).one()
    article = session.get_one(Article, article_id)
    if [article.archived_at, article.mode_name, article.revealed_at] != state:
        session.refresh(article)
    if article.mode_name is None:
        project = session.get_one(Project, article.project_id)
        if project.mode_name != session.scalar(_PROJECT_MODE, {"article_id": article_id}):
            session.refresh(project)
    if held != current_revision_id(session, article_id):
        tell_current_revision(session, None)  # it was corrected while others had it
    return held


def blocks_of(
    session: Session, revision_id: int, *, first: int = 1, last: int = LARGEST_NUMBER
) -> Sequence[BlockValues]:
    """Return the blocks numbered `first` to `last` as plain rows, in order."""
    return content_of(session, revision_id).blocks[max(0, first - 1) : last]


def document_of(session: Session, revision: Revision) -> Document:
    """Return the text of a revision with its structure."""
    return Document(
        revision.text,
        tuple(
            Block(row.start, row.end, BlockKind(row.kind), row.level, row.depth, row.marker)
            for row in blocks_of(session, revision.id)
        ),
        tuple(
            Inline(row.start, row.end, InlineKind(row.kind), row.target)
            for row in inlines_of(session, revision.id)
        ),
    )


def inlines_of(session: Session, revision_id: int) -> Sequence[InlineValues]:
    """Return the inlines of a revision as plain rows, in order."""
    return content_of(session, revision_id).inlines


def events_of(session: Session, article_id: int) -> list[tuple[Event, str]]:
    """Return what happened to an article itself, oldest first, with the name of who did it."""
    rows = session.execute(
        select(Event, Account.name)
        .outerjoin(Account, Account.id == Event.account_id)
        .where(Event.article_id == article_id, Event.annotation_id.is_(None))
        .order_by(Event.id)
    )
    return [(event, name or "Gloss") for event, name in rows]


OrderBy = tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]
"""The columns by which a list is sorted."""

_words = select(Revision.words).where(Revision.id == Article.current_revision_id).scalar_subquery()
SORTS: dict[str, tuple[str, OrderBy]] = {
    "touched": ("Last touched", (Article.touched_at.desc(), Article.id)),
    "title": ("Title", (Article.title_key, Article.id)),
    "author": ("Author", (Article.author_key, Article.title_key, Article.id)),
    "published": ("Published", (Article.published_on.desc().nulls_last(), Article.id)),
    "words": ("Words", (_words.desc(), Article.id)),
    "added": ("Added", (Article.created_at.desc(), Article.id.desc())),
}
"""The sorts of the list of articles: name in the URL, words for people, columns."""


def count_articles(
    session: Session,
    *,
    project_id: int,
    archived: bool = False,
    among: Sequence[ColumnElement[bool]] = (),
) -> int:
    """Return how many articles of a project there are: those in use, or the archived ones.

    `among` are conditions that have to hold, too.
    """
    matching = _matching(project_id, archived=archived)
    query = select(func.count()).select_from(Article).where(*matching, *among)
    return read_columns(session, query).scalar_one()


def count_all(session: Session, project_id: int) -> tuple[int, int]:
    """Return how many articles of a project are in use, and how many are archived."""
    [(in_use, archived)] = _COUNT_ALL.run(session, {"project_id": project_id})
    return in_use, archived


def list_articles(
    session: Session,
    *,
    project_id: int,
    order: OrderBy,
    offset: int,
    limit: int,
    archived: bool = False,
    among: Sequence[ColumnElement[bool]] = (),
    beside: Subquery | None = None,
) -> list[ArticleRow]:
    """Return a page of a project's articles, in use or archived, as `count_articles` counts.

    `beside` has an `article_id` for each article of which it says more, for the order.
    """
    # First which ones, of all, by the few columns that it takes; then all that is shown of these.
    query = _ids_in(order, archived=archived)
    if among:
        query = query.where(*among)
    if beside is not None:
        query = query.outerjoin(beside, beside.c.article_id == Article.id)
    values = {"project_id": project_id, "offset": offset, "limit": limit}
    ids = read_columns(session, query, values).scalars().all()
    rows = {row[0]: ArticleRow(*row) for row in _ROWS_OF.run(session, {"ids": ids})}
    return [rows[article_id] for article_id in ids]


@lru_cache(2 * len(SORTS))  # each sort of the list, in use and archived
def _ids_in(order: OrderBy, *, archived: bool) -> Select[int]:
    """Return the query for a page of a project's articles: it takes longer to put it together."""
    query = select(Article.id).where(*_matching(bindparam("project_id"), archived=archived))
    return query.order_by(*order).offset(bindparam("offset")).limit(bindparam("limit"))


def all_articles(session: Session, *, project_id: int) -> list[ArticleRow]:
    """Return every article of a project that is not archived, by id."""
    query = _ROWS.where(*_matching(project_id, archived=False)).order_by(Article.id)
    return [ArticleRow(*row) for row in session.execute(query)]


_ROWS: Select[
    *tuple[int, str, str, str, date | None, int, int | None, datetime, datetime, str | None],
    *tuple[bool, list[str]],
] = select(
    Article.id,
    Article.title,
    Article.author,
    Article.publication,
    Article.published_on,
    Revision.words,
    Revision.characters,
    Article.created_at,
    Article.touched_at,
    Article.mode_name,
    Article.revealed_at.is_not(None),
    Article.guessed,
).join(Revision, Revision.id == Article.current_revision_id)
_ROWS_OF = Prepared(_ROWS.where(is_among_bound(Article.id, "ids")))
_COUNT_ALL = Prepared(
    select(
        func.count(case((Article.archived_at.is_(None), 1))), func.count(Article.archived_at)
    ).where(Article.project_id == bindparam("project_id"))
)


def _matching(project_id: int | BindParameter[int], *, archived: bool) -> list[ColumnElement[bool]]:
    is_meant = Article.archived_at.is_not(None) if archived else Article.archived_at.is_(None)
    return [Article.project_id == project_id, is_meant]


def find_by_path(session: Session, *, project_id: int, loaded_from: str) -> Article | None:
    """Return the article that was loaded from a file, or None."""
    return session.scalar(
        select(Article).where(Article.project_id == project_id, Article.loaded_from == loaded_from)
    )


def find_by_content(session: Session, *, project_id: int, content_hash: str) -> Article | None:
    """Return the oldest article made of the same bytes, or None."""
    return session.scalar(
        select(Article)
        .where(Article.project_id == project_id, Article.content_hash == content_hash)
        .order_by(Article.id)
        .limit(1)
    )
