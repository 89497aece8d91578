"""What the list of articles shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.annotations import queries as annotations
from app.annotations.tags import Tag
from app.articles.queries import ArticleRow
from app.core.pages import Pager
from app.projects.models import Member
from app.reading.place import byline_of


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of an article's bar: a tag, and where it lies on a scale of 100."""

    tag: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article in the list; `touched_at` is None where nothing has happened to it yet."""

    id: int
    title: str
    byline: list[str]
    words: int
    total: int
    slices: list[Slice]
    summary: str
    touched_at: datetime | None


@dataclass(frozen=True, slots=True)
class ArticlesPage:
    """The list of articles. `total` counts those of the project, `pager` those that match.

    In the archive both count archived ones; `archived` says how many there are.
    """

    slug: str
    project: str
    lines: list[ArticleLine]
    search: str
    sort: str
    sorts: dict[str, str]
    pager: Pager
    total: int
    archived: int
    is_archive: bool
    can_keep: bool


def article_lines(
    session: Session, member: Member, rows: Sequence[ArticleRow]
) -> list[ArticleLine]:
    """Build the lines of the list of articles."""
    counts = annotations.tag_counts(session, member, [row.id for row in rows])
    return [
        ArticleLine(
            id=row.id,
            title=row.title,
            byline=byline_of(row.author, row.publication, row.published_on),
            words=row.words,
            total=sum(counts[row.id].values()),
            slices=_slices(counts[row.id]),
            summary=", ".join(f"{tag} {counts[row.id][tag]}" for tag in Tag),
            touched_at=row.touched_at if row.touched_at > row.created_at else None,
        )
        for row in rows
    ]


def _slices(counts: dict[str, int]) -> list[Slice]:
    total = sum(counts.values())
    slices = []
    x = 0.0
    for tag in Tag:
        if counts[tag]:
            width = 100 * counts[tag] / total
            slices.append(Slice(tag.value, round(x, 2), round(width, 2)))
            x += width
    return slices
