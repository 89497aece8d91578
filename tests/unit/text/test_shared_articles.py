"""Ten articles of a real site, each as a web page and as plain text."""

import re
from itertools import pairwise
from pathlib import Path

import html5lib
import pytest

from app.text.dates import DateOrder
from app.text.document import BlockKind, InlineKind
from app.text.parsed import ParsedArticle
from app.text.readers import read_file
from tests.harness.server import ROOT
from tests.harness.texts import check_laws, inlines, of_kind, texts

FOLDER = ROOT.parent / "shared" / "data" / "articles"
PAGES = sorted(FOLDER.glob("*.html"))
pytestmark = pytest.mark.skipif(not PAGES, reason="the shared articles are not beside the checkout")


def read(path: Path) -> ParsedArticle:
    return read_file(path.name, path.read_bytes(), date_order=DateOrder.MDY)


def words(text: str) -> str:
    """Return a text as one line, without what plain text writes for structure."""
    text = re.sub(r"^\s*(?:[-+*]|\d+[.)])\s+", " ", text, flags=re.MULTILINE)
    text = re.sub(r"[*_`#>|\\]", "", text)
    return " ".join(text.split())


def elements(path: Path, *tags: str) -> list[str]:
    """Return the words of a page's outermost elements, as another parser finds them."""
    page = html5lib.parse(path.read_text(encoding="utf-8"), namespaceHTMLElements=False)
    inner = {below for e in page.iter() if e.tag in tags for below in e.iter() if below is not e}
    found = [element for element in page.iter() if element.tag in tags and element not in inner]
    return [" ".join("".join(element.itertext()).split()) for element in found]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem[:30])
def test_every_heading_stands_in_its_place(path: Path) -> None:
    article = read(path)
    check_laws(article)
    expected = elements(path, "h1", "h2", "h3", "h4", "h5", "h6")
    assert [" ".join(text.split()) for text in of_kind(article, BlockKind.HEADING)] == expected
    assert article.title == expected[0]
    assert article.origins["title"] == "heading"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem[:30])
def test_every_list_item_and_quotation_stands_in_its_place(path: Path) -> None:
    article = read(path)
    for kind, tag in ((BlockKind.LIST_ITEM, "li"), (BlockKind.QUOTATION, "blockquote")):
        found = words(" ".join(of_kind(article, kind)))
        assert found == words(" ".join(elements(path, tag))), kind


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem[:30])
def test_every_hyperlink_stands_in_its_place(path: Path) -> None:
    page = html5lib.parse(path.read_text(encoding="utf-8"), namespaceHTMLElements=False)
    expected = [
        (" ".join("".join(link.itertext()).split()), link.get("href"))
        for link in page.iter("a")
        if link.get("href")
    ]
    found = inlines(read(path), InlineKind.HYPERLINK)
    assert [pair for pair in found if pair in expected] == expected
    # What is more are addresses that are written out.
    assert all(text in target for text, target in found if (text, target) not in expected)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem[:30])
def test_the_text_file_has_the_same_paragraphs_in_the_same_order(path: Path) -> None:
    page, plain = read(path), read(path.with_suffix(".txt"))
    check_laws(plain)
    written = words(plain.document.text)
    place, missing = 0, []
    for block in texts(page):
        found = written.find(words(block), place)
        if found < 0:
            missing.append(block)
        else:
            place = found + len(words(block))
    assert not [text for text in missing if not is_left_out(text, page)], path.name


def is_left_out(text: str, page: ParsedArticle) -> bool:
    """Tell what the text files do not have: the title, images, and the line of who and when."""
    return text.startswith("[Image") or text in {page.title, "eric \u00b7 None"}


def test_the_line_under_the_title_gives_names_and_date() -> None:
    article = read(FOLDER / "2018-07-12-the-case-for-open-source-software.html")
    assert (article.author, str(article.published_on)) == ("ian-lee", "2018-07-12")
    assert article.guessed == {"author"}
    assert article.origins["author"] == article.origins["published_on"] == "byline"
    assert "ian-lee" not in article.document.text


def test_blocks_of_every_page_are_in_order() -> None:
    for path in PAGES:
        blocks = read(path).document.blocks
        assert all(first.end < second.start for first, second in pairwise(blocks))
