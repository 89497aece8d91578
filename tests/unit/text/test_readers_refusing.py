"""Files that are of no kind, broken, protected or too large: refused in a sentence, and quickly."""

import base64
import io

import pytest
from reportlab.pdfgen.canvas import Canvas

from app.text.dates import DateOrder
from app.text.readers import Limits, Unreadable, read_file, read_pasted_html
from tests.harness.files import BODY, book, pdf, word, zipped
from tests.harness.refused_files import EPUB, PDF, WORD, refuse, unpacked
from tests.harness.shared import shared_case
from tests.harness.texts import check_laws, texts

pytestmark = pytest.mark.usefixtures("quick_and_traceless")


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


def test_a_paste_is_held_to_the_same_limits() -> None:
    for html in ("<p>" * 600_000, "a" * 10_000_001):
        with pytest.raises(Unreadable):
            read_pasted_html(html, date_order=DateOrder.MDY)
