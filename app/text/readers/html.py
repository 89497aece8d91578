"""The readers of HTML: a saved page, a fetched one, and what was pasted from a browser."""

import re
from collections.abc import Sequence

from app.text.byline import Byline, find_byline
from app.text.dates import DateOrder, parse_date
from app.text.document import BlockKind, Document, Piece
from app.text.normalise import normalise
from app.text.parsed import ParsedArticle
from app.text.readers.encodings import decode_html
from app.text.readers.facts import Facts, settle, stated
from app.text.readers.html_article import find_article
from app.text.readers.html_blocks import read_blocks
from app.text.readers.html_metadata import page_facts, saved_from, title_of_page
from app.text.readers.limits import Limits
from app.text.readers.markup import Element, parse_html
from app.text.readers.surroundings import Surroundings
from app.text.readers.titles import facts_of_name, first_heading

_HANDLE = "[a-z0-9]+(?:[-_.][a-z0-9]+)*"
_HANDLES = re.compile(
    rf"(?P<names>{_HANDLE}(?:, {_HANDLE}){{0,9}}) [\u00b7|] (?P<date>\S.{{5,30}})"
)
_NO_BYLINE = frozenset({BlockKind.HEADING, BlockKind.IMAGE, BlockKind.CAPTION})


def read_saved(
    content: bytes, around: Surroundings, order: DateOrder, limits: Limits
) -> ParsedArticle:
    """Read the bytes of a web page: the article in it, and what the page says about it.

    The document may be without blocks.

    Raises: Unreadable (no text, too many elements, too deep, too long).
    """
    text = normalise(decode_html(content, content_type=around.content_type))
    page = parse_html(text, limits)
    address = around.address or saved_from(text)
    facts = page_facts(page, order, address)
    base = _base(page, address, facts)
    pieces = read_blocks(find_article(page), limits, base=base)
    site = next((source.publication for source in facts if source.publication), "")
    ending = (
        _times(page, order),
        title_of_page(page, site),
        stated("address", {"source_url": address}, order),
        facts_of_name(around.name),
    )
    return article_of(pieces, facts, ending, order)


def read_fragment(html: str, order: DateOrder, limits: Limits) -> ParsedArticle:
    """Read HTML that is nothing but the article; the document may be without blocks.

    Raises: Unreadable (too many elements, too deep, too long).
    """
    pieces = read_blocks(parse_html(normalise(html), limits), limits)
    return article_of(pieces, [], [facts_of_name("")], order)


def article_of(
    pieces: list[Piece], before: Sequence[Facts], after: Sequence[Facts], order: DateOrder
) -> ParsedArticle:
    """Settle what an article is: what was stated, its byline and heading, then the rest.

    A byline that says other than what was stated stays in the text.
    """
    byline, taken = _find_byline(pieces, order)
    if _contradicts(byline, before):
        byline, taken = Byline(), frozenset()
    pieces = [piece for index, piece in enumerate(pieces) if index not in taken]
    heading = Facts("heading", title=first_heading(pieces))
    sources = (*before, heading, Facts.of_byline(byline), *after)
    return settle(Document.from_pieces(pieces), sources)


def _find_byline(pieces: Sequence[Piece], order: DateOrder) -> tuple[Byline, frozenset[int]]:
    places = [index for index, piece in enumerate(pieces) if piece.kind not in _NO_BYLINE]
    texts = [
        pieces[index].text if pieces[index].kind is BlockKind.PARAGRAPH else "" for index in places
    ]
    byline, found = find_byline(texts, order)
    if byline == Byline() and texts and places[0] > 0:
        byline, found = _read_handles(texts[0], order)
    return byline, frozenset(places[index] for index in found)


def _read_handles(line: str, order: DateOrder) -> tuple[Byline, frozenset[int]]:
    """Read the line under a title that names its authors as a site does: "ian-lee | DATE"."""
    match = _HANDLES.fullmatch(line)
    found = parse_date(match["date"], order) if match else None
    if match is None or found is None:
        return Byline(), frozenset()
    guessed = {"author"} | ({"published_on"} if found.is_guess else set())
    return Byline(match["names"], "", found.day, frozenset(guessed)), frozenset({0})


def _contradicts(byline: Byline, stated_facts: Sequence[Facts]) -> bool:
    author = next((facts.author for facts in stated_facts if facts.author), "").lower()
    signed = byline.author.lower()
    return bool(author and signed) and author not in signed and signed not in author


def _times(page: Element, order: DateOrder) -> Facts:
    """Return the date of the first `time` element, which may be that of something else."""
    for time in page.find_all("time"):
        facts = stated("time element", {"published_on": time.get("datetime") or time.text()}, order)
        if facts.published_on:
            return Facts(
                facts.origin,
                published_on=facts.published_on,
                guessed=frozenset({"published_on"}),
            )
    return Facts("time element")


def _base(page: Element, address: str, facts: Sequence[Facts]) -> str:
    """Return the address that relative links start from, "" where none is known."""
    base = page.find("base")
    candidates = [base.get("href").strip() if base else "", address]
    candidates += [source.source_url for source in facts]
    return next((c for c in candidates if c.startswith(("http://", "https://"))), "")
