"""All that a list shows of its passages, in one query for those of a page."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Row, bindparam, false, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.content import has_field
from app.annotations.models import Annotation
from app.annotations.tags import Tag
from app.articles.models import Article, BlockRow, Revision
from app.core.db import read_columns
from app.discussion.models import Thread
from app.discussion.queries.discussion import HAS_QUESTION, IS_DISPUTED
from app.findings.sentences import BlockText, InSentence, bounds_of, in_sentence
from app.frozen import frozen

_annotation = Annotation.__table__.c
_article = Article.__table__.c
_revision = Revision.__table__.c
_account = Account.__table__.c
_thread = Thread.__table__.c
_first = BlockRow.__table__.alias("first_blocks").c
_last = BlockRow.__table__.alias("last_blocks").c


@frozen
class PassageHit:
    """A passage as a list shows it; `in_revision` is the last that had its words, None for now.

    `guessed` names the fields of its article that were guessed.
    """

    id: int
    version: int
    tag: str
    shown: InSentence
    note: str
    annotator_id: int
    annotator: str
    article_id: int
    article: str
    author: str
    publication: str
    published_on: date | None
    guessed: Sequence[str]
    paragraph: int
    in_revision: int | None
    themes: tuple[int, ...]
    party: int | None
    addressees: tuple[int, ...]
    position: int | None
    side: str
    replies: int
    is_disputed: bool
    has_question: bool
    is_resolved: bool

    @property
    def is_day_guessed(self) -> bool:
        """Say whether the day on which its article was published is a guess."""
        return "published_on" in self.guessed


_HITS = (
    select(
        _annotation.id,
        _annotation.version,
        _annotation.tag,
        _annotation.quote,
        _annotation.start,
        _annotation.end,
        _annotation.note,
        _annotation.account_id,
        _account.name,
        _annotation.article_id,
        _article.title,
        _article.author,
        _article.publication,
        _article.published_on,
        _article.guessed,
        _annotation.first_block,
        _annotation.revision_id,
        _article.current_revision_id,
        _revision.number,
        _annotation.themes,
        _annotation.party_id,
        _annotation.addressees,
        _annotation.position_id,
        _annotation.side,
        func.coalesce(_thread.comments, 0).label("replies"),
        func.coalesce(IS_DISPUTED, false()).label("is_disputed"),
        func.coalesce(HAS_QUESTION, false()).label("has_question"),
        _thread.resolved_at,
        _first.start.label("first_start"),
        _first.sentences.label("first_sentences"),
        func.substr(_revision.text, _first.start + 1, _first.end - _first.start).label(
            "first_text"
        ),
        _last.start.label("last_start"),
        _last.sentences.label("last_sentences"),
        func.substr(_revision.text, _last.start + 1, _last.end - _last.start).label("last_text"),
    )
    .join_from(Annotation.__table__, Article.__table__, _article.id == _annotation.article_id)
    .join(Revision.__table__, _revision.id == _annotation.revision_id)
    .join(Account.__table__, _account.id == _annotation.account_id)
    .join(
        _first.start.table,
        (_first.revision_id == _annotation.revision_id)
        & (_first.number == _annotation.first_block),
    )
    .join(
        _last.start.table,
        (_last.revision_id == _annotation.revision_id) & (_last.number == _annotation.last_block),
    )
    .outerjoin(Thread.__table__, _thread.annotation_id == _annotation.id)
    .where(_annotation.id.in_(bindparam("ids", expanding=True)))
)


def list_hits(session: Session, ids: Sequence[int]) -> dict[int, PassageHit]:
    """Return what is shown of some annotations, by their ids."""
    if not ids:
        return {}
    rows = read_columns(session, _HITS, {"ids": ids}).all()
    return {row.id: _hit(row) for row in rows}


def _hit(row: Row[*tuple[object, ...]]) -> PassageHit:
    first = BlockText(row.first_start, row.first_text, bounds_of(row.first_sentences))
    last = BlockText(row.last_start, row.last_text, bounds_of(row.last_sentences))
    is_placed = row.revision_id == row.current_revision_id
    return PassageHit(
        id=row.id,
        version=row.version,
        tag=row.tag,
        shown=in_sentence(row.quote, row.start, row.end, first, last),
        note=row.note,
        annotator_id=row.account_id,
        annotator=row.name,
        article_id=row.article_id,
        article=row.title,
        author=row.author,
        publication=row.publication,
        published_on=row.published_on,
        guessed=row.guessed,
        paragraph=row.first_block,
        in_revision=None if is_placed else row.number,
        themes=row.themes,
        party=row.party_id,
        addressees=row.addressees if has_field(Tag(row.tag), "addressees") else (),
        position=row.position_id,
        side=row.side,
        replies=row.replies,
        is_disputed=bool(row.is_disputed),
        has_question=bool(row.has_question),
        is_resolved=row.resolved_at is not None,
    )
