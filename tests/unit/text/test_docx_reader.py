"""Word files: styles are structure, properties are metadata."""

import re
from datetime import UTC, date, datetime

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.text.dates import DateOrder
from app.text.document import BlockKind, InlineKind
from app.text.parsed import ParsedArticle
from app.text.readers import Unreadable, read_file
from tests.harness.files import saved, word, zipped
from tests.harness.shared import shared_case
from tests.harness.texts import check_laws, inlines, of_kind, shapes, texts

K = BlockKind
FOOTNOTES = """<?xml version="1.0" encoding="UTF-8"?>
<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:footnote w:id="2"><w:p><w:r><w:t>The note.</w:t></w:r></w:p></w:footnote></w:footnotes>"""
TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>"""
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="{RELATIONSHIPS}/{{kind}}" Target="{{target}}" {{more}}/>
</Relationships>"""


def read(content: bytes, name: str = "a-file.docx") -> ParsedArticle:
    article = read_file(name, content, date_order=DateOrder.MDY)
    check_laws(article)
    return article


def test_styles_are_kinds_of_block() -> None:
    article = read(
        word(
            ("The title", "Title"),
            ("Part", "Heading 1"),
            ("Deeper", "Heading 3"),
            ("Words", ""),
            ("One", "List Bullet"),
            ("Deep", "List Bullet 2"),
            ("First", "List Number"),
            ("Said", "Quote"),
            ("Said more", "Intense Quote"),
            ("Figure 1", "Caption"),
            ("  x = 1", "macro"),
        )
    )
    blocks = [
        (b.kind, article.document.text[b.start : b.end], b.level, b.depth, b.marker)
        for b in article.document.blocks
    ]
    assert blocks == [
        (K.HEADING, "The title", 1, 0, ""),
        (K.HEADING, "Part", 1, 0, ""),
        (K.HEADING, "Deeper", 3, 0, ""),
        (K.PARAGRAPH, "Words", 0, 0, ""),
        (K.LIST_ITEM, "One", 0, 1, "\u2022"),
        (K.LIST_ITEM, "Deep", 0, 2, "\u2022"),
        (K.LIST_ITEM, "First", 0, 1, "1."),
        (K.QUOTATION, "Said", 0, 1, ""),
        (K.QUOTATION, "Said more", 0, 1, ""),
        (K.CAPTION, "Figure 1", 0, 0, ""),
        (K.PREFORMATTED, "  x = 1", 0, 0, ""),
    ]
    assert (article.title, article.origins["title"]) == ("The title", "heading")


def test_runs_breaks_and_tables_are_kept() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Plain ")
    paragraph.add_run("bold").bold = True
    paragraph.add_run(" and ").add_break()
    paragraph.add_run("italic").italic = True
    table = document.add_table(2, 2)
    for n, cell in enumerate(table._cells):  # noqa: SLF001 the quickest way to all cells
        cell.text = f"c{n}"
    article = read(saved(document))
    assert shapes(article) == [
        (K.PARAGRAPH, "Plain bold and\nitalic"),
        (K.TABLE, "c0\tc1\nc2\tc3"),
    ]
    assert inlines(article, InlineKind.STRONG) == [("bold", "")]
    assert inlines(article, InlineKind.EMPHASIS) == [("italic", "")]


def test_properties_say_who_and_a_byline_says_when() -> None:
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author = "From the properties", "Jane Doe"
    properties.language, properties.created = "de-AT", datetime(2020, 5, 6, tzinfo=UTC)
    document.add_paragraph("Words.")
    article = read(saved(document))
    assert (article.title, article.author) == ("From the properties", "Jane Doe")
    assert (article.published_on, article.language) == (date(2020, 5, 6), "de-AT")
    assert set(article.origins.values()) == {"document properties"}
    assert article.guessed == {"title", "author", "published_on"}
    document.paragraphs[0].insert_paragraph_before("By Jane Doe, Reuters, January 13, 2025")
    signed = read(saved(document))
    assert (signed.publication, signed.published_on) == ("Reuters", date(2025, 1, 13))
    assert signed.origins["published_on"] == "byline"
    assert texts(signed) == ["Words."]
    assert signed.guessed == {"title"}


def test_what_a_program_wrote_is_no_author() -> None:
    article = read(word(("Words", ""), title="Document", author="Windows User"), "why_not.docx")
    assert (article.title, article.author) == ("Why not", "")
    assert article.origins["title"] == "file name"


def part(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats'
        f'.org/wordprocessingml/2006/main" xmlns:r="{RELATIONSHIPS}"><w:body>{body}</w:body>'
        "</w:document>"
    )


def package(body: str, rels: str, **more: str) -> bytes:
    root = RELS.format(kind="officeDocument", target="word/document.xml", more="")
    return zipped(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": root,
            "word/document.xml": part(body),
            "word/_rels/document.xml.rels": rels,
            **more,
        }
    )


def test_footnotes_are_tied_to_their_marks() -> None:
    body = (
        '<w:p><w:r><w:t>Said.</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        "<w:p><w:r><w:t>More.</w:t></w:r></w:p>"
    )
    rels = RELS.format(kind="footnotes", target="footnotes.xml", more="")
    article = read(package(body, rels, **{"word/footnotes.xml": FOOTNOTES}))
    assert shapes(article) == [
        (K.PARAGRAPH, "Said.[1]"),
        (K.PARAGRAPH, "More."),
        (K.FOOTNOTE, "The note."),
    ]
    assert inlines(article, InlineKind.FOOTNOTE_MARK) == [("[1]", "1")]
    assert article.document.blocks[-1].marker == "1"


def test_hyperlinks_are_kept_where_they_are_safe() -> None:
    body = '<w:p><w:hyperlink r:id="r1"><w:r><w:t>A link</w:t></w:r></w:hyperlink></w:p>'
    safe = RELS.format(kind="hyperlink", target="https://e.org/x", more='TargetMode="External"')
    assert inlines(read(package(body, safe)), InlineKind.HYPERLINK) == [
        ("A link", "https://e.org/x")
    ]
    evil = RELS.format(kind="hyperlink", target="javascript:x", more='TargetMode="External"')
    assert inlines(read(package(body, evil)), InlineKind.HYPERLINK) == []


def test_deletions_and_hidden_words_are_not_of_the_text() -> None:
    body = (
        "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>Here</w:t></w:r></w:ins></w:p>"
    )
    rels = RELS.format(kind="styles", target="styles.xml", more="")
    assert texts(read(package(body, rels))) == ["Here"]


def paragraph(*runs: str, properties: str = "") -> str:
    """Make a paragraph of runs, each XML or words."""
    inner = "".join(
        run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>'
        for run in runs
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def in_body(*paragraphs: str) -> ParsedArticle:
    return read(package("".join(paragraphs), RELS.format(kind="x", target="x", more="")))


def test_no_visible_word_is_lost_in_what_stands_around_it() -> None:
    article = read(shared_case("other/wrappers.docx"), "wrappers.docx")
    for words in (
        "xml words stay.",
        "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd and bdo left words stay.",
        "Ruby \u6771\u4eac stays.",
        "Math x=2 stays.",
        "Date 4 May 2009, caption Figure 3 shows, and a link: the annual report ends.",
    ):
        assert words in article.document.text
    assert inlines(article, InlineKind.HYPERLINK) == [
        ("the annual report", "https://quay.example/")
    ]
    assert "formula" in " ".join(article.unread)
    assert texts(read(shared_case("other/smarttags.docx")))[-1] == (
        "An old reference: section four says so."
    )


def test_any_wrapper_that_nobody_knows_keeps_its_words() -> None:
    article = in_body(
        paragraph("A ", "<w:newThing><w:r><w:t>new</w:t></w:r></w:newThing>", " one.")
    )
    assert texts(article) == ["A new one."]


@pytest.mark.parametrize("fallback", ["", "<mc:Fallback/>", "<mc:Fallback><w:pict/></mc:Fallback>"])
def test_a_text_box_is_read_once_whoever_wrote_it(fallback: str) -> None:
    box = (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility'
        '/2006"><mc:Choice Requires="wps"><w:drawing><x><w:txbxContent>'
        f"{paragraph('In the box.')}</w:txbxContent></x></w:drawing></mc:Choice>{fallback}"
        "</mc:AlternateContent></w:r>"
    )
    assert sorted(texts(in_body(paragraph("Beside it.", box)))) == ["Beside it.", "In the box."]


def test_a_formula_is_its_characters_and_the_draft_says_so() -> None:
    m = "http://schemas.openxmlformats.org/officeDocument/2006/math"

    def chars(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    formula = (
        f'<m:oMath xmlns:m="{m}">{chars("y=")}<m:f><m:num>{chars("a+b")}</m:num><m:den>{chars("2")}'
        f"</m:den></m:f>{chars('+')}<m:sSup><m:e>{chars('x')}</m:e><m:sup>{chars('2')}</m:sup></m:sSup>"
        f"<m:rad><m:e>{chars('z')}</m:e></m:rad></m:oMath>"
    )
    article = in_body(paragraph("Then ", formula, "."), paragraph(formula))
    assert texts(article)[0] == "Then y=(a+b)/2+x^2\u221az."
    assert article.unread == (
        "2 formulas stand in the text as plain characters. Compare them with the file.",
    )


def test_a_chart_is_told() -> None:
    chart = (
        '<w:r><w:drawing><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/>'
        "</w:drawing></w:r>"
    )
    article = in_body(paragraph("Look:", chart))
    assert article.unread == ("A chart or diagram was left out, with the words in it.",)


def test_what_word_hides_is_left_out() -> None:
    article = read(shared_case("other/tracked.docx"))
    assert "Visible words. More visible words." in texts(article)
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>never</w:t></w:r>"
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>always</w:t></w:r>'
    assert texts(in_body(paragraph("Words ", hidden, shown))) == ["Words always"]


def test_a_style_is_what_it_is_based_on_and_an_indent_on_both_sides_is_a_quotation() -> None:
    article = read(shared_case("readers/c21-docx-styles-based-on.docx"))
    assert of_kind(article, K.HEADING) == ["The Bridge", "Who pays", "Who gains"]
    assert of_kind(article, K.QUOTATION) == [
        "We shall build it whatever it costs us.",
        "Nobody asked the ferrymen, and the ferrymen had an answer ready.",
    ]


@pytest.mark.parametrize(
    "indent",
    [
        '<w:ind w:left="720"/>',
        '<w:ind w:left="720" w:right="100"/>',
        '<w:jc w:val="center"/><w:ind w:left="720" w:right="720"/>',
        '<w:ind w:left="x" w:right="720"/>',
    ],
)
def test_other_indents_are_paragraphs(indent: str) -> None:
    long = paragraph("A paragraph that is long enough to be most of what stands here.")
    assert not of_kind(in_body(long, paragraph("Set in.", properties=indent), long), K.QUOTATION)


def test_where_most_is_indented_and_before_the_text_nothing_is_a_quotation() -> None:
    inset = paragraph("Set in.", properties='<w:ind w:start="720" w:end="720"/>')
    long = paragraph("A paragraph that is long enough to be most of what stands here.")
    assert of_kind(in_body(long, inset, long), K.QUOTATION) == ["Set in."]
    assert not of_kind(in_body(inset, long, long), K.QUOTATION)
    assert not of_kind(in_body(paragraph("A."), inset, inset), K.QUOTATION)


def test_what_the_page_says_goes_before_the_properties() -> None:
    article = read(shared_case("readers/c20-docx-byline-against-property.docx"))
    assert (article.author, article.published_on) == ("Jane Doe", date(2024, 3, 5))
    article = read(word(("Headed", "Title"), ("Words.", ""), title="Property", author="Ann Lee"))
    assert (article.title, article.author) == ("Headed", "Ann Lee")


@pytest.mark.parametrize("content", [b"", word(), word(("", "")), word(("  ", "Title"))])
def test_an_empty_file_is_called_empty(content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"empty|holds no text"):
        read_file("a.docx", content, date_order=DateOrder.MDY)


# Words in whatever Word wraps runs in: those that it shows are read, in their order; no others are.


def run(word: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{word} </w:t></w:r>"


def field(inside: str) -> str:
    kinds = ("begin", "separate", "end")
    begin, separate, end = (f"<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>" for kind in kinds)
    return f"{begin}<w:r><w:instrText>GONE</w:instrText></w:r>{separate}{inside}{end}"


SHOWING = (
    "<w:hyperlink w:anchor='a'>{}</w:hyperlink>",
    "<w:smartTag w:element='place'>{}</w:smartTag>",
    "<w:ins w:id='1' w:author='x'>{}</w:ins>",
    "<w:moveTo w:id='2' w:author='x'>{}</w:moveTo>",
    "<w:fldSimple w:instr='GONE'>{}</w:fldSimple>",
    "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
    "<w:bdo w:val='rtl'>{}</w:bdo>",
    "<w:dir w:val='ltr'>{}</w:dir>",
    "<w:customXml w:element='x'>{}</w:customXml>",
    field("{}"),
    "{}<w:proofErr w:type='spellStart'/><w:bookmarkStart w:id='3' w:name='a'/>",
    "{}<w:r><w:tab/></w:r>",
    "{}<w:r><w:br/></w:r>",
    "{}<w:del w:id='4' w:author='x'><w:r><w:delText>GONE</w:delText></w:r></w:del>",
    "{}" + run("GONE", "<w:vanish/>"),
)
RUNS = st.sampled_from(["", "<w:b/>", "<w:i/>", "<w:vertAlign w:val='superscript'/>"]).map(
    lambda properties: run("WORD", properties)
)
PARAGRAPHS = st.recursive(
    RUNS,
    lambda inside: (
        st.builds(lambda wrapper, words: wrapper.format(words), st.sampled_from(SHOWING), inside)
        | st.lists(inside, min_size=2, max_size=3).map("".join)
    ),
    max_leaves=8,
)


@given(paragraphs=st.lists(PARAGRAPHS, min_size=1, max_size=4), in_table=st.booleans())
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_no_word_that_is_shown_is_lost_and_none_that_is_hidden_comes_in(
    *, paragraphs: list[str], in_table: bool
) -> None:
    body = "".join(f"<w:p>{paragraph}</w:p>" for paragraph in paragraphs)
    count = body.count("WORD")
    for number in range(count):
        body = body.replace("WORD", f"word{number}", 1)
    if in_table:
        body = f"<w:tbl><w:tr><w:tc>{body}</w:tc></w:tr></w:tbl>"
    article = read(package(body, RELS.format(kind="styles", target="styles.xml", more="")))
    found = re.findall(r"word[0-9]+|GONE", article.document.text)
    assert found == [f"word{number}" for number in range(count)]
