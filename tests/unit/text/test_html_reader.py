"""HTML: the blocks and inlines of an article, as a browser shows them."""

import pytest

from app.text.dates import DateOrder
from app.text.document import BlockKind, InlineKind
from app.text.parsed import ParsedArticle
from app.text.readers import Unreadable, read_file, read_pasted_html
from tests.harness.texts import check_laws, inlines, of_kind, shapes, texts

K = BlockKind


def paste(html: str) -> ParsedArticle:
    article = read_pasted_html(html, date_order=DateOrder.MDY)
    check_laws(article)
    return article


def test_each_element_is_the_block_that_it_is_shown_as() -> None:
    article = paste(
        "<h2>Title</h2><p>One\n two.<div>Three<p>Four</div>five<hr>six"
        "<pre>\n  x = 1\n\ty</pre><figure><img src=a alt='A cat'><figcaption>A caption</figcaption>"
        "</figure><p><img alt='Alone'></p><p>With <img alt='in it'> words</p>"
        "<dl><dt>Term<dd>Meaning</dl><address>Street</address>"
    )
    assert shapes(article) == [
        (K.HEADING, "Title"),
        (K.PARAGRAPH, "One two."),
        (K.PARAGRAPH, "Three"),
        (K.PARAGRAPH, "Four"),
        (K.PARAGRAPH, "five"),
        (K.PARAGRAPH, "six"),
        (K.PREFORMATTED, "  x = 1\n\ty"),
        (K.IMAGE, "[Image: A cat]"),
        (K.CAPTION, "A caption"),
        (K.IMAGE, "[Image: Alone]"),
        (K.PARAGRAPH, "With [Image: in it] words"),
        (K.PARAGRAPH, "Term"),
        (K.PARAGRAPH, "Meaning"),
        (K.PARAGRAPH, "Street"),
    ]


def test_headings_have_levels() -> None:
    article = paste("<h1>A</h1><h6>B</h6><div role=heading aria-level=3>C</div><p>D")
    assert [(b.kind, b.level) for b in article.document.blocks] == [
        (K.HEADING, 1),
        (K.HEADING, 6),
        (K.HEADING, 3),
        (K.PARAGRAPH, 0),
    ]
    assert (article.title, article.origins["title"]) == ("A", "heading")


def test_lists_and_quotations_nest() -> None:
    article = paste(
        "<ul><li>One<ol start=3 type=a><li>Two<p>More</ol>after<li><p>Three</ul>"
        "<blockquote><p>Said<blockquote>Inner</blockquote><ul><li>Item</ul></blockquote>"
        "<ol reversed><li>x<li value=9>y</ol><ul><ul><li>Deep</ul></ul>"
    )
    blocks = [
        (b.kind, article.document.text[b.start : b.end], b.depth, b.marker)
        for b in article.document.blocks
    ]
    assert blocks == [
        (K.LIST_ITEM, "One", 1, "\u2022"),
        (K.LIST_ITEM, "Two", 2, "c."),
        (K.LIST_ITEM, "More", 2, ""),
        (K.LIST_ITEM, "after", 1, ""),
        (K.LIST_ITEM, "Three", 1, "\u2022"),
        (K.QUOTATION, "Said", 1, ""),
        (K.QUOTATION, "Inner", 2, ""),
        (K.LIST_ITEM, "Item", 2, "\u2022"),
        (K.LIST_ITEM, "x", 1, "2."),
        (K.LIST_ITEM, "y", 1, "9."),
        (K.LIST_ITEM, "Deep", 2, "\u2022"),
    ]


def test_a_table_of_data_is_a_block_and_one_of_layout_is_not() -> None:
    article = paste(
        "<table><caption>Sums</caption><tr><th>Year<th>A <a href='https://e.org/x'>link</a>"
        "<tr><td colspan=2>both<br>lines<tr><td><td>2</table>"
        "<table><tr><td><p>Left</p><h2>Head</h2><td>Right</table>"
        "<table role=presentation><tr><td>a<td>b</table>"
    )
    assert shapes(article) == [
        (K.CAPTION, "Sums"),
        (K.TABLE, "Year\tA link\nboth lines\t\n\t2"),
        (K.PARAGRAPH, "Left"),
        (K.HEADING, "Head"),
        (K.PARAGRAPH, "Right"),
        (K.PARAGRAPH, "a"),
        (K.PARAGRAPH, "b"),
    ]
    assert inlines(article, InlineKind.HYPERLINK) == [("link", "https://e.org/x")]


def test_inlines_are_the_words_that_are_shown_so() -> None:
    article = paste(
        "<p>A <b> bold <i>both</i></b><code>x  y</code> <q>said</q> "
        "<span style='font-weight:700'>s</span><b style='font-weight:normal'>plain</b>"
    )
    assert texts(article) == ["A bold bothx y \u201csaid\u201d splain"]
    assert inlines(article, InlineKind.STRONG) == [("bold both", ""), ("s", "")]
    assert inlines(article, InlineKind.EMPHASIS) == [("both", "")]
    assert inlines(article, InlineKind.CODE) == [("x y", "")]


def test_an_inline_around_blocks_is_in_each_of_them() -> None:
    article = paste("<a href=https://e.org/><h2>One</h2><p>Two</p></a><p>Three")
    assert inlines(article, InlineKind.HYPERLINK) == [
        ("One", "https://e.org/"),
        ("Two", "https://e.org/"),
    ]


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVa\nScRiPt:alert(1)",
        "java\tscript:x",
        " javascript:x",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "&#1;javascript:x",
        "#top",
        "",
        "/relative",
        "//",
        "http://[",
        "https:",
    ],
)
def test_a_hyperlink_leads_somewhere_safe_or_is_words(target: str) -> None:
    assert inlines(paste(f'<p>A <a href="{target}">link</a>'), InlineKind.HYPERLINK) == []


def test_mail_and_bare_addresses_are_hyperlinks() -> None:
    article = paste("<p><a href='MAILTO:a@b.org'>Write</a> or see https://e.org/a.")
    assert inlines(article, InlineKind.HYPERLINK) == [
        ("Write", "MAILTO:a@b.org"),
        ("https://e.org/a", "https://e.org/a"),
    ]


def test_what_is_not_shown_is_dropped() -> None:
    article = paste(
        "<p>Shown<script>alert(1)</script><style>p{}</style><!-- c --><template>t</template>"
        "<span hidden>h</span><span aria-hidden=true>a</span><i style='Display : none'>d</i>"
        "<noscript>n</noscript><svg><text>s</text></svg><button>b</button><input value=i>"
        "<textarea>x</textarea><img alt=''><img width=1 height=1><span class='sr-only'>r</span>"
    )
    assert texts(article) == ["Shown"]


def test_white_space_and_breaks_are_as_shown() -> None:
    article = paste(
        "<p> A \n<b> b</b>&nbsp;c<br> d <br><br>e<br></p><p>&nbsp;</p>x&shy;y<p>z\u2028w\r\nv"
    )
    assert texts(article) == ["A b\u00a0c\nd", "e", "xy", "z w v"]


def test_letters_and_accents_in_different_elements_are_composed() -> None:
    article = paste("<p>Cafe<b>\u0301 noir</b> <i>x</i>&#0;&#xd800;&#x85;")
    assert article.document.text.startswith("Caf\u00e9 noir x")
    assert inlines(article, InlineKind.EMPHASIS) == [("x", "")]


NOTES = {
    "anchors": (
        "<p>Said.<sup id=r1><a href=#fn1>1</a></sup> More.<sup><a href=#fn2 id=r2>2</a></sup></p>"
        "<ol><li id=fn1><p>First. <a href=#r1>\u21a9</a></p>"
        "<li id=fn2>Second. <a href=#r2>^</a></ol>"
    ),
    "word": (
        "<p>Said.<a href='#_ftn1' name='_ftnref1'>[1]</a> More."
        "<a href='#_ftn2' name=_ftnref2>[2]</a>"
        "<div id=ftn1><p><a href='#_ftnref1' name='_ftn1'>[1]</a> First.</div>"
        "<div id=ftn2><p><a href='#_ftnref2' name='_ftn2'>[2]</a> Second.</div>"
    ),
    "book": (
        "<p>Said.<a epub:type=noteref href=#n1>1</a> More.<a role=doc-noteref href=#n2>2</a></p>"
        "<aside epub:type=footnote id=n1><p>1. First.</aside><aside id=n2>Second.</aside>"
    ),
}


@pytest.mark.parametrize("html", NOTES.values(), ids=NOTES.keys())
def test_footnote_marks_are_tied_to_their_footnotes(html: str) -> None:
    article = paste(html)
    notes = [
        (b.marker, article.document.text[b.start : b.end])
        for b in article.document.blocks
        if b.kind is K.FOOTNOTE
    ]
    assert notes == [("1", "First."), ("2", "Second.")]
    marks = inlines(article, InlineKind.FOOTNOTE_MARK)
    assert [target for _, target in marks] == ["1", "2"]
    assert [words.strip("[]") for words, _ in marks] == ["1", "2"]
    assert inlines(article, InlineKind.HYPERLINK) == []


def test_a_link_within_the_page_is_no_footnote() -> None:
    article = paste("<p>See <a href=#two>2</a>.</p><h2 id=two>Two</h2><p id=three>Three")
    assert of_kind(article, K.FOOTNOTE) == []
    assert inlines(article, InlineKind.FOOTNOTE_MARK) == []


def test_notes_with_one_sign_are_counted() -> None:
    article = paste(
        "<p>A<a href=#fn-a>*</a> b<a href=#fn-b>*</a></p><p id=fn-a>* One.</p><p id=fn-b>Two.</p>"
    )
    assert inlines(article, InlineKind.FOOTNOTE_MARK) == [("*", "1"), ("*", "2")]
    assert [b.marker for b in article.document.blocks if b.kind is K.FOOTNOTE] == ["1", "2"]


@pytest.mark.parametrize("html", ["", "   ", "<script>x</script>", "<p>&nbsp;", "<!-- x -->"])
def test_a_paste_without_words_is_refused(html: str) -> None:
    with pytest.raises(Unreadable, match=r"no text|markup"):
        paste(html)


ENCODED = {
    "bom": "\ufeff<html><p>d\u00e9j\u00e0 \u201cvu\u201d".encode(),
    "utf-8": "<html><p>d\u00e9j\u00e0 \u201cvu\u201d".encode(),
    "windows": "<html><p>d\u00e9j\u00e0 \u201cvu\u201d".encode("cp1252"),
    "latin1": b"<html><meta charset=iso-8859-1>"
    + "<p>d\u00e9j\u00e0 \u201cvu\u201d".encode("cp1252"),
    "utf-16": "<html><p>d\u00e9j\u00e0 \u201cvu\u201d".encode("utf-16"),
    "wrong": b"<html><meta charset=utf-8>" + "<p>d\u00e9j\u00e0 \u201cvu\u201d".encode("cp1252"),
    "http-equiv": b"<html><meta http-equiv=content-type content='text/html; charset=koi8-r'><p>"
    + "\u0434\u0430".encode("koi8-r"),
}


@pytest.mark.parametrize("name", ENCODED)
def test_pages_are_decoded_as_browsers_do(name: str) -> None:
    article = read_file("a.html", ENCODED[name], date_order=DateOrder.MDY)
    expected = "\u0434\u0430" if name == "http-equiv" else "d\u00e9j\u00e0 \u201cvu\u201d"
    assert article.document.text == expected
