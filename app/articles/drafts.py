"""Drafts: articles that someone has begun to add and has yet to look at and confirm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles import fields, service
from app.articles.models import Article, Draft
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.projects.models import Member
from app.text.document import Block, BlockKind, Document, Inline, InlineKind
from app.text.parsed import ParsedArticle

MOST_DRAFTS = 500  # of one person in one project


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list."""

    id: int
    title: str
    source: str
    made_at: datetime


def add(
    session: Session, *, actor: Member, parsed: ParsedArticle, source: str, content_hash: str
) -> Draft:
    """Keep what a reader found until its owner confirms it.

    Raises: Conflict (they have MOST_DRAFTS already).
    """
    if count(session, actor=actor) >= MOST_DRAFTS:
        message = (
            f"You have {MOST_DRAFTS} drafts, the most that are kept. Add some, or let them go."
        )
        raise Conflict(message)
    draft = Draft(
        project_id=actor.project_id,
        account_id=actor.account_id,
        source=source,
        document=_packed(parsed.document),
        fields=fields.fields_found(parsed),
        guessed=sorted(parsed.guessed),
        origins=dict(parsed.origins),
        content_hash=content_hash,
        made_at=now(),
    )
    session.add(draft)
    session.flush()
    return draft


def find(session: Session, *, actor: Member, draft_id: int) -> Draft:
    """Return one's own draft in a project.

    Raises: NotFound.
    """
    draft = session.get(Draft, draft_id)
    is_own = draft and (draft.project_id, draft.account_id) == (actor.project_id, actor.account_id)
    if draft is None or not is_own:
        message = "There is no such draft. Perhaps it was added or discarded already."
        raise NotFound(message)
    return draft


def count(session: Session, *, actor: Member) -> int:
    """Return how many drafts someone has in a project."""
    return session.scalars(select(func.count()).select_from(Draft).where(*_own(actor))).one()


def list_own(session: Session, *, actor: Member) -> list[DraftLine]:
    """Return someone's drafts in a project, newest first."""
    query = select(Draft.id, Draft.fields, Draft.source, Draft.made_at).where(*_own(actor))
    return [
        DraftLine(row.id, row.fields["title"], row.source, row.made_at)
        for row in session.execute(query.order_by(Draft.id.desc()))
    ]


def keep_fields(draft: Draft, typed: Mapping[str, str]) -> None:
    """Keep what was typed, whether it can be used or not."""
    kept = {name: typed.get(name, draft.fields[name]) for name in fields.NAMES}
    changed = {name for name in fields.NAMES if kept[name] != draft.fields[name]}
    # Who confirms a draft has seen its guesses; until then what nobody touched is still a guess.
    draft.guessed = [name for name in draft.guessed if name not in changed]
    draft.origins = {**draft.origins, **dict.fromkeys(sorted(changed), fields.TYPED)}
    draft.fields = kept


def confirm(session: Session, *, actor: Member, draft: Draft) -> Article:
    """Make a draft an article.

    Raises: Invalid (a field cannot be used).
    """
    checked = fields.check(draft.fields)
    article = service.add(
        session,
        project_id=actor.project_id,
        parsed=ParsedArticle(
            document_of(draft),
            checked.title,
            checked.author,
            checked.publication,
            checked.published_on,
            checked.source_url,
            checked.language,
            frozenset(),
            {name: origin for name, origin in draft.origins.items() if draft.fields[name]},
        ),
        content_hash=draft.content_hash,
        account_id=actor.account_id,
    )
    session.delete(draft)
    return article


def discard(session: Session, *, draft: Draft) -> None:
    """Let go of a draft."""
    session.delete(draft)


def same_articles(session: Session, draft: Draft) -> list[Article]:
    """Return the articles of the project with the same content or the same address, by id."""
    is_same = Article.content_hash == draft.content_hash
    if draft.fields["source_url"]:
        is_same |= Article.source_url == draft.fields["source_url"]
    query = select(Article).where(Article.project_id == draft.project_id, is_same)
    return list(session.scalars(query.order_by(Article.id)))


def document_of(draft: Draft) -> Document:
    """Return the text of a draft with its structure."""
    packed = draft.document
    return Document(
        packed["text"],
        tuple(
            Block(start, end, BlockKind(kind), level, depth, marker)
            for start, end, kind, level, depth, marker in packed["blocks"]
        ),
        tuple(
            Inline(start, end, InlineKind(kind), target)
            for start, end, kind, target in packed["inlines"]
        ),
    )


def _packed(document: Document) -> dict[str, Any]:
    return {
        "text": document.text,
        "blocks": [
            (block.start, block.end, block.kind.value, block.level, block.depth, block.marker)
            for block in document.blocks
        ],
        "inlines": [
            (inline.start, inline.end, inline.kind.value, inline.target)
            for inline in document.inlines
        ],
    }


def _own(actor: Member) -> tuple[Any, Any]:
    return Draft.project_id == actor.project_id, Draft.account_id == actor.account_id
