"""Drawn articles, kept in memory under all that they show, so that none is ever out of date."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.queries.annotations import Count
from app.annotations.queries.cards import find_card
from app.annotations.queries.marks import Filter, is_shown
from app.articles.models import Revision
from app.core.memory import Memory
from app.discussion.queries.discussion import thread_badges
from app.reading.forms import filter_query
from app.reading.pages.annotation_card import CardPage
from app.reading.pages.article_ref import ArticleRef
from app.reading.pages.rendering.blocks import DrawnBlock, render_blocks
from app.reading.pages.rendering.html import render_sections

KEPT_CHARACTERS = 16_000_000  # of HTML in one process, a byte or two each
LONG = 200  # blocks; a longer article draws only what is near the window


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the outline: the number of a heading's block, its text and depth from 0."""

    number: int
    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """All blocks of an article: their HTML, the outline, and the title where it is in the text."""

    sections: Markup
    outline: tuple[Heading, ...]
    title: str
    is_long: bool


class Drawings(Memory[Drawing]):
    """The drawings that were asked for last, up to so many characters; threads may share it."""

    def __init__(self, room: int = KEPT_CHARACTERS) -> None:
        super().__init__(room, lambda drawing: len(drawing.sections))


def draw_article(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    place: ArticleRef,
    drawn: int,
    counts: Sequence[Count],
) -> Drawing:
    """Draw all blocks of a revision, or find them drawn.

    What they show follows from the revision, the last event, the filter, and the annotators' names,
    which are in the counts; the links in them follow from the place.
    """
    drawings: Drawings = current_app.extensions["drawings"]
    key = (revision.id, drawn, shown, tuple(counts), place.slug)
    drawing = drawings.find(key)
    if drawing is None:
        blocks = render_blocks(session, revision, shown)
        drawing = drawing_of(blocks, render_sections(blocks, place, filter_query(shown), drawn))
        drawings.keep(key, drawing)
    return drawing


def draw_with_card(
    session: Session,
    revision: Revision,
    shown: Filter,
    *,
    place: ArticleRef,
    drawn: int,
    opened: Annotation,
    page: CardPage,
) -> Drawing:
    """Draw all blocks of a revision with the card of one annotation open, whatever is shown."""
    blocks = render_blocks(session, revision, shown)
    block = blocks[opened.first_block - 1]
    if all(card.id != opened.id for card in block.cards):
        cards = [*block.cards, find_card(session, opened.id)]
        is_counted = is_shown(session, opened, shown)
        signs = thread_badges(session, article_id=opened.article_id, annotation_ids=[opened.id])
        blocks[opened.first_block - 1] = block._replace(
            cards=cards, more=block.more - is_counted, signs={**block.signs, **signs}
        )
    return drawing_of(
        blocks, render_sections(blocks, place, filter_query(shown), drawn, opened=page)
    )


def drawing_of(blocks: Sequence[DrawnBlock], sections: Markup) -> Drawing:
    """Join the HTML of all blocks with what a page needs to know of them."""
    outline = tuple(
        Heading(block.number, block.html.striptags(), int(block.element[1]) - 2)
        for block in blocks
        if block.label == "Heading"
    )
    begins_with_title = outline and outline[0].number == 1 and outline[0].depth == 0
    title = outline[0].text if begins_with_title else ""
    return Drawing(sections, outline, title, is_long=len(blocks) > LONG)


def register(app: Flask) -> None:
    """Give the application an empty store of drawings."""
    app.extensions["drawings"] = Drawings()
