"""Checking a revision: its hash, its blocks and its inlines."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles.models import Article, Revision
from app.articles.queries.content import read_content
from app.text.document import BLOCK_SEPARATOR


def check_revision(session: Session, revision: Revision) -> Iterator[str]:
    """Yield a sentence for everything that is wrong with a revision and its structure."""
    name = f"article {revision.article_id}, revision {revision.number}"
    if revision.hash != hashlib.sha256(revision.text.encode()).hexdigest():
        yield f"{name}: its text does not fit its hash"
    content = read_content(session, revision.id)
    blocks = content.blocks
    texts = [revision.text[block.start : block.end] for block in blocks]
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + len(BLOCK_SEPARATOR))
    is_covered = BLOCK_SEPARATOR.join(texts) == revision.text
    if not is_covered or [block.start for block in blocks] != starts[:-1]:
        yield f"{name}: its blocks do not cover its text in order"
    ranges = [(block.start, block.end) for block in blocks]
    place = 0
    for inline in content.inlines:
        while place < len(ranges) and ranges[place][1] <= inline.start:
            place += 1
        if place == len(ranges) or inline.start < ranges[place][0] or inline.end > ranges[place][1]:
            yield f"{name}: the {inline.kind} at {inline.start} lies outside every block"


def check_current_revisions(session: Session, project_id: int | None = None) -> Iterator[str]:
    """Yield a sentence for every article that is not read in its newest revision.

    With `project_id` of those of that project alone.
    """
    newest = (
        select(Revision.id)
        .where(Revision.article_id == Article.id, Revision.taken_back_at.is_(None))
        .order_by(Revision.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    wrong = select(Article.id).where(Article.current_revision_id.is_distinct_from(newest))
    if project_id is not None:
        wrong = wrong.where(Article.project_id == project_id)
    for article_id in session.scalars(wrong.order_by(Article.id)):
        yield f"article {article_id}: what is read is not its newest revision"
