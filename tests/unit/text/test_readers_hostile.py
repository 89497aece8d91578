"""Files that are wrong, broken or made to do harm: refused in a sentence, and quickly."""

import base64
import contextlib
import io
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from reportlab.pdfgen.canvas import Canvas

from app.text.dates import DateOrder
from app.text.readers import Limits, Unpacked, Unreadable, read_file, read_pasted_html, unpack
from tests.harness.files import BODY, book, pdf, saved, word, zipped
from tests.harness.shared import shared_case
from tests.harness.texts import check_laws, texts

SECONDS = 20  # for what a machine that is busy does in one or two
WORD = word(("Words of an article.", ""))
PDF = pdf(("Words of an article.", BODY))
EPUB = book({"a.xhtml": "<p>Words of an article.</p>"})


@pytest.fixture(autouse=True)
def _is_quick_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS
    assert list(tmp_path.iterdir()) == []


def refuse(name: str, content: bytes, limits: Limits | None = None) -> str:
    """Return the sentence with which a file is refused."""
    with pytest.raises(Unreadable) as refused:
        read_file(name, content, date_order=DateOrder.MDY, limits=limits or Limits())
    message = str(refused.value)
    assert message[0].isupper()
    assert message.endswith(".")
    return message


def unpacked(content: bytes, limits: Limits | None = None) -> list[Unpacked]:
    return list(unpack("a.zip", content, date_order=DateOrder.MDY, limits=limits or Limits()))


# Wrong types


@pytest.mark.parametrize("name", ["a.exe", "a", "", "../..", "a.txt.exe"])
def test_a_file_of_no_kind_is_refused(name: str) -> None:
    assert "Only .txt, .md, .html, .docx, .pdf, .epub, .mhtml, .zip files" in refuse(name, b"words")


@pytest.mark.parametrize("name", ["a.odt", "a.rtf", "a.doc", "a.pages", "A.RTF"])
@pytest.mark.parametrize("content", [b"words", b"PK\x03\x04 broken", b""])
def test_a_file_of_another_writer_is_told_what_to_save_it_as(name: str, content: bytes) -> None:
    message = refuse(name, content)
    assert "which Gloss does not read. Save it as .docx, and try that." in message


def test_a_file_of_another_writer_is_known_by_its_content_too() -> None:
    assert "is an RTF file" in refuse("a.txt", b"{\\rtf1 words}")
    assert "is an OpenDocument text" in refuse("a.docx", shared_case("other/text.odt"))


def archive_of_mails(*parts: str) -> bytes:
    return (
        "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
        + "".join(f"--b\r\n{part}\r\n" for part in parts)
    ).encode()


def test_a_web_archive_without_a_page_or_with_thousands_of_parts_is_refused() -> None:
    assert "no web page" in refuse("a.mhtml", archive_of_mails("Content-Type: image/png\r\n\r\nx"))
    assert "called .mhtml but is not one" in refuse("a.mhtml", b"words")
    assert "parts" in refuse("a.mhtml", archive_of_mails(*["\r\nx"] * 6_000))
    nested = "".join(
        f"Content-Type: multipart/related; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(2_000)
    )
    assert refuse("a.mhtml", f"{nested}words".encode())
    charset = "Content-Type: text/html; charset=no-such\r\n\r\n<html><p>Words."
    article = read_file("a.mhtml", archive_of_mails(charset), date_order=DateOrder.MDY)
    assert texts(article) == ["Words."]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.epub", "a.zip"])
@pytest.mark.parametrize("content", [b"plain words", b"PK\x03\x04 broken", b"\0" * 100])
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str, content: bytes) -> None:
    refuse(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", PDF),
        ("a.docx", EPUB),
        ("a.pdf", WORD),
        ("a.epub", WORD),
        ("a.zip", PDF),
        ("a.md", b"<!doctype html><p>Words of an article."),
        ("a.bin", PDF),
        ("a.docx", b"<html><p>Words of an article."),
    ],
)
def test_the_bytes_decide_where_they_are_plain(name: str, content: bytes) -> None:
    assert texts(read_file(name, content, date_order=DateOrder.MDY)) == ["Words of an article."]


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md", "a.docx", "a.pdf", "a.epub"])
def test_an_empty_file_is_refused(name: str) -> None:
    refuse(name, b"")


def test_an_old_or_protected_word_file_is_told_from_others() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert "old Word file" in refuse("a.doc", ole + b"\0" * 600)
    protected = ole + b"\0" * 60 + "EncryptedPackage".encode("utf-16-le")
    assert "password" in refuse("a.docx", protected)


def test_an_archive_is_no_article() -> None:
    assert "archive" in refuse("a.zip", zipped({"a.txt": "Words."}))


# Broken and protected


@pytest.mark.parametrize("content", [WORD, PDF, EPUB], ids=["docx", "pdf", "epub"])
def test_a_file_that_was_cut_or_changed_is_refused_or_read(content: bytes) -> None:
    for end in range(0, len(content), max(1, len(content) // 20)):
        try:
            read_file("a.bin", content[:end], date_order=DateOrder.MDY)
        except Unreadable:
            continue
    for place in range(0, len(content), max(1, len(content) // 40)):
        changed = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
        try:
            check_laws(read_file("a.bin", changed, date_order=DateOrder.MDY))
        except Unreadable:
            continue


def test_a_pdf_with_a_password_is_refused() -> None:
    assert "password" in refuse("a.pdf", pdf(("Words", BODY), password="secret"))


def test_a_pdf_of_pictures_is_refused() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.rect(10, 10, 100, 100)
    canvas.showPage()
    canvas.save()
    assert "no text" in refuse("a.pdf", out.getvalue())


def test_a_word_file_without_its_document_is_refused() -> None:
    refuse("a.docx", zipped({"[Content_Types].xml": "<Types/>"}))
    refuse("a.docx", zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<oops"}))


def test_a_protected_book_is_refused_and_one_with_hidden_fonts_is_not() -> None:
    def encryption(method: str) -> bytes:
        return f'<encryption><EncryptionMethod Algorithm="{method}"/></encryption>'.encode()

    name = "META-INF/encryption.xml"
    pages = {"a.xhtml": "<p>Words.</p>"}
    drm = book(pages, more={name: encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")})
    assert "protected" in refuse("a.epub", drm)
    fonts = book(pages, more={name: encryption("http://www.idpf.org/2008/embedding")})
    assert texts(read_file("a.epub", fonts, date_order=DateOrder.MDY)) == ["Words."]


# Bombs


def test_a_bomb_in_an_archive_is_refused_as_a_whole() -> None:
    bomb = zipped({"a.txt": "Words.", "bomb.txt": b"a" * 60_000_000})
    with pytest.raises(Unreadable, match="200 times its size"):
        unpacked(bomb)
    many = zipped({f"{n}.txt": b"a b " * 200_000 for n in range(8)})
    with pytest.raises(Unreadable, match="more than 5 MB"):
        unpacked(many, Limits(unpacked_bytes=5_000_000))


def test_a_size_that_an_archive_states_is_not_believed() -> None:
    bomb = bytearray(zipped({"bomb.txt": b"a" * 3_000_000}))
    real = (3_000_000).to_bytes(4, "little")
    while (place := bomb.find(real)) >= 0:
        bomb[place : place + 4] = (10).to_bytes(4, "little")
    with contextlib.suppress(Unreadable):
        assert unpacked(bytes(bomb))[0].problem


@pytest.mark.parametrize("name", ["word/document.xml", "docProps/core.xml", "word/media/a.xml"])
def test_a_bomb_in_a_word_file_is_refused(name: str) -> None:
    files: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": "<x/>",
        name: b" " * 60_000_000,
    }
    assert "200 times its size" in refuse("a.docx", zipped(files))


def test_ten_thousand_files_are_refused() -> None:
    with pytest.raises(Unreadable, match="more than 1,000 files"):
        unpacked(zipped({f"{n}.txt": "Words." for n in range(10_000)}))


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
)


def test_entities_are_never_expanded() -> None:
    evil = ENTITIES + "<w>&b;&f;</w>"
    files: dict[str, bytes | str] = {"[Content_Types].xml": "<Types/>"}
    files["word/document.xml"] = evil
    assert "entities" in refuse("a.docx", zipped(files))
    files["word/document.xml"] = evil.encode("utf-16")
    assert "entities" in refuse("a.docx", zipped(files))
    page = f"<?xml version='1.0'?>{ENTITIES}<html><p>Words &b; and &f;.</p></html>"
    article = read_file("a.html", page.encode(), date_order=DateOrder.MDY)
    assert "lol" not in article.document.text.replace('"lol"', "")
    assert "root:" not in article.document.text
    package = f'<?xml version="1.0"?>{ENTITIES}<package>&f;&b;</package>'
    evil_book = zipped(
        {
            "META-INF/container.xml": '<container><rootfile full-path="p.opf"/></container>',
            "p.opf": package,
        }
    )
    assert "names no chapters" in refuse("a.epub", evil_book)


WORD_SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_of(body: str, styles: str = "") -> bytes:
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {WORD_SPACE}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {WORD_SPACE}>{styles}</w:styles>",
        }
    )


@pytest.mark.parametrize("tag", ["w:ins", "w:unknown", "w:txbxContent", "w:fldSimple"])
def test_a_word_file_of_elements_in_elements_without_end_is_refused(tag: str) -> None:
    words = "<w:p><w:r><w:t>Words.</w:t></w:r></w:p>"
    assert refuse("a.docx", word_of(f"<{tag}>" * 100_000 + words + f"</{tag}>" * 100_000))
    shallow = f"<{tag}>" * 50 + words + f"</{tag}>" * 50
    assert read_file("a.docx", word_of(words + shallow), date_order=DateOrder.MDY)


def test_a_word_file_of_many_wrappers_is_read_in_time() -> None:
    wrapped = "<w:x>" * 90 + "<w:t>w </w:t>" + "</w:x>" * 90
    body = f"<w:p><w:r>{wrapped * 2_500}</w:r></w:p>"
    limits = Limits(ratio=10_000)
    article = read_file("a.docx", word_of(body), date_order=DateOrder.MDY, limits=limits)
    assert article.document.text.count("w") == 2_500


def test_styles_that_are_based_on_each_other_end() -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{own}"><w:name w:val="{own}"/>'
        f'<w:basedOn w:val="{base}"/></w:style>'
        for own, base in (("a", "b"), ("b", "a"))
    )
    body = '<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr><w:r><w:t>Words.</w:t></w:r></w:p>'
    article = read_file("a.docx", word_of(body, styles), date_order=DateOrder.MDY)
    assert texts(article) == ["Words."]


def test_a_pdf_whose_pages_unpack_to_much_is_refused_or_read() -> None:
    stream = zlib.compress(b"BT /F1 9 Tf (aaaaaaaaaaaaaaaaaaaa) Tj ET " * 200_000)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F1"
            b" <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
        ),
        b"<</Filter/FlateDecode/Length %d>>stream\n" % len(stream) + stream + b"\nendstream",
    ]
    body = b"".join(b"%d 0 obj" % n + o + b"endobj\n" for n, o in enumerate(objects, 1))
    content = b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF"
    refuse("a.pdf", content, Limits(text=100_000))


# Sizes


def test_one_line_of_fifty_megabytes_is_refused() -> None:
    line = b"a " * 25_000_000
    for name in ("a.txt", "a.md", "a.html"):
        assert "10 MB" in refuse(name, line)
    assert "50 MB" in refuse("a.pdf", b"%PDF-" + line)


WORDS = "Some words of an article that go on, and on to the end of what is a line of them."
PARAGRAPHS = f"<p>{WORDS}</p>" * 50
MANY_BLOCKS = {
    "a.txt": f"{WORDS}\n\n".encode() * 50,
    "lines.txt": f"{WORDS}\n".encode() * 50,
    "a.md": f"{WORDS}\n\n".encode() * 50,
    "list.md": f"- {WORDS}\n".encode() * 50,
    "a.html": PARAGRAPHS.encode(),
    "a.epub": book({"a.xhtml": PARAGRAPHS}),
    "a.docx": word(*((WORDS, "") for _ in range(50))),
    "a.pdf": pdf(*((WORDS, BODY) for _ in range(50))),
}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<p>a" * 475_000),
        ("a.txt", b"a\n\n" * 1_600_000),
        ("lines.txt", b"a\n" * 2_400_000),
        ("a.md", b"a\n\n" * 1_600_000),
    ],
)
def test_a_file_of_nothing_but_blocks_is_given_up_soon(name: str, content: bytes) -> None:
    assert "more than 20,000 paragraphs" in refuse(name, content)


def test_every_limit_is_named_with_its_value() -> None:
    page = "<p>Some words of an article.</p>" * 100
    small = Limits(text=1_000, elements=1_000, pdf_pages=1)
    for name, content in {
        "a.txt": b"words " * 1_000,
        "a.md": b"words " * 1_000,
        "a.html": page.encode(),
        "a.epub": book({"a.xhtml": page}),
        "a.docx": word(*(("Some words of an article.", "") for _ in range(100))),
        "a.pdf": pdf(("word " * 250, BODY)),
    }.items():
        assert "1,000" in refuse(name, content, small), name
    pages = pdf(*(("word " * 200, BODY) for _ in range(8)))
    assert "more than 1 pages" in refuse("a.pdf", pages, small)
    assert "more than 10 elements" in refuse("a.html", page.encode(), Limits(elements=10))
    pages_of_a_book = {f"{number}.xhtml": page for number in range(9)}
    few = Limits(elements=1_500)  # each page has fewer: what counts is the whole file
    assert "more than 1,500 elements" in refuse("a.epub", book(pages_of_a_book), few)
    for name, content in MANY_BLOCKS.items():
        assert "more than 20 paragraphs" in refuse(name, content, Limits(blocks=20)), name
        article = read_file(name, content, date_order=DateOrder.MDY, limits=Limits(blocks=100))
        assert 20 < len(article.document.blocks) <= 100, name
    assert "0.001 MB" in refuse("a.txt", b"words " * 1_000, Limits(file_bytes=1_000))
    with pytest.raises(Unreadable, match=r"0\.001 MB"):
        unpacked(zipped({"a.txt": "Words."}) * 20, Limits(packed_bytes=1_000))


PAGE = "<p>Some words of an article.</p>" * 100
WEB_ARCHIVE = (
    b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n"
    b"--x\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n"
    + base64.encodebytes(PAGE.encode())
    + b"--x--\n"
)


@pytest.mark.parametrize(
    ("name", "content", "most"),
    [
        ("a.html", PAGE.encode(), 1_000),
        ("a.epub", book({"a.xhtml": PAGE}), 1_000),
        ("a.mhtml", WEB_ARCHIVE, 1_000),
        ("a.docx", WORD, 50_000),  # its styles have 12,000
    ],
)
def test_the_elements_of_all_that_is_in_an_archive_are_counted_together(
    name: str, content: bytes, most: int
) -> None:
    limits = Limits(archive_elements=most)
    (one,) = unpacked(zipped({name: content}), limits)
    assert one.problem == ""
    many = zipped({f"{number}-{name}": content for number in range(9)})
    with pytest.raises(Unreadable, match=f"more than {most:,} elements together"):
        unpacked(many, limits)


def test_the_last_file_of_an_archive_is_counted_too() -> None:
    limits = Limits(archive_elements=150)
    with pytest.raises(Unreadable, match="more than 150 elements together"):
        unpacked(zipped({"a.txt": "Words.", "b.epub": book({"a.xhtml": PAGE})}), limits)


# Paths


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("../../etc/a.txt", "a.txt"),
        ("/etc/a.txt", "a.txt"),
        ("C:\\x\\a.txt", "a.txt"),
        ("a\u202e.txt", "a.txt"),
        ("\x1b[31ma.txt", "[31ma.txt"),
        ("x/" + "n" * 900 + ".txt", None),
    ],
)
def test_names_in_an_archive_are_safe_to_show(path: str, name: str | None) -> None:
    (found,) = unpacked(zipped({path: "Words of an article."}))
    assert found.article is not None
    assert found.content == b"Words of an article."
    assert found.name == name or (name is None and len(found.name) == 200)


def test_a_bad_file_stops_no_other_in_its_archive() -> None:
    content = zipped(
        {
            "a.txt": "Words.",
            "folder/": "",
            "b.exe": b"MZ",
            "c.pdf": b"%PDF-",
            "d.zip": zipped({}),
            "__MACOSX/._a.txt": "x",
            ".DS_Store": "x",
            "e.docx": WORD,
            "f.txt": b"",
            "g.pdf": PDF,
            "h.epub": EPUB,
        }
    )
    found = unpacked(content)
    assert [(one.name, one.article is None, bool(one.problem)) for one in found] == [
        ("a.txt", False, False),
        ("b.exe", True, True),
        ("c.pdf", True, True),
        ("d.zip", True, True),
        ("e.docx", False, False),
        ("f.txt", True, True),
        ("g.pdf", False, False),
        ("h.epub", False, False),
    ]


def test_a_member_with_a_password_stops_no_other() -> None:
    content = bytearray(zipped({"a.txt": "Words.", "b.txt": "More."}))
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    first, second = unpacked(bytes(content))
    assert "password" in first.problem
    assert second.article is not None


# Pages made to be slow


HUGE = {
    "scripts": "<html>" + "<script>if (a < b) { alert('<p>x') }</script>" * 20_000 + "<p>Words",
    "nested": "<html>" + "<div>" * 2_000 + "Words",
    "lists": "<html>" + "<ul><li>a" * 900 + "Words",
    "tables": "<html>" + "<table><tr><td>" * 500 + "Words" + "<p>a" * 20_000,
    "unclosed": "<html>" + "<b><i><a href=https://e.org>Words " * 30_000,
    "notes": "<html><p>Words"
    + "<a href=#n>1</a>" * 20_000
    + "<div id=n>"
    + "<a href=#m>x</a>" * 20_000,
    "attributes": "<html><p " + "a b c d " * 200_000 + ">Words",
    "marks": "<html><p>Words" + "<b>&#x301;</b>" * 30_000,
    "breaks": "<html><p>Words" + "<br>x" * 30_000,
    "spaces": "<html><p>Words" + " " * 1_500_000 + "<p>\u00a0" * 20_000,
    "line": "<html><p>" + "Words " * 400_000,
    "address": "<html><p>Words http://" + "a.b(" * 200_000,
    "spans": "<html><table><tr>" + "<td colspan=999>Words" * 20_000,
}


@pytest.mark.parametrize("name", HUGE)
def test_a_page_made_to_be_slow_is_read_or_refused_in_time(name: str) -> None:
    try:
        article = read_file("a.html", HUGE[name].encode(), date_order=DateOrder.MDY)
    except Unreadable as refused:
        assert str(refused).endswith(".")  # noqa: PT017 either outcome is right
    else:
        assert "ords" in article.document.text
        assert "alert" not in article.document.text


def test_a_page_too_deep_is_refused() -> None:
    assert "too deep" in refuse("a.html", b"<html>" + b"<div>" * 100_000 + b"Words")


def test_a_paste_is_held_to_the_same_limits() -> None:
    for html in ("<p>" * 600_000, "a" * 10_000_001):
        with pytest.raises(Unreadable):
            read_pasted_html(html, date_order=DateOrder.MDY)


def test_a_deep_word_file_is_refused() -> None:
    document = docx.Document()
    document.add_paragraph("Words.")
    with zipfile.ZipFile(io.BytesIO(saved(document))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    deep = b"<w:p>" * 20_000 + b"</w:p>" * 20_000
    part = files["word/document.xml"]
    files["word/document.xml"] = part.replace(b"<w:body>", b"<w:body>" + deep)
    assert "too deep" in refuse("a.docx", zipped(files))
