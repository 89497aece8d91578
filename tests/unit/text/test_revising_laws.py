"""What holds for any edit of an article's plain text, however long the article."""

import random
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.dates import DateOrder
from app.text.document import Block, BlockKind, Document, Inline, InlineKind, Piece
from app.text.normalise import normalise
from app.text.readers import Unreadable, read_file
from app.text.revising import revise
from tests.harness.revised_texts import (
    REPORT,
    check,
    document,
    linked,
    piece,
    shown,
    without_place,
)
from tests.harness.server import ROOT
from tests.harness.texts import text_of
from tests.unit.text.test_readers_laws import PARTS

FOLDER = ROOT.parent / "shared" / "data" / "articles"
ARTICLES = sorted([*FOLDER.glob("*.html"), *FOLDER.glob("*.txt")])
WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        "the harbour was sold in May nobody asked union demands Hearing 1 \u201ctown\u201d - * "
        "\u00b9 caf\u00e9 \U0001f600 \u05d0\u05d1 \u4e2d\u6587 well-known e.g. a",
    )
)
LINES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
TEXTS = {
    BlockKind.TABLE: st.lists(
        st.lists(LINES | st.just(""), min_size=2, max_size=3).map("\t".join), min_size=1, max_size=3
    )
    .map("\n".join)
    .filter(str.strip),
    BlockKind.PREFORMATTED: st.lists(
        st.builds("{}{}".format, st.sampled_from(["", "  ", "\t"]), LINES)
        | st.sampled_from(["", " "]),
        min_size=1,
        max_size=5,
    )
    .map(lambda lines: "\n".join(lines).strip("\n"))
    .filter(str.strip),
}


@st.composite
def pieces_of_all_kinds(draw: st.DrawFn) -> Piece:
    kind = draw(st.sampled_from(BlockKind))
    text = draw(TEXTS.get(kind, st.lists(LINES, min_size=1, max_size=2).map("\n".join)))
    made = piece(text, kind)
    inlines: list[Inline] = []
    start = 0
    # Side by side or one in the other, as the readers give them.
    for length in draw(st.lists(st.integers(1, 12), max_size=4)):
        end = min(start + length, len(text))
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if start < end:
            inlines.append(draw(inline_kinds(start, end)))
            start = draw(st.sampled_from([end, end, end + 3, start]))
    inlines.sort(key=lambda inline: (inline.start, -inline.end))
    return replace(made, inlines=tuple(inlines))


def inline_kinds(start: int, end: int) -> st.SearchStrategy[Inline]:
    return st.sampled_from(InlineKind).map(
        lambda kind: Inline(
            start,
            end,
            kind,
            {InlineKind.HYPERLINK: REPORT, InlineKind.FOOTNOTE_MARK: "1"}.get(kind, ""),
        )
    )


DOCUMENTS = st.lists(pieces_of_all_kinds(), min_size=1, max_size=8).map(Document.from_pieces)
EDITS = st.lists(
    st.tuples(
        st.integers(0, 2000),
        st.integers(0, 40),
        st.text(st.sampled_from("ab1 \n\t\x00\r\u200b\ud800\u0301-"), max_size=6) | LINES,
    ),
    max_size=6,
)


def typed(text: str, edits: list[tuple[int, int, str]]) -> str:
    """Replace ranges of a text."""
    for place, length, more in edits:
        start = place % (len(text) + 1)
        text = text[:start] + more + text[start + length :]
    return text


@settings(deadline=None, max_examples=150)
@given(DOCUMENTS)
def test_any_unedited_text_gives_the_same_article(old: Document) -> None:
    for text in (old.text, old.text.replace("\n", "\r\n"), f"\n{old.text}\n\n"):
        assert revise(old, text) == old


@settings(deadline=None, max_examples=300)
@given(DOCUMENTS, EDITS)
def test_any_edit_keeps_the_laws_and_inlines_that_crossed_none_cross_none(
    old: Document, edits: list[tuple[int, int, str]]
) -> None:
    text = typed(old.text, edits)
    try:
        revised = revise(old, text)
    except ValueError:
        assert not normalise(text).replace("\u200b", "").strip()
        return
    check(revised)
    assert revise(old, text.replace("\r\n", "\n").replace("\n", "\r\n")) == revised
    assert revise(revised, revised.text) == revised
    assert has_crossing(old) or not has_crossing(revised)


def has_crossing(revised: Document) -> bool:
    return any(
        one.start < other.start < one.end < other.end
        for one in revised.inlines
        for other in revised.inlines
    )


@settings(deadline=None, max_examples=150)
@given(st.lists(pieces_of_all_kinds(), min_size=2, max_size=8), st.data())
def test_every_block_that_is_not_touched_keeps_its_structure(
    pieces: list[Piece], data: st.DataObject
) -> None:
    # No two blocks are alike, or nothing would say which was removed.
    pieces = [
        replace(made, text=f"{made.text} n{'xyzuvwst'[nth] * 9}") for nth, made in enumerate(pieces)
    ]
    at = data.draw(st.integers(0, len(pieces) - 1))
    words = data.draw(LINES | st.just(""))
    texts = [made.text for made in pieces]
    texts[at : at + 1] = [words] if words else []
    old = document(*pieces)
    revised = revise(old, "\n\n".join(texts))
    after = len(pieces) - at - 1
    untouched = [*zip(old.blocks[:at], revised.blocks[:at], strict=True)]
    if after:
        untouched += zip(old.blocks[-after:], revised.blocks[-after:], strict=True)
    for one, other in untouched:
        assert without_place(one) == without_place(other)
        assert text_of(old, one) == text_of(revised, other)
        gone = notes(old) - notes(revised)
        assert inside(revised, other, set()) == inside(old, one, gone)


def notes(revised: Document) -> set[str]:
    return {block.marker for block in revised.blocks if block.kind is BlockKind.FOOTNOTE}


def inside(revised: Document, block: Block, gone: set[str]) -> list[Inline]:
    """Return a block's inlines, from its start, without the marks of footnotes that are gone."""
    return [
        replace(inline, start=inline.start - block.start, end=inline.end - block.start)
        for inline in revised.inlines
        if block.start <= inline.start < block.end
        and (inline.kind is not InlineKind.FOOTNOTE_MARK or inline.target not in gone)
    ]


@settings(deadline=None, max_examples=60)
@given(PARTS)
def test_any_page_that_is_not_edited_stays_as_it_was_read(parts: list[str]) -> None:
    html = "".join(parts)
    try:
        old = read_file("a.html", html.encode(errors="replace"), date_order=DateOrder.MDY).document
    except Unreadable:
        return
    assert revise(old, old.text) == old
    assert revise(old, old.text.replace("\n", "\r\n")) == old
    # One more block must not change those before it.
    revised = revise(old, f"{old.text}\n\nqwertz")
    assert revised.blocks[:-1] == old.blocks
    assert revised.inlines == old.inlines


@pytest.mark.skipif(not ARTICLES, reason="the shared articles are not beside the checkout")
def test_real_articles_keep_all_that_is_not_edited() -> None:
    for path in ARTICLES:
        old = read_file(path.name, path.read_bytes(), date_order=DateOrder.MDY).document
        assert revise(old, old.text) == old
        assert revise(old, old.text.replace("\n", "\r\n")) == old
        revised = revise(old, f"{old.text}\n\nOne more paragraph.")
        assert (revised.blocks[:-1], revised.inlines) == (old.blocks, old.inlines)
        for block in old.blocks[:: max(1, len(old.blocks) // 8)]:
            text = f"{old.text[: block.end]} Added!{old.text[block.end :]}"
            revised = revise(old, text)
            check(revised)
            assert [*map(without_place, revised.blocks)] == [*map(without_place, old.blocks)]
            assert shown(revised) == shown(old)


def test_a_long_article_takes_a_moment() -> None:
    dice = random.Random(1)
    words = ["".join(dice.choices("abcdefghijklmnop", k=dice.randint(2, 9))) for _ in range(8_000)]
    pieces = [
        linked(f"The Report. {' '.join(dice.choices(words, k=31))}.", "Report")
        for _ in range(3_000)
    ]
    old = document(*pieces)
    texts = [made.text for made in pieces]
    for nth in range(0, len(texts), 10):
        texts[nth] = texts[nth].replace("Report", "good report")
    started = time.process_time()
    revised = revise(old, "\r\n\r\n".join(texts))
    assert time.process_time() - started < 10
    assert len(revised.inlines) == 3_000


def test_ten_thousand_changed_blocks_take_no_time_by_their_square() -> None:
    dice = random.Random(2)
    texts = ["".join(dice.choices("abcdefgh ", k=30)).strip() or "a" for _ in range(10_000)]
    old = document(*[piece(text, BlockKind.HEADING) for text in texts])
    started = time.process_time()
    revised = revise(old, "\n\n".join(f"{text[::-1]}." for text in texts))
    assert time.process_time() - started < 30
    assert len(revised.blocks) == 10_000
