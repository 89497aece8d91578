"""An article as it is printed: under each block what is tagged in it, with notes and threads."""

from collections import defaultdict
from collections.abc import Sequence

from markupsafe import Markup
from sqlalchemy.orm import Session

from app.annotations.queries.marks import Filter
from app.articles.models import Article
from app.articles.queries import articles
from app.discussion.queries.printed import Printed, list_printed
from app.frozen import frozen
from app.projects.models import Member
from app.reading.pages.article_ref import ArticleRef, article_ref, byline_of
from app.reading.pages.rendering.blocks import TELLING, render_blocks
from app.reading.pages.rendering.html import render_sections
from app.text.direction import Direction, direction_of_all


@frozen
class PrintedBlock:
    """A block: its HTML, "" where only what is tagged is asked for, and what begins in it."""

    number: int
    section: Markup
    annotations: Sequence[Printed]


@frozen
class PrintedPage:
    """All blocks of an article, or those alone in which something is tagged."""

    article: ArticleRef
    language: str
    direction: Direction
    byline: Sequence[str]
    begins_with_title: bool
    blocks: Sequence[PrintedBlock]


def printed_page(
    session: Session, *, member: Member, article: Article, shown: Filter, has_text: bool
) -> PrintedPage:
    """Build the page; without `has_text` it is what the reading page adds when it is printed."""
    revision = articles.current_revision_slim(session, article.id)
    tagged: dict[int, list[Printed]] = defaultdict(list)
    for each in list_printed(session, revision, shown):
        tagged[each.block].append(each)
    begins_with_title = False
    directions: list[str] = []
    if has_text:
        drawn = render_blocks(session, revision, shown, links_footnotes=False, room=0)
        directions = [block.direction for block in drawn[:TELLING]]
        begins_with_title = drawn[0].html.striptags() == article.title
        blocks = [
            PrintedBlock(
                block.number,
                render_sections([block._replace(total=0)]),
                tagged.get(block.number, ()),
            )
            for block in drawn
        ]
    else:
        blocks = [PrintedBlock(number, Markup(), found) for number, found in tagged.items()]
    return PrintedPage(
        article=article_ref(member, article),
        language=article.language,
        direction=direction_of_all(directions, article.language),
        byline=byline_of(article.author, article.publication, article.published_on),
        begins_with_title=begins_with_title,
        blocks=blocks,
    )
