"""The readers of HTML: a saved page, a fetched one, and what was pasted from a browser."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import compress

from app.text.byline import Byline
from app.text.dates import DateOrder, parse_date
from app.text.document import BlockKind, Document, Piece
from app.text.left_out import LeftOut, gather, without_blocks
from app.text.limits import Limits
from app.text.normalise import normalise, without_controls
from app.text.offers import find_offers
from app.text.parsed import ParsedArticle
from app.text.readers.encodings import decode_html
from app.text.readers.extractor import Extractor
from app.text.readers.facts import Facts, agreed_on_author, is_possible, settle, stated
from app.text.readers.html_article import find_article_blocks, is_prose, parents_of, title_of
from app.text.readers.html_blocks import PlacedPiece, place_blocks, read_blocks
from app.text.readers.html_bylines import byline_facts, read_name
from app.text.readers.html_heads import find_about, find_repeated, with_lead
from app.text.readers.html_metadata import page_facts, saved_from, title_of_page
from app.text.readers.markup import Element, Page, parse_html, parse_page
from app.text.readers.surroundings import Surroundings
from app.text.readers.titles import facts_of_name, first_heading, title_of_heading
from app.text.signing import find_signed_byline

_HANDLE = "[a-z0-9]+(?:[-_.][a-z0-9]+)*"
_HANDLES = re.compile(
    rf"(?P<names>{_HANDLE}(?:, {_HANDLE}){{0,9}}) [\u00b7|] (?P<date>\S.{{5,30}})"
)
_USER = re.compile(r"user(?:[ _-]?name)?|admin(?:istrator)?", re.IGNORECASE)
# What stands before links to a page's topics, or to other articles.
_KEYWORDS = re.compile(
    r"(?:topics?|tags?|keywords?|filed under|posted in|read more|related(?: \w+)?|more on this|"
    r"(?:\u00e0 )?lire aussi|mehr zum thema|lesen sie auch|lee tambi\u00e9n)\s*:\s*",
    re.IGNORECASE,
)
_BLOCKS_BESIDE = 12
_HEADLINE = 8  # characters
_MAY_OFFER = frozenset({BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})
_NO_BYLINE = frozenset({BlockKind.HEADING, BlockKind.IMAGE, BlockKind.CAPTION})


def read_saved(
    content: bytes, around: Surroundings, order: DateOrder, limits: Limits
) -> ParsedArticle:
    """Read the bytes of a web page: the article in it, and what the page says about it.

    The document may be without blocks.

    Raises: Unreadable (no text, not in the encoding that was said, too many elements, too deep,
    too long).
    """
    written, guess = decode_html(
        content, content_type=around.content_type, encoding=around.encoding
    )
    text = without_controls(written)
    page = parse_page(text, limits)
    address = around.address or saved_from(text)
    facts = page_facts(page, order, address)
    base = _base(page, address, facts)
    body = _body(page)
    placed = place_blocks(body, limits, base=base)
    parents, extractor = parents_of(body), Extractor(text, page.nodes)
    is_article = find_article_blocks(placed, parents, extractor)
    facts = agreed_on_author([*facts, byline_facts(body, parents, order)])
    site = next((source.publication for source in facts if source.publication), "")
    window = title_of_page(page, site)
    titles = [source.title for source in (*facts, window) if source.title]
    title = title_of(placed, is_article, titles)
    if title is not None:
        is_article[title] = True
    is_article = with_lead(placed, parents, is_article, title)
    whole = [one.piece for one in placed]
    is_article = _without_offers(whole, is_article, title)
    authors = [source.author for source in facts if source.author]
    repeated = find_repeated(placed, parents, is_article, title, authors=authors, order=order)
    is_body = [
        is_its and index not in repeated and not _are_keywords(placed[index])
        for index, is_its in enumerate(is_article)
    ]
    if any(is_body):  # a page that is nothing but its head keeps it
        is_article = is_body
    if title is not None:
        is_article = _without_about(placed, is_article, title, order)
    pieces = list(compress(whole, is_article))
    ending = (
        _byline_beside(placed, is_article, title, order),
        _times(page, order),
        window,
        stated("address", {"source_url": address}, order),
        facts_of_name(around.name),
    )
    heading = "" if title is None else title_of_heading(whole[title])
    if title is not None and _is_headline(whole[title], site):
        # What a page calls itself elsewhere is often made to be clicked on.
        facts.insert(0, Facts("heading", title=heading))
    article = article_of(
        pieces, facts, ending, order, heading=heading, left_out=gather(whole, is_article)
    )
    return replace(_completed(article, extractor, order), encoding=guess)


def read_fragment(html: str, order: DateOrder, limits: Limits) -> ParsedArticle:
    """Read HTML that is nothing but the article; the document may be without blocks.

    Raises: Unreadable (too many elements, too deep, too long).
    """
    whole = read_blocks(parse_html(normalise(html), limits), limits)
    is_article = _without_offers(whole, [True] * len(whole), None)
    pieces = list(compress(whole, is_article))
    left_out = gather(whole, is_article)
    return article_of(pieces, [], [facts_of_name("")], order, left_out=left_out)


def _is_headline(piece: Piece, site: str) -> bool:
    """Tell the headline of an article from the name of its site, which is a main heading too."""
    is_main = piece.kind is BlockKind.HEADING and piece.level == 1
    return is_main and len(piece.text) >= _HEADLINE and piece.text.casefold() != site.casefold()


def _without_offers(
    pieces: Sequence[Piece], is_article: Sequence[bool], title: int | None
) -> list[bool]:
    """Take what a page offers, such as "Share this story", out of its article."""
    own = [index for index, is_its in enumerate(is_article) if is_its]
    texts = [
        "" if pieces[index].kind not in _MAY_OFFER or index == title else pieces[index].text
        for index in own
    ]
    offers = {own[index] for index in find_offers(texts)}
    return [is_its and index not in offers for index, is_its in enumerate(is_article)]


def _without_about(
    placed: Sequence[PlacedPiece], is_article: Sequence[bool], title: int, order: DateOrder
) -> list[bool]:
    """Take out of an article what its head says of it, but for what its byline is read from."""
    own = [index for index, is_its in enumerate(is_article) if is_its]
    about = find_about(placed, is_article, title, order)
    if about:
        _, signed = _find_byline([placed[index].piece for index in own], order)
        about -= {own[at] for at in signed}
    return [is_its and index not in about for index, is_its in enumerate(is_article)]


def _are_keywords(one: PlacedPiece) -> bool:
    """Tell the links to a page's topics, "Topics: ports, bridges", from words of an article."""
    match = _KEYWORDS.match(one.piece.text)
    return match is not None and one.linked * 2 > len(one.piece.text) - match.end()


def _byline_beside(
    placed: Sequence[PlacedPiece], is_article: Sequence[bool], title: int | None, order: DateOrder
) -> Facts:
    """Read the byline that stands between the title and the article's first paragraph."""
    own = [i for i, is_its in enumerate(is_article) if is_its and i != title]
    first = next((i for i in own if is_prose(placed[i])), own[0] if own else 0)
    begin = max(first - _BLOCKS_BESIDE, 0) if title is None else title + 1
    beside = [one.piece for one in placed[begin : max(begin, first)]]
    byline, _ = _find_byline(beside[:_BLOCKS_BESIDE], order)
    return Facts.of_byline(byline)


def _completed(article: ParsedArticle, extractor: Extractor, order: DateOrder) -> ParsedArticle:
    """Add the author and the day that the extractor guesses, where nothing else says them."""
    author, day = article.author, article.published_on
    if not author:
        author = read_name(extractor.author(), order).author
        is_publication = author.casefold() == article.publication.casefold()
        author = "" if is_publication or _USER.fullmatch(author) else author
    if day is None and "published_on" not in article.guessed:
        day = extractor.day(article.source_url)
        day = day if day and is_possible(day) else None
    found = {
        name
        for name, value in (("author", author), ("published_on", day))
        if value and not getattr(article, name)
    }
    return replace(
        article,
        author=author,
        published_on=day,
        guessed=article.guessed | found,
        origins={**article.origins, **dict.fromkeys(sorted(found), "page")},
    )


def article_of(
    pieces: list[Piece],
    before: Sequence[Facts],
    after: Sequence[Facts],
    order: DateOrder,
    *,
    heading: str = "",
    left_out: Sequence[LeftOut] = (),
) -> ParsedArticle:
    """Settle what an article is: what was stated, its byline and heading, then the rest.

    `heading` is the words of the one that is its title, by default those of the first. A byline
    that says other than what was stated stays in the text. `left_out` is placed among `pieces`.
    """
    byline, taken = _find_byline(pieces, order)
    if _contradicts(byline, before):
        byline, taken = Byline(), frozenset()
    pieces = [piece for index, piece in enumerate(pieces) if index not in taken]
    titled = Facts("heading", title=heading or first_heading(pieces))
    sources = (*before, titled, Facts.of_byline(byline), *after)
    article = settle(Document.from_pieces(pieces), sources)
    return replace(article, left_out=without_blocks(left_out, taken))


def _find_byline(pieces: Sequence[Piece], order: DateOrder) -> tuple[Byline, frozenset[int]]:
    places = [index for index, piece in enumerate(pieces) if piece.kind not in _NO_BYLINE]
    texts = [
        pieces[index].text if pieces[index].kind is BlockKind.PARAGRAPH else "" for index in places
    ]
    byline, found = find_signed_byline(texts[:_BLOCKS_BESIDE], order, has_title=False)
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


def _times(page: Page, order: DateOrder) -> Facts:
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


def _body(page: Page) -> Element:
    """Return the body of a page; in one without, the parser may have put all into the head."""
    body = page.find("body")
    if body is not None:
        return body
    inside = [
        child
        for part in page.root.children
        for child in (part.children if isinstance(part, Element) and part.tag == "head" else [part])
    ]
    shown = [child for child in inside if isinstance(child, str) or child.tag != "title"]
    return Element("body", {}, shown)


def _base(page: Page, address: str, facts: Sequence[Facts]) -> str:
    """Return the address that relative links start from, "" where none is known."""
    base = page.find("base")
    candidates = [base.get("href").strip() if base else "", address]
    candidates += [source.source_url for source in facts]
    return next((c for c in candidates if c.startswith(("http://", "https://"))), "")
