"""Adding articles: a parsed text becomes an article with its first revision."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy import Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.articles import fields
from app.articles.models import Article, BlockRow, InlineRow, Revision
from app.articles.queries.articles import tell_current_revision
from app.core.clock import now
from app.core.errors import Conflict
from app.core.prepared import Prepared
from app.events.service import record
from app.events.subjects import ProjectActor
from app.projects.models import Member
from app.projects.roles import Act, require
from app.projects.tagging_modes import Mode, clean_mode
from app.text.document import Document
from app.text.length import length_of
from app.text.normalise import normalise
from app.text.parsed import ParsedArticle
from app.text.sentences import sentence_bounds

ADDED = "article.added"
CHANGED = "article.changed"
ARCHIVED = "article.archived"
RESTORED = "article.restored"
MODE_CHANGED = "article.mode_changed"
REVEALED = "article.revealed"
HIDDEN = "article.hidden"

# Every tag and comment does it, so it is put together once, on the bare table.
_article = cast("Table", Article.__table__)
_TOUCH = Prepared(
    update(_article)
    .where(_article.c.id == bindparam("article"))
    .values(touched_at=bindparam("moment"))
)


def add(
    session: Session,
    *,
    project_id: int,
    parsed: ParsedArticle,
    content_hash: str,
    loaded_from: str | None = None,
    account_id: int | None = None,
) -> Article:
    """Add an article with its first revision and record the event.

    `content_hash` is the SHA-256 of the file's bytes; `account_id` is None for the installation.
    """
    moment = now()
    parsed = fields.with_language(parsed)
    article = Article(
        project_id=project_id,
        # A file's name or front matter may spell characters that no text of ours holds.
        title=normalise(parsed.title),
        author=normalise(parsed.author),
        publication=normalise(parsed.publication),
        published_on=parsed.published_on,
        source_url=normalise(parsed.source_url),
        language=parsed.language,
        guessed=sorted(parsed.guessed),
        origins=dict(parsed.origins),
        loaded_from=loaded_from,
        content_hash=content_hash,
        created_at=moment,
        touched_at=moment,
        archived_at=None,
        version=1,
    )
    session.add(article)
    session.flush()
    add_revision(session, article, parsed.document)
    actor = ProjectActor(project_id, account_id)
    record(session, actor, ADDED, article.subject, after={"title": article.title})
    return article


def change(
    session: Session, *, actor: Member, article: Article, version: int, typed: Mapping[str, str]
) -> None:
    """Change what is said of an article that is still at `version`.

    Raises: Invalid (a field cannot be used), Conflict (someone changed it meanwhile).
    """
    checked = fields.check(typed)
    before = fields.fields_of(article)
    if article.version != version:
        message = (
            "Someone changed this meanwhile. What is there now stands beside what you typed: "
            "save again to put yours in its place."
        )
        raise Conflict(message)
    article.title = checked.title
    article.author = checked.author
    article.publication = checked.publication
    article.published_on = checked.published_on
    article.source_url = checked.source_url
    article.language = checked.language
    after = fields.fields_of(article)
    if after == before:
        return
    changed = [name for name in fields.NAMES if after[name] != before[name]]
    article.guessed = [name for name in article.guessed if name not in changed]
    article.origins = {**(article.origins or {}), **dict.fromkeys(changed, fields.TYPED)}
    article.version += 1
    _flush(session)
    record(
        session,
        actor,
        CHANGED,
        article.subject,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )


def archive(session: Session, *, actor: Member, article: Article) -> None:
    """Take an article out of the list. An archived one stays as it is."""
    if article.archived_at is None:
        article.archived_at = now()
        article.version += 1
        _flush(session)
        record(session, actor, ARCHIVED, article.subject)


def restore(session: Session, *, actor: Member, article: Article) -> None:
    """Put an archived article back into the list."""
    if article.archived_at is not None:
        article.archived_at = None
        article.version += 1
        _flush(session)
        record(session, actor, RESTORED, article.subject)


def set_mode(session: Session, *, actor: Member, article: Article, mode: str) -> None:
    """Decide how an article is tagged; "" for as the project says.

    Where that is another way than before, it is revealed no more.

    Raises: Forbidden, Invalid (no such mode), Conflict (someone changed it at the same moment).
    """
    require(actor, Act.REVEAL)
    before = article.mode_name
    article.mode_name = clean_mode(mode).value if mode else None
    if article.mode_name == before:
        return
    project = actor.project.mode_name
    if (article.mode_name or project) != (before or project):
        article.revealed_at = None
    article.version += 1
    _flush(session)
    record(
        session,
        actor,
        MODE_CHANGED,
        article.subject,
        before={"mode": before, "project": project},
        after={"mode": article.mode_name, "project": project},
    )


def reveal(session: Session, *, actor: Member, article: Article) -> None:
    """Show everyone what was tagged independently in an article. A revealed one stays as it is.

    Raises: Forbidden, Conflict (it is shared; or someone changed it at the same moment).
    """
    require(actor, Act.REVEAL)
    if (article.mode or actor.project.mode) is Mode.SHARED:
        message = "This article is shared: everyone sees everything already."
        raise Conflict(message)
    if article.revealed_at is None:
        article.revealed_at = article.touched_at = now()
        article.version += 1
        _flush(session)
        record(session, actor, REVEALED, article.subject)


def hide(session: Session, *, actor: Member, article: Article) -> None:
    """Take the revealing of an article back. One that is not revealed stays as it is.

    Raises: Forbidden, Conflict (someone changed it at the same moment).
    """
    require(actor, Act.REVEAL)
    if article.revealed_at is not None:
        take_back_revealing(session, actor, [article])


def take_back_revealing(session: Session, actor: Member, revealed: Sequence[Article]) -> None:
    """Let articles be revealed no more, whoever decided it.

    Raises: Conflict (someone changed one of them at the same moment).
    """
    for article in revealed:
        article.revealed_at = None
        article.version += 1
    _flush(session)
    for article in revealed:
        record(session, actor, HIDDEN, article.subject)


def _flush(session: Session) -> None:
    try:
        session.flush()
    except StaleDataError:
        message = "Someone changed this article at the same moment. Look at it and try again."
        raise Conflict(message) from None


def update_last_activity(session: Session, article_id: int) -> None:
    """Note that something in an article has just changed."""
    _TOUCH.run(session, {"article": article_id, "moment": now()})


def set_current_revision(session: Session, revision: Revision) -> None:
    """Let a revision be what is read of its article."""
    session.execute(
        update(Article)
        .where(Article.id == revision.article_id)
        .values(current_revision_id=revision.id)
    )
    tell_current_revision(session, None)


def add_revision(
    session: Session,
    article: Article,
    document: Document,
    *,
    account_id: int | None = None,
    source: str | None = None,
) -> Revision:
    """Give an article its first text, or the next one, which was read from `source`."""
    newest = session.scalar(
        select(func.max(Revision.number)).where(Revision.article_id == article.id)
    )
    length = length_of(document.text)
    revision = Revision(
        article_id=article.id,
        number=(newest or 0) + 1,
        text=document.text,
        hash=text_hash(document),
        words=length.words,
        characters=length.characters,
        created_at=now(),
        account_id=account_id,
        source=source,
        taken_back_at=None,
    )
    session.add(revision)
    session.flush()
    session.execute(
        insert(BlockRow),
        [
            {
                "revision_id": revision.id,
                "number": number_of_block,
                "start": block.start,
                "end": block.end,
                "kind": block.kind.value,
                "level": block.level,
                "depth": block.depth,
                "marker": block.marker,
                "sentences": sentences_of(document.text[block.start : block.end], article.language),
            }
            for number_of_block, block in enumerate(document.blocks, start=1)
        ],
    )
    if document.inlines:
        session.execute(
            insert(InlineRow),
            [
                {
                    "revision_id": revision.id,
                    "start": inline.start,
                    "end": inline.end,
                    "kind": inline.kind.value,
                    "target": inline.target,
                }
                for inline in document.inlines
            ],
        )
    set_current_revision(session, revision)  # with all that it consists of: now it is indexed
    return revision


def text_hash(document: Document) -> str:
    """Return the SHA-256 of a document's text in UTF-8, as a revision keeps it."""
    return hashlib.sha256(document.text.encode()).hexdigest()


def sentences_of(text: str, language: str) -> str:
    """Return the bounds of a block's sentences as a row keeps them."""
    return " ".join(f"{start} {end}" for start, end in sentence_bounds(text, language))
