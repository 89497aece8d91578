"""Which article a page is about, and places in its text to choose from."""

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from datetime import date

from app.annotations.queries.anchors import NowhereFound, SeveralPlaces
from app.articles.models import Article
from app.core.errors import GlossError
from app.frozen import frozen
from app.projects.models import Member

CONTEXT = 80  # code points shown on either side of a place to choose from
CHOICES_SHOWN = 50
_FROM_NEXT_WORD = re.compile(r"\A\S{0,30}\s+(?=\S)")
_PART_OF_WORD = re.compile(r"(?<=\S)\s+\S{0,30}\Z")


@frozen
class ArticleRef:
    """The project and article that a page is about, for its masthead and links."""

    slug: str
    article_id: int
    title: str


def article_ref(member: Member, article: Article) -> ArticleRef:
    """Say where a page stands."""
    return ArticleRef(member.project.slug, article.id, article.title)


def byline_of(
    author: str, publication: str, published_on: date | None, guessed: Collection[str] = ()
) -> list[str]:
    """Return what is known of author, publication and date, in that order.

    No line breaks inside the date, which says where it is one of the `guessed` fields.
    """
    day = (
        f"{published_on.day}\N{NO-BREAK SPACE}{published_on:%B\N{NO-BREAK SPACE}%Y}"
        if published_on
        else ""
    )
    if day and "published_on" in guessed:
        day += " (guessed)"
    return [part for part in (author, publication, day) if part]


def words_around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after a range of a text, in whole words.

    What has no blank in 30 characters, as in Japanese, is cut where it is too long.
    """
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    if start > CONTEXT:
        before = _FROM_NEXT_WORD.sub("", before, count=1)
    if end + CONTEXT < len(text):
        after = _PART_OF_WORD.sub("", after)
    return before, after


@frozen
class PlaceChoice:
    """A place where words occur, in its context, to choose from."""

    start: int
    before: str
    quote: str
    after: str
    paragraph: int


def suggestions_in(
    text: str, starts: Sequence[int], error: GlossError | None
) -> tuple[tuple[PlaceChoice, ...], PlaceChoice | None]:
    """Return the places to choose from, and the nearest one, where the error knows any.

    `starts` are those of the text's blocks.
    """
    if isinstance(error, SeveralPlaces):
        return tuple(_choice(text, starts, *place) for place in error.places[:CHOICES_SHOWN]), None
    if isinstance(error, NowhereFound) and error.nearest:
        return (), _choice(text, starts, *error.nearest)
    return (), None


def _choice(text: str, starts: Sequence[int], start: int, end: int) -> PlaceChoice:
    before, after = words_around(text, start, end)
    return PlaceChoice(
        start=start,
        before=before,
        quote=text[start:end],
        after=after,
        paragraph=bisect_right(starts, start),
    )
