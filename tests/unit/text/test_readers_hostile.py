"""Files made to do harm: refused in a sentence or read as what they are, and quickly."""

import contextlib
import io
import zipfile
import zlib

import docx
import pytest

from app.text.dates import DateOrder
from app.text.readers import Limits, Unreadable, read_file
from tests.harness.files import saved, zipped
from tests.harness.refused_files import refuse, unpacked
from tests.harness.texts import texts

pytestmark = pytest.mark.usefixtures("quick_and_traceless")


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


def test_ten_thousand_files_are_refused() -> None:
    with pytest.raises(Unreadable, match="more than 1,000 files"):
        unpacked(zipped({f"{n}.txt": "Words." for n in range(10_000)}))


# Entities


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


# Elements in elements


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


def test_a_deep_word_file_is_refused() -> None:
    document = docx.Document()
    document.add_paragraph("Words.")
    with zipfile.ZipFile(io.BytesIO(saved(document))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    deep = b"<w:p>" * 20_000 + b"</w:p>" * 20_000
    part = files["word/document.xml"]
    files["word/document.xml"] = part.replace(b"<w:body>", b"<w:body>" + deep)
    assert "too deep" in refuse("a.docx", zipped(files))


def test_a_page_too_deep_is_refused() -> None:
    assert "too deep" in refuse("a.html", b"<html>" + b"<div>" * 100_000 + b"Words")


# Parts of a web archive


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
