"""Drafts: articles, and new texts of articles, that someone has yet to look at and confirm."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.articles import fields
from app.articles.models import Article, Draft, Revision
from app.articles.service import articles
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.frozen import frozen
from app.projects.models import Member
from app.text.document import Block, BlockKind, Document, Inline, InlineKind
from app.text.left_out import LeftOut, move
from app.text.parsed import EncodingGuess, ParsedArticle
from app.text.parsed_json import left_out_from_json, left_out_to_json

MOST_DRAFTS = 500  # of one person in one project


@frozen
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
    file: tuple[str, bytes] | None = None,
) -> Draft:
    """Keep what a reader found until its owner confirms it: an article, or a new text of one.

    `file`, a name and the bytes, is kept where its encoding is a guess, to be read again.

    Raises: Conflict (they have MOST_DRAFTS already).
    """
    if _count(session, actor=actor) >= MOST_DRAFTS:
        message = (
            f"You have {MOST_DRAFTS} drafts, the most that are kept. Add some, or discard them."
        )
        raise Conflict(message)
    parsed = fields.with_language(parsed)
    draft = Draft(
        project_id=actor.project_id,
        account_id=actor.account_id,
        article_id=article_id,
        decisions=None if article_id is None else {},
        source=source,
        document=_packed_parsed(parsed, article_id),
        fields=fields.fields_found(parsed),
        guessed=sorted(parsed.guessed),
        origins=dict(parsed.origins),
        content_hash=content_hash,
        unread=list(parsed.unread),
        encoding="",
        confidence=0,
        file_name="",
        file=None,
        made_at=now(),
    )
    if parsed.encoding is not None:
        draft.encoding, draft.confidence = parsed.encoding.name, parsed.encoding.confidence
        if file is not None:
            draft.file_name, draft.file = file
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


def is_unsure(draft: Draft) -> bool:
    """Tell whether the encoding of a draft's file is a guess that someone should look at."""
    return bool(draft.encoding) and not EncodingGuess(draft.encoding, draft.confidence).is_sure


def replace_text(draft: Draft, parsed: ParsedArticle) -> None:
    """Put in what a reader found in the same file in another encoding; what was typed stays.

    What was decided of annotations is forgotten: their places were those of another text.
    """
    parsed = fields.with_language(parsed)
    found = fields.fields_found(parsed)
    typed = {name for name, origin in draft.origins.items() if origin == fields.TYPED}
    draft.document = _packed_parsed(parsed, draft.article_id)
    draft.decisions = None if draft.article_id is None else {}
    draft.fields = {name: (draft.fields if name in typed else found)[name] for name in found}
    draft.guessed = sorted(parsed.guessed - typed)
    draft.origins = {**parsed.origins, **dict.fromkeys(sorted(typed), fields.TYPED)}
    draft.unread = list(parsed.unread)
    if parsed.encoding is not None:
        draft.encoding, draft.confidence = parsed.encoding.name, parsed.encoding.confidence


def move_passages(draft: Draft, chosen: Collection[int], *, is_back: bool) -> None:
    """Put passages that were left out of the page back into the text, or leave them out again.

    `chosen` are their indices in `left_out_of`. What is so already stays so.

    Raises: NotFound.
    """
    left_out = left_out_of(draft)
    if not all(0 <= index < len(left_out) for index in chosen):
        message = "There is no such passage. Perhaps the file was read again meanwhile."
        raise NotFound(message)
    draft.document = _packed(*move(document_of(draft), left_out, chosen, is_back=is_back))


def left_out_of(draft: Draft) -> tuple[LeftOut, ...]:
    """Return what was left out of the page that a draft was read from, also what was put back."""
    return left_out_from_json(draft.document.get("left_out", ()))


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
    known = [draft.content_hash, draft.made_at.isoformat(), draft.decisions, draft.encoding]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def confirm(session: Session, *, actor: Member, draft: Draft, is_read: bool = True) -> Article:
    """Make a draft an article.

    Whoever confirms has read the fields, and no guess of them is one any more, but for the
    language: how it reads is seen in use alone. If nobody has read them, all stay guesses.

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
            frozenset(draft.guessed) & ({"language"} if is_read else set(fields.NAMES)),
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


def _packed_parsed(parsed: ParsedArticle, article_id: int | None) -> dict[str, Any]:
    # The review of a correction shows what changes in the text, so it has no list of its own.
    return _packed(parsed.document, parsed.left_out if article_id is None else ())


def _packed(document: Document, left_out: Sequence[LeftOut]) -> dict[str, Any]:
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
        "left_out": left_out_to_json(left_out),
    }


def _count(session: Session, *, actor: Member) -> int:
    return session.scalars(select(func.count()).select_from(Draft).where(*_own(actor))).one()


def _own(actor: Member) -> tuple[Any, Any]:
    return Draft.project_id == actor.project_id, Draft.account_id == actor.account_id
