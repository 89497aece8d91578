"""Sections: drawn blocks with their margins as HTML.

Written here and not in a template: a page has thousands of blocks and cards, and a template takes
seven times as long to fill in their numbers. What people typed is escaped here, by `escape`.
"""

from collections.abc import Mapping, Sequence
from html import escape

from flask import render_template, url_for
from markupsafe import Markup

from app.annotations.queries.cards import Card
from app.discussion.queries.discussion import ThreadBadges
from app.reading.pages.annotation_card import CardPage
from app.reading.pages.article_ref import ArticleRef
from app.reading.pages.rendering.blocks import DrawnBlock
from app.web.filters import pluralise


def render_sections(
    blocks: Sequence[DrawnBlock],
    place: ArticleRef | None = None,
    query: str = "",
    drawn: int = 0,
    *,
    opened: CardPage | None = None,
    bodies: Mapping[int, str] | None = None,
) -> Markup:
    """Return the HTML of blocks, each a section of text and margin.

    `place` is the article whose current text they are; blocks of another text, with None, have no
    page of their own. `query` is the filter of the page, "?…" or nothing; `drawn` the last event
    that the drawing knows of; `opened` the annotation whose card is open; `bodies` the HTML of
    cards that are not fetched when they open.
    """
    address = None
    if place is not None:
        address = url_for("reading.article", slug=place.slug, article_id=place.article_id)
        address += "/blocks"
    bodies = dict(bodies or {})
    if opened:
        bodies[opened.id] = render_template("reading/_card.html", page=opened)
    opened_id = opened.id if opened else 0
    query = escape(query)
    sections = (
        _section(block, address, query, drawn, opened_id=opened_id, bodies=bodies)
        for block in blocks
    )
    return Markup("".join(sections))  # noqa: S704  (all that people typed is escaped)


def render_cards(cards: Sequence[Card], query: str, signs: Mapping[int, ThreadBadges]) -> Markup:
    """Return the HTML of compact cards, each a line that opens."""
    drawn = (_card(card, escape(query), 0, {}, signs) for card in cards)
    return Markup("".join(drawn))  # noqa: S704  (all that people typed is escaped)


def _section(
    block: DrawnBlock,
    address: str | None,
    query: str,
    drawn: int,
    *,
    opened_id: int,
    bodies: Mapping[int, str],
) -> str:
    number, start, label, element, css, marker, html, sentences, cards, more, signs = block
    if marker:
        marker = f' data-marker="{escape(marker)}"'
    margin = "".join([_card(card, query, opened_id, bodies, signs) for card in cards])
    if more:
        margin += f'<a class="more" href="{address}/{number}{query}">{more:,} more</a>'
    pilcrow = ""
    if address:
        pilcrow = f"""
<a class="pilcrow" href="{address}/{number}{query}" \
aria-label="{label} {number}: tag its sentences">¶</a>"""
    return f"""\
<section class="block" id="b{number}" data-number="{number}" data-start="{start}" \
data-sentences="{sentences}" data-drawn="{drawn}">
<div class="passage" role="group" aria-label="{label} {number}">\
<{element} class="text {css}"{marker}>{html}</{element}></div>{pilcrow}
<div class="margin">{margin}</div>
</section>
"""


def _card(
    card: Card,
    query: str,
    opened_id: int,
    bodies: Mapping[int, str],
    signs: Mapping[int, ThreadBadges],
) -> str:
    number, tag, start, end, _block, annotator_id, annotator, excerpt = card
    body = bodies.get(number)
    is_open = " open" if number == opened_id else ""
    if body is None:
        body = f'<a href="/annotations/{number}/card{query}">Open this annotation</a>'
    return f"""
<details class="card {tag}" id="a{number}" name="card" data-annotation="{number}" \
data-start="{start}" data-end="{end}" data-annotator="{annotator_id}"{is_open}>
<summary><b>{tag.capitalize()}</b> <bdi class="by">{escape(annotator)}</bdi> \
<bdi class="excerpt">{escape(excerpt)}</bdi>\
{_signs(signs[number]) if number in signs else ""}</summary>
<div class="body">{body}</div>
</details>
"""


def _signs(signs: ThreadBadges) -> str:
    """Return what a card shows of its thread; what a sign means is said, too."""
    comments, has_question, disputes = signs
    drawn = ""
    if disputes:
        drawn += _sign("disputes", f"✗ {disputes}", pluralise(disputes, "dispute", "disputes"))
    if has_question:
        drawn += _sign("question", "?", "open question")
    if comments:
        drawn += _sign("count", f"{comments}", pluralise(comments, "comment", "comments"))
    return f' <span class="signs">{drawn}</span>'


def _sign(css: str, shown: str, meaning: str) -> str:
    return (
        f'<span class="sign {css}" title="{meaning}"><span aria-hidden="true">{shown}</span>'
        f'<span class="visually-hidden">, {meaning}</span></span>'
    )
