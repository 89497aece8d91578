"""A brief: what was tagged, as one page to read or print, article by article."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from app.core.names import SEPARATOR
from app.exports.queries.rows import ExportRow
from app.exports.queries.said_in_words import said_in_words
from app.frozen import frozen
from app.reading.pages.article_ref import byline_of
from app.text.links import is_web_address

MOST_PASSAGES = 2_000  # some 200 pages; what is longer is a file


@frozen
class BriefPassage:
    """A passage with what is said of it; without a place `block` is None.

    `said` is who says it, and on which side of which position, in words.
    """

    tag: str
    quote: str
    note: str
    annotator: str
    themes: Sequence[str]
    said: Sequence[str]
    block: int | None
    revision: int
    permalink: str


@frozen
class BriefArticle:
    """An article and its passages in the order of its text; without an address `original` is ""."""

    title: str
    byline: Sequence[str]
    original: str
    passages: Sequence[BriefPassage]


@frozen
class BriefPage:
    """Passages to read or print.

    `asked` says in words which are asked for, and nothing where all are; `back` leads to where
    they are shown. Of `total` so many are `left_out`: there are at most `most` on the page.
    `csv` is the address of a file that has all. `is_part` says whether anything is hidden from
    whoever asks.
    """

    slug: str
    project: str
    here: str
    asked: Sequence[str]
    back: tuple[str, str]
    articles: Sequence[BriefArticle]
    total: int
    left_out: int
    csv: str
    is_part: bool
    most: int = MOST_PASSAGES


def brief_articles(rows: Iterable[ExportRow]) -> list[BriefArticle]:
    """Put the rows of a file, in their order, under their articles."""
    return [
        _article(list(of_article))
        for _id, of_article in groupby(rows, key=lambda row: row.article_id)
    ]


def _article(rows: Sequence[ExportRow]) -> BriefArticle:
    row = rows[0]
    day = date.fromisoformat(str(row.published_on)) if row.published_on else None
    return BriefArticle(
        title=row.article_title,
        byline=byline_of(row.article_author, row.publication, day),
        original=row.source_url if is_web_address(row.source_url) else "",
        passages=[_passage(each) for each in rows],
    )


def _passage(row: ExportRow) -> BriefPassage:
    return BriefPassage(
        tag=row.tag,
        quote=row.quote,
        note=row.note,
        annotator=row.annotator,
        themes=row.themes.split(SEPARATOR) if row.themes else [],
        said=said_in_words(row),
        block=row.block,
        revision=row.revision,
        permalink=row.permalink,
    )
