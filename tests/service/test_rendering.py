"""Drawing blocks: whatever is marked, the words of the page are the words of the text."""

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.annotations.queries.marks import Filter
from app.articles.queries.articles import current_revision
from app.articles.service import articles
from app.articles.service.loading import find_files
from app.assignments.queries.visibility import EVERYONE
from app.core.db import Database
from app.reading.pages.rendering.blocks import render_blocks
from app.reading.pages.rendering.lanes import LanePassage
from app.reading.pages.rendering.ranges import draw_text
from app.text.dates import DateOrder
from app.text.document import BlockKind, Inline, InlineKind, Piece
from app.text.readers import read_file
from tests.harness.builders import add_annotation, add_article, add_member, add_project
from tests.harness.pages import faults_of, read
from tests.harness.server import ROOT

BESIDE = ROOT.parent / "shared"
FOLDERS = [ROOT / "seeds", BESIDE / "seeds", BESIDE / "data" / "articles"]
FILES = [
    pytest.param(path, id=path.name[:40])
    for path in find_files(folder for folder in FOLDERS if folder.is_dir())
]
ALL = Filter(EVERYONE)
TAGS = ("claim", "demand", "assumption", "citation")
ELEMENTS = {"a", "code", "em", "mark", "span", "strong", "sup"}


def without_tags(markup: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", markup))


def element(markup: str, around: str = "p") -> str:
    """Parse a block as a browser does, and return its words."""
    whole = f"<{around}>{markup}</{around}>"
    assert faults_of(whole) == []
    return "".join(read(whole).itertext())


@pytest.mark.parametrize("path", FILES)
@pytest.mark.sqlite_only
def test_the_drawn_words_of_an_article_are_its_text(session: Session, path: Path) -> None:
    parsed = read_file(path.name, path.read_bytes(), date_order=DateOrder.MDY)
    project = add_project(session)
    article = articles.add(session, project_id=project.id, parsed=parsed, content_hash="x")
    session.commit()
    me = add_member(session)
    text = current_revision(session, article.id).text
    step = max(1, len(text) // 12)
    for number, start in enumerate(range(0, len(text) - 40, step)):
        tag = TAGS[number % 4]
        quote = text[start : start + step + 30]
        if quote.strip():
            add_annotation(session, me, article, quote.strip(), tag=tag)
    revision = current_revision(session, article.id)
    for shown in (ALL, Filter(EVERYONE, tags=frozenset({"claim"}))):
        drawn = render_blocks(session, revision, shown)
        blocks = parsed.document.blocks
        assert len(drawn) == len(blocks)
        assert any("<mark" in block.html for block in drawn)
        for block, of in zip(drawn, blocks, strict=True):
            assert element(block.html, block.element) == text[of.start : of.end]


def test_one_block_is_drawn_as_it_is_in_the_whole(database: Database, session: Session) -> None:
    article = add_article(session)
    me = add_member(session)
    add_annotation(session, me, article, "repairs it.\n\n“We have no money,” said the mayor")
    add_annotation(session, me, article, "no money", tag="demand")
    revision = current_revision(session, article.id)
    with database.session() as other:
        whole = render_blocks(other, revision, ALL)
        for number, block in enumerate(whole, start=1):
            assert render_blocks(other, revision, ALL, first=number, last=number) == [block]
        assert render_blocks(other, revision, ALL, first=2, last=3) == whole[1:3]
        assert render_blocks(other, revision, ALL, first=9, last=9) == []


TEXTS = st.text("ab &<>\"'é\N{COMBINING ACUTE ACCENT}👩\u200dم", min_size=1, max_size=30)


@st.composite
def drawings(
    draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS
) -> tuple[str, list[LanePassage], list[tuple[int, int, str, str]]]:
    """Draw a text, spans that may lie beyond it, and inlines inside it that may cross."""
    text = draw(texts)
    place = st.integers(0, len(text))
    spans = [
        (min(one, other), max(one, other) + 1, draw(st.sampled_from(TAGS)), number)
        for number, (one, other) in enumerate(draw(st.lists(st.tuples(place, place), max_size=6)))
    ]
    inlines = []
    for one, other in draw(st.lists(st.tuples(place, place), max_size=5)):
        if one != other:
            kind = draw(st.sampled_from(list(InlineKind)))
            target = draw(st.sampled_from(("https://a.example/?a&b=\"'<", "javascript:x", "1", "")))
            inlines.append((min(one, other), max(one, other), kind.value, target))
    return text, spans, sorted(inlines, key=lambda inline: (inline[0], -inline[1]))


@given(drawings())
@settings(max_examples=150)
def test_taking_the_tags_out_gives_back_the_text(
    drawing: tuple[str, list[LanePassage], list[tuple[int, int, str, str]]],
) -> None:
    text, spans, inlines = drawing
    drawn = draw_text(text, 0, len(text), spans, inlines, footnotes={"1": 7})
    assert without_tags(drawn) == text
    # Hyperlinks inside hyperlinks are never read from a file, and no browser nests them.
    links = [row for row in inlines if row[2] in {"hyperlink", "footnote_mark"}]
    if len(links) < 2:
        assert element(drawn) == text
    assert set(re.findall(r"</(\w+)>", drawn)) <= ELEMENTS
    assert "javascript" not in drawn
    assert "<mark" not in re.sub(r"<mark[^>]*>[^<]*</mark>", "", drawn)  # never nested
    covered = set().union(*(range(start, min(end, len(text))) for start, end, _tag, _id in spans))
    marked = "".join(re.findall(r"<mark[^>]*>([^<]*)</mark>", drawn))
    assert unescape(marked) == "".join(text[place] for place in sorted(covered))


@given(drawings(st.text("ab&<\t\n", min_size=1, max_size=30)))
@settings(max_examples=100)
def test_a_table_keeps_its_tabs_and_line_feeds(
    drawing: tuple[str, list[LanePassage], list[tuple[int, int, str, str]]],
) -> None:
    text, spans, inlines = drawing
    drawn = draw_text(text, 0, len(text), spans, inlines, footnotes={}, is_table=True)
    assert without_tags(drawn) == text
    assert drawn.count("<tr>") == text.count("\n") + 1
    assert drawn.count("<td>") + drawn.count("<th>") == text.count("\n") + text.count("\t") + 1


def draw(session: Session, *pieces: Piece) -> list[tuple[str, str, str, str]]:
    """Return element, CSS classes, marker and HTML of each block."""
    article = add_article(session, pieces)
    revision = current_revision(session, article.id)
    return [
        (block.element, block.css, block.marker, str(block.html))
        for block in render_blocks(session, revision, ALL)
    ]


@pytest.mark.sqlite_only
def test_each_kind_of_block_has_its_element(session: Session) -> None:
    assert draw(
        session,
        Piece("Top", BlockKind.HEADING, level=2),
        Piece("Below", BlockKind.HEADING, level=4),
        Piece("Words."),
        Piece("Said.", BlockKind.QUOTATION, depth=1),
        Piece("Said in it.", BlockKind.QUOTATION, depth=2),
        Piece("One", BlockKind.LIST_ITEM, depth=1, marker="1."),
        Piece("Deep", BlockKind.LIST_ITEM, depth=9, marker="•"),
        Piece("a\tb\n1\t2", BlockKind.TABLE),
        Piece("  x = 1\n\n  y < 2", BlockKind.PREFORMATTED),
        Piece("A table.", BlockKind.CAPTION),
        Piece("[Image: a road]", BlockKind.IMAGE),
        Piece("See.", BlockKind.FOOTNOTE, marker="1"),
    ) == [
        ("h2", "heading", "", "Top"),
        ("h3", "heading", "", "Below"),
        ("p", "paragraph", "", "Words."),
        ("blockquote", "quotation", "", "Said."),
        ("blockquote", "quotation depth-2", "", "Said in it."),
        ("p", "list-item", "1.", "One"),
        ("p", "list-item depth-4", "•", "Deep"),
        (
            "table",
            "table",
            "",
            "<tbody><tr><th>a\t</th><th>b\n</th></tr><tr><td>1\t</td><td>2</td></tr></tbody>",
        ),
        ("pre", "preformatted", "", "  x = 1\n\n  y &lt; 2"),
        ("p", "caption", "", "A table."),
        ("p", "image", "", "[Image: a road]"),
        ("p", "footnote", "1", "See."),
    ]


@pytest.mark.sqlite_only
def test_each_kind_of_inline_has_its_element(session: Session) -> None:
    kinds = [
        (InlineKind.EMPHASIS, "", "<em>x</em>"),
        (InlineKind.STRONG, "", "<strong>x</strong>"),
        (InlineKind.CODE, "", "<code>x</code>"),
        (
            InlineKind.HYPERLINK,
            'https://a.example/?b&c"',
            '<a href="https://a.example/?b&amp;c&quot;" rel="noreferrer" draggable="false">x</a>',
        ),
        (InlineKind.HYPERLINK, "javascript:alert(1)", "<span>x</span>"),
        (InlineKind.HYPERLINK, "data:text/html,x", "<span>x</span>"),
        (InlineKind.HYPERLINK, "//a.example", "<span>x</span>"),
        (InlineKind.FOOTNOTE_MARK, "9", '<sup class="footnote-mark">x</sup>'),
    ]
    for kind, target, expected in kinds:
        drawn = draw(session, Piece("axb", inlines=(Inline(1, 2, kind, target),)))
        assert drawn[0][3] == f"a{expected}b"


@pytest.mark.sqlite_only
def test_a_footnote_mark_leads_to_its_footnote(session: Session) -> None:
    mark = Inline(3, 4, InlineKind.FOOTNOTE_MARK, "1")
    drawn = draw(
        session,
        Piece("So.1", inlines=(mark,)),
        Piece("See it.", BlockKind.FOOTNOTE, marker="1."),
    )
    assert drawn[0][3] == (
        'So.<sup class="footnote-mark"><a href="#b2" draggable="false">1</a></sup>'
    )
