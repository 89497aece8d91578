"""Which article a page is about, and places in its text to choose from."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.articles import queries as articles
from app.articles.models import Article, Revision
from app.projects.models import Member

CONTEXT = 80  # code points shown on either side of a place to choose from
CHOICES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Place:
    """The project and article that a page is about, for its masthead and links."""

    slug: str
    article_id: int
    title: str


def place_of(member: Member, article: Article) -> Place:
    """Say where a page stands."""
    return Place(member.project.slug, article.id, article.title)


def byline_of(author: str, publication: str, published_on: date | None) -> list[str]:
    """Return what is known of author, publication and date, in that order."""
    day = f"{published_on.day} {published_on:%B %Y}" if published_on else ""
    return [part for part in (author, publication, day) if part]


@dataclass(frozen=True, slots=True)
class Choice:
    """A place where words occur, in its context, to choose from."""

    start: int
    before: str
    quote: str
    after: str
    paragraph: int


def choices_of(
    session: Session, revision: Revision, places: Sequence[tuple[int, int]]
) -> tuple[Choice, ...]:
    """Return places of a text in their context, each with the number of its block."""
    starts = [block.start for block in articles.blocks_of(session, revision.id)]
    return tuple(
        Choice(
            start=start,
            before=revision.text[max(0, start - CONTEXT) : start],
            quote=revision.text[start:end],
            after=revision.text[end : end + CONTEXT],
            paragraph=bisect_right(starts, start),
        )
        for start, end in places
    )
