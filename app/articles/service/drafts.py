"""Drafts: articles, and new texts of articles, that someone has yet to look at and confirm."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles import fields
from app.articles.models import Article, Draft, Revision
from app.articles.service import articles
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
    session: Session,
    *,
    actor: Member,
    parsed: ParsedArticle,
    source: str,
    content_hash: str,
    article_id: int | None = None,
) -> Draft:
    """Keep what a reader found until its owner confirms it: an article, or a new text of one.

    Raises: Conflict (they have MOST_DRAFTS already).
    """
    if _count(session, actor=actor) >= MOST_DRAFTS:
        message = (
            f"You have {MOST_DRAFTS} drafts, the most that are kept. Add some, or let them go."
        )
        raise Conflict(message)
    draft = Draft(
        project_id=actor.project_id,
        account_id=actor.account_id,
        article_id=article_id,
        decisions=None if article_id is None else {},
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


def find(session: Session, *, actor: Member, draft_id: int, article_id: int | None = None) -> Draft:
    """Return one's own draft in a project: of a new article, or of what corrects `article_id`.

    Raises: NotFound.
    """
    draft = session.get(Draft, draft_id)
    asked = (actor.project_id, actor.account_id, article_id)
    if draft is None or (draft.project_id, draft.account_id, draft.article_id) != asked:
        message = "There is no such draft. Perhaps it was added or discarded already."
        raise NotFound(message)
    return draft


def list_own(session: Session, *, actor: Member, article_id: int | None = None) -> list[DraftLine]:
    """Return someone's drafts in a project, newest first: of articles, or corrections of one."""
    query = select(Draft.id, Draft.fields, Draft.source, Draft.made_at).where(
        *_own(actor), Draft.article_id.is_not_distinct_from(article_id)
    )
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


def decide(draft: Draft, annotation_id: int, place: tuple[int, int] | None) -> None:
    """Keep where an annotation shall stand in a corrected text, or that it shall have no place."""
    draft.decisions = {**(draft.decisions or {}), str(annotation_id): place and list(place)}


def forget_decision(draft: Draft, annotation_id: int) -> None:
    """Let an annotation stand where its words were found."""
    kept = draft.decisions or {}
    draft.decisions = {name: place for name, place in kept.items() if name != str(annotation_id)}


def decisions_of(draft: Draft) -> dict[int, tuple[int, int] | None]:
    """Return what was decided: by annotation the place in the new text, or None for none."""
    return {
        int(annotation_id): (place[0], place[1]) if place else None
        for annotation_id, place in (draft.decisions or {}).items()
    }


def fingerprint(draft: Draft) -> str:
    """Return what tells a correction, as it is now, from any other: its text and its decisions."""
    known = [draft.content_hash, draft.made_at.isoformat(), draft.decisions]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def confirm(session: Session, *, actor: Member, draft: Draft) -> Article:
    """Make a draft an article.

    Raises: Invalid (a field cannot be used).
    """
    checked = fields.check(draft.fields)
    article = articles.add(
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
    """Return the articles of the project with the same content or the same address, by id.

    The content is the same where a file's bytes are, or the text of any revision.
    """
    has_text = select(Revision.id).where(
        Revision.article_id == Article.id, Revision.hash == articles.text_hash(document_of(draft))
    )
    is_same = (Article.content_hash == draft.content_hash) | has_text.exists()
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


def _count(session: Session, *, actor: Member) -> int:
    return session.scalars(select(func.count()).select_from(Draft).where(*_own(actor))).one()


def _own(actor: Member) -> tuple[Any, Any]:
    return Draft.project_id == actor.project_id, Draft.account_id == actor.account_id
