"""What was left out of a page: it is kept with its place, and comes back to it."""

from collections.abc import Callable
from itertools import compress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.dates import DateOrder
from app.text.document import BlockKind, Document, Inline, InlineKind, Piece
from app.text.left_out import (
    MOST_CHARACTERS,
    MOST_PASSAGES,
    LeftOut,
    blocks_put_back,
    gather,
    move,
    without_blocks,
)
from app.text.limits import Limits
from app.text.parsed import ParsedArticle
from app.text.parsed_json import article_from_json, article_to_json, left_out_to_json
from app.text.readers.html import read_saved
from app.text.readers.surroundings import Surroundings

SENTENCE = "Nobody in the town repairs the old bridge, though everybody crosses it each day. "
PAGE = f"""<!doctype html><html lang="en"><head><title>The Bridge</title></head><body>
<nav><ul><li><a href="/news">News</a></li></ul></nav>
<article><h1>The Bridge</h1><p>By Jane Doe, Dissent, March 5, 2024</p><p>First. {SENTENCE * 4}</p>
<div class="related-posts"><p>Read <a href="https://example.org/ferry">of the ferry</a></p></div>
<p>Second. {SENTENCE * 4}</p><p>Third. {SENTENCE * 4}</p></article>
<footer><p>All rights reserved.</p></footer></body></html>"""


def read(page: str) -> ParsedArticle:
    return read_saved(page.encode(), Surroundings("bridge.html"), DateOrder.MDY, Limits())


def beginnings(document: Document) -> list[str]:
    return [piece.text.split()[0] for piece in document.pieces()]


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    text = draw(st.text("ab \U0001f600", min_size=1, max_size=8))
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    inlines = draw(st.sampled_from([(), (Inline(start, end, InlineKind.STRONG),)]))
    return Piece(text, draw(st.sampled_from(BlockKind)), inlines=inlines)


PAGES = st.lists(st.tuples(pieces(), st.booleans()), max_size=12).map(
    lambda page: [(Piece("The article"), True), *page]
)


@given(st.lists(pieces()))
def test_a_document_taken_apart_and_joined_is_the_same(parts: list[Piece]) -> None:
    document = Document.from_pieces(parts)
    assert document.pieces() == parts
    assert Document.from_pieces(document.pieces()) == document


@given(PAGES, st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)))
def test_what_is_put_back_stands_where_it_stood_on_the_page(
    page: list[tuple[Piece, bool]], first: set[int], again: set[int]
) -> None:
    whole = [piece for piece, _ in page]
    is_article = [is_its for _, is_its in page]
    own = Document.from_pieces(list(compress(whole, is_article)))
    outside = [index for index, is_its in enumerate(is_article) if not is_its]

    document, left_out = move(own, gather(whole, is_article), first, is_back=True)
    document, left_out = move(document, left_out, again, is_back=True)
    back = {index for at, index in enumerate(outside) if at in first | again}
    shown = [p for i, p in enumerate(whole) if is_article[i] or i in back]
    assert document == Document.from_pieces(shown)
    for index, block in blocks_put_back(left_out).items():
        assert document.pieces()[block] == left_out[index].piece

    document, left_out = move(document, left_out, first, is_back=False)
    document, left_out = move(document, left_out, range(len(left_out)), is_back=False)
    assert (document, left_out) == (own, gather(whole, is_article))


@given(PAGES, st.sets(st.integers(0, 12)))
def test_blocks_that_are_taken_out_of_the_article_shift_the_places(
    page: list[tuple[Piece, bool]], taken: set[int]
) -> None:
    whole = [piece for piece, _ in page]
    is_article = [is_its for _, is_its in page]
    own = [index for index, is_its in enumerate(is_article) if is_its]
    gone = {own[index] for index in taken if index < len(own)}
    rest = Document.from_pieces([whole[index] for index in own if index not in gone])
    left_out = without_blocks(gather(whole, is_article), taken)
    document, _ = move(rest, left_out, range(len(left_out)), is_back=True)
    assert document.pieces() == [piece for i, piece in enumerate(whole) if i not in gone]


def test_of_a_page_the_rest_is_kept_with_its_place_and_its_links() -> None:
    article = read(PAGE)
    assert article.author == "Jane Doe"
    assert beginnings(article.document) == ["The", "First.", "Second.", "Third."]
    found = [(one.piece.text, one.place) for one in article.left_out]
    assert found == [("News", 0), ("Read of the ferry", 2), ("All rights reserved.", 4)]

    document, left_out = move(article.document, article.left_out, {1}, is_back=True)
    assert beginnings(document) == ["The", "First.", "Read", "Second.", "Third."]
    assert blocks_put_back(left_out) == {1: 2}
    [link] = [each for each in document.inlines if each.kind is InlineKind.HYPERLINK]
    assert document.text[link.start : link.end] == "of the ferry"
    assert link.target == "https://example.org/ferry"


def test_of_a_page_without_end_the_passages_nearest_to_the_article_are_kept() -> None:
    whole = [Piece(f"{number}") for number in range(3 * MOST_PASSAGES)]
    middle = len(whole) // 2
    left_out = gather(whole, [index == middle for index in range(len(whole))])
    numbers = [int(one.piece.text) for one in left_out]
    half = MOST_PASSAGES // 2
    assert numbers == [n for n in range(middle - half, middle + half + 1) if n != middle]

    large = [Piece("x"), Piece("y" * MOST_CHARACTERS), Piece("z")]
    assert [one.piece.text[0] for one in gather(large, [True, False, False])] == ["y"]
    large[1] = Piece("y" * (MOST_CHARACTERS + 1))
    assert [one.piece.text[0] for one in gather(large, [True, False, False])] == ["z"]


def test_what_was_left_out_goes_through_json() -> None:
    article = read(PAGE)
    assert article.left_out
    assert article_from_json(article_to_json(article)) == article


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: LeftOut(one.piece, -1),
        lambda one: LeftOut(one.piece, 5),
        lambda one: LeftOut(one.piece, one.place, is_back=True),
        lambda one: LeftOut(Piece(""), one.place),
        lambda one: LeftOut(Piece("a", inlines=(Inline(0, 2, InlineKind.CODE),)), one.place),
        lambda one: LeftOut(
            Piece("a", inlines=(Inline(0, 1, InlineKind.HYPERLINK, "javascript:a"),)), one.place
        ),
    ],
)
def test_what_breaks_the_rules_is_refused(spoil: Callable[[LeftOut], LeftOut]) -> None:
    article = article_to_json(read(PAGE))
    good = read(PAGE).left_out
    article["left_out"] = left_out_to_json([good[0], spoil(good[1]), good[2]])
    with pytest.raises(ValueError, match=r"place|document|block"):
        article_from_json(article)
