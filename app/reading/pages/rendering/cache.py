"""Drawn articles, kept in memory under all that they show, so that none is ever out of date."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from flask import current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.annotations import TagCount
from app.annotations.queries.marks import Filter, is_shown
from app.articles.models import Revision
from app.core.memory import Memory
from app.discussion.queries.cards import find_card
from app.frozen import frozen
from app.reading.forms import filter_query
from app.reading.pages.annotation_card import CardPage
from app.reading.pages.article_ref import ArticleRef
from app.reading.pages.rendering.blocks import TELLING, DrawnBlock, render_blocks
from app.reading.pages.rendering.html import render_sections
from app.reading.pages.rendering.margins import CARDS_AT_FIRST
from app.text.direction import Direction, direction_of_all

KEPT_CHARACTERS = 16_000_000  # of HTML in one process, a byte or two each
LONG = 60  # blocks; a longer article draws only what is near the window


@frozen
class OutlineLine:
    """A line of the outline: the number of a heading's block, its text and depth from 0."""

    number: int
    text: str
    depth: int


@frozen
class Drawing:
    """All blocks of an article: their HTML, the outline, and the title where it is in the text.

    `heading` is the HTML of the first block where that is one, `sections` that of the others.
    `directions` are those of its first blocks.
    """

    heading: Markup
    sections: Markup
    outline: tuple[OutlineLine, ...]
    title: str
    is_long: bool
    directions: tuple[str, ...]

    def direction(self, language: str) -> Direction:
        """Return which way an article in this language runs: as the language does, or its text."""
        return direction_of_all(self.directions, language)

    def outline_below(self, title: str) -> Sequence[OutlineLine]:
        """Return the outline without the title of the article, where the text begins with that."""
        if self.title != title:
            return self.outline
        rest = self.outline[1:]
        least = min((heading.depth for heading in rest), default=0)
        return [replace(heading, depth=heading.depth - least) for heading in rest]


class Drawings(Memory[Drawing]):
    """The drawings that were asked for last, up to so many characters; threads may share it."""

    def __init__(self, room: int = KEPT_CHARACTERS) -> None:
        super().__init__(room, lambda drawing: len(drawing.heading) + len(drawing.sections))


def draw_article(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    article: ArticleRef,
    drawn: int,
    counts: Sequence[TagCount],
) -> Drawing:
    """Draw all blocks of a revision, or find them drawn.

    What they show follows from the revision, the last event, the filter, and the annotators' names,
    which are in the counts; the links in them follow from its project.
    """
    drawings: Drawings = current_app.extensions.setdefault("drawings", Drawings())
    key = (revision.id, drawn, shown, tuple(counts), article.slug)
    drawing = drawings.find(key)
    if drawing is None:
        blocks = render_blocks(session, revision, shown, room=CARDS_AT_FIRST)
        query = filter_query(shown)
        drawing = drawing_of(blocks, lambda some: render_sections(some, article, query, drawn))
        drawings.keep(key, drawing)
    return drawing


def draw_with_card(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    article: ArticleRef,
    drawn: int,
    opened: Annotation,
    page: CardPage,
) -> Drawing:
    """Draw all blocks of a revision with the card of one annotation open, whatever is shown."""
    first = opened.first_block
    blocks = render_blocks(session, revision, shown, room=CARDS_AT_FIRST, with_cards={first})
    block = blocks[first - 1]
    if all(card.id != opened.id for card in block.cards):
        cards = [*block.cards, find_card(session, opened.id)]
        is_counted = is_shown(session, opened, shown)
        blocks[first - 1] = block._replace(cards=cards, total=block.total + (not is_counted))
    query = filter_query(shown)
    return drawing_of(
        blocks, lambda some: render_sections(some, article, query, drawn, opened=page)
    )


def drawing_of(
    blocks: Sequence[DrawnBlock], draw: Callable[[Sequence[DrawnBlock]], Markup]
) -> Drawing:
    """Draw all blocks with what a page needs to know of them."""
    outline = tuple(
        OutlineLine(block.number, block.html.striptags(), int(block.element[1]) - 2)
        for block in blocks
        if block.label == "Heading"
    )
    begins_with_title = bool(outline) and outline[0].number == 1 and outline[0].depth == 0
    title = outline[0].text if begins_with_title else ""
    first = int(begins_with_title)
    return Drawing(
        draw(blocks[:first]),
        draw(blocks[first:]),
        outline,
        title,
        is_long=len(blocks) > LONG,
        directions=tuple(block.direction for block in blocks[:TELLING]),
    )
