"""Word files: styles are structure, properties are metadata."""

from datetime import UTC, date, datetime

import docx

from app.text.dates import DateOrder
from app.text.document import BlockKind, InlineKind
from app.text.parsed import ParsedArticle
from app.text.readers import read_file
from tests.harness.files import saved, word, zipped
from tests.harness.texts import check_laws, inlines, shapes, texts

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
