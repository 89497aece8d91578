"""Sections: drawn blocks with their margins as HTML.

Written here and not in a template: a page has thousands of blocks and cards, and a template takes
seven times as long to fill in their numbers. What people typed is escaped here, by `escape`.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

from flask import render_template, url_for
from markupsafe import Markup

from app.accounts.avatars import initials
from app.discussion.queries.cards import Card
from app.discussion.thread_states import DISPUTED, QUESTION
from app.reading.pages.annotation_card import CardPage
from app.reading.pages.article_ref import ArticleRef
from app.reading.pages.rendering.blocks import DrawnBlock
from app.web.filters import pluralise

ITEMS = ("list-item", "footnote")  # they stand close together
CARDS_KEPT = 2_000  # as they were drawn last: a block that is tagged in has the same ones again


def render_sections(
    blocks: Sequence[DrawnBlock],
    article: ArticleRef | None = None,
    query: str = "",
    drawn: int = 0,
    *,
    opened: CardPage | None = None,
    bodies: Mapping[int, str] | None = None,
) -> Markup:
    """Return the HTML of blocks, each a section of text and margin.

    `article` is the one whose current text they are; blocks of another text, with None, have no
    page of their own. `query` is the filter of the page, "?…" or nothing; `drawn` the last event
    that the drawing knows of; `opened` the annotation whose card is open; `bodies` the HTML of
    cards that are not fetched when they open.
    """
    address = None
    if article is not None:
        address = _blocks_address(article)
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


def render_cards(cards: Sequence[Card], query: str) -> Markup:
    """Return the HTML of compact cards, each a line that opens."""
    query = escape(query)
    drawn = (_card(card, query, 0, {}, in_block=card.first_block) for card in cards)
    return Markup("".join(drawn))  # noqa: S704  (all that people typed is escaped)


def render_margins(
    blocks: Sequence[DrawnBlock], article: ArticleRef, query: str, drawn: int
) -> Markup:
    """Return the HTML of the margins of blocks alone, each with its block's number."""
    address = _blocks_address(article)
    margins = "".join(
        f'<div data-number="{block.number}" data-drawn="{drawn}">'
        f"{_margin(block, address, escape(query), 0, {})}</div>"
        for block in blocks
    )
    return Markup(margins)  # noqa: S704  (all that people typed is escaped)


def _blocks_address(article: ArticleRef) -> str:
    address = url_for("reading.article", slug=article.slug, article_id=article.article_id)
    return f"{address}/blocks"


def _section(
    block: DrawnBlock,
    address: str | None,
    query: str,
    drawn: int,
    *,
    opened_id: int,
    bodies: Mapping[int, str],
) -> str:
    number, start, end, label, element, css, marker, html, sentences, direction, checksum, *_ = (
        block
    )
    if marker:
        marker = f' data-marker="{escape(marker)}"'
    if direction:
        marker += f' dir="{direction}"'
    kind = "block item" if css.startswith(ITEMS) else "block"
    margin = _margin(block, address, query, opened_id, bodies) if block.total else ""
    pilcrow = ""
    if address:
        pilcrow = f"""
<a class="pilcrow" href="{address}/{number}{query}" \
aria-label="{label} {number}: tag its sentences">¶</a>"""
    return f"""\
<section class="{kind}" id="b{number}" data-number="{number}" data-start="{start}" \
data-end="{end}" data-sentences="{sentences}" data-checksum="{checksum}" data-drawn="{drawn}">
<div class="passage" role="group" aria-label="{label} {number}">\
<{element} class="text {css}"{marker}>{html}</{element}></div>{pilcrow}
{margin}</section>
"""


def _margin(
    block: DrawnBlock,
    address: str | None,
    query: str,
    opened_id: int,
    bodies: Mapping[int, str],
) -> str:
    """Return a block's cards, or the way to them where they do not come with it."""
    says = pluralise(block.total, "annotation", "annotations")
    link = f'href="{address}/{block.number}{query}"'
    if not block.cards:
        return f'<a class="margin far" {link}>{says}</a>\n'
    cards = "".join(
        _card(card, query, opened_id, bodies, in_block=block.number) for card in block.cards
    )
    more = ""
    if block.total > len(block.cards):
        places = " ".join(f"{start}-{end}" for start, end in block.beyond)
        more = f"""
<a class="rest" {link} data-places="{places}">{block.total - len(block.cards):,} more</a>"""
    # Where it is no current text, nothing places the cards: they stand open beside it.
    is_open = " open" if not address or any(card.id == opened_id for card in block.cards) else ""
    css = "margin" if address else "margin all"
    return f"""\
<details class="{css}"{is_open}><summary>{says}</summary>{cards}{more}</details>
"""


def _card(
    card: Card,
    query: str,
    opened_id: int,
    bodies: Mapping[int, str],
    *,
    in_block: int,
) -> str:
    """Return a card; thin and without an id where its passage only goes on in the block."""
    is_thin = card.first_block != in_block
    is_open = card.id == opened_id and not is_thin
    body = bodies.get(card.id)
    draw = _draw_card if query or body is not None else _draw_card_once
    return draw(card, query, body, is_open=is_open, is_thin=is_thin)


def _draw_card(card: Card, query: str, body: str | None, *, is_open: bool, is_thin: bool) -> str:
    number, tag, start, end, _first, _last, annotator_id, annotator, has_note, excerpt, *said = card
    about = f'class="card {tag} thin"' if is_thin else f'class="card {tag}" id="a{number}"'
    if is_thin and body is not None:
        body = f'<a href="#a{number}">Go to where it begins</a>'
    elif body is None:
        body = f'<a href="/annotations/{number}/card{query}">Open this annotation</a>'
    return f"""
<details {about} name="card" data-annotation="{number}" data-start="{start}" \
data-end="{end}" data-annotator="{annotator_id}" data-says="{_says(card)}"{" open" * is_open}>
<summary><b>{tag.capitalize()}</b> \
<bdi class="excerpt {"of-note" if has_note else "of-quote"}">{escape(excerpt)}</bdi>\
{_signs(card) if any(said) else ""} \
<bdi class="by" data-initials="{_initials(annotator)}">{escape(annotator)}</bdi></summary>
<div class="body">{body}</div>
</details>
"""


_draw_card_once = lru_cache(CARDS_KEPT)(_draw_card)


@lru_cache(1_000)
def _initials(name: str) -> str:
    return escape(initials(name))


def _says(card: Card) -> str:
    """Return what there is on a card: "note", "disputed", "question"."""
    says = ["note"] if card.has_note else []
    if card.disputes:
        says.append(DISPUTED)
    if card.has_question:
        says.append(QUESTION)
    return " ".join(says)


def _signs(card: Card) -> str:
    """Return what a card shows of its themes and thread; what a sign means is said, too."""
    drawn = ""
    if card.themes:
        meaning = pluralise(card.themes, "theme", "themes")
        drawn += _sign("themes", f"# {card.themes}", meaning)
    if card.disputes:
        meaning = pluralise(card.disputes, "dispute", "disputes")
        drawn += _sign("disputes", f"✗ {card.disputes}", meaning)
    if card.has_question:
        drawn += _sign("question", "?", "open question")
    if card.comments:
        meaning = pluralise(card.comments, "comment", "comments")
        drawn += _sign("count", f"{card.comments}", meaning)
    return f' <span class="signs">{drawn}</span>'


def _sign(css: str, shown: str, meaning: str) -> str:
    return (
        f'<span class="sign {css}" title="{meaning}"><span aria-hidden="true">{shown}</span>'
        f'<span class="visually-hidden">, {meaning}</span></span>'
    )
