"""The reader of books (`.epub`): all chapters as one article, or each as one."""

import html
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from app.frozen import frozen
from app.text.dates import DateOrder
from app.text.limits import Limits
from app.text.normalise import normalise
from app.text.parsed import ParsedArticle
from app.text.readers.archives import Archive, Hostile, open_archive
from app.text.readers.encodings import decode_html
from app.text.readers.facts import Facts, stated
from app.text.readers.html import article_of
from app.text.readers.html_blocks import read_blocks
from app.text.readers.markup import Element, check_elements, parse_html, parse_xml
from app.text.readers.surroundings import Surroundings
from app.text.readers.titles import facts_of_name
from app.text.unreadable import Unreadable

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONTS_ONLY = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_PAGE_TYPES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30};)")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?[^>]*>", re.IGNORECASE)
_EVENTS = {"publication": 0, "original-publication": 0, "creation": 2, "modification": 3}
_PART_OF_DATE = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2}))?(?P<rest>-.*)?")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


@frozen
class _Book:
    archive: Archive
    pages: tuple[str, ...]  # names of members, in reading order
    facts: Facts


Chapter = tuple[str, bytes, Callable[[], ParsedArticle]]


def read_book(
    around: Surroundings, content: bytes, order: DateOrder, limits: Limits
) -> ParsedArticle:
    """Read a book as one article; the document may be without blocks.

    Raises: Unreadable (damaged, protected, or over a limit).
    """
    with open_archive(content, limits, around.elements) as archive:
        book = _open(archive, order, limits)
        whole = Element("body")
        tags = 0
        for page in book.pages:
            content = archive.read(page)
            tags += content.count(b"<")
            check_elements(tags, limits)
            whole.children.append(_body(page, content, limits))
    pieces = read_blocks(whole, limits)
    return article_of(pieces, [book.facts], [facts_of_name(around.name)], order)


def read_chapters(content: bytes, order: DateOrder, limits: Limits) -> Iterator[Chapter]:
    """Yield each chapter: its file's name, its bytes, and what reads it into an article.

    A chapter's title is its own; who wrote it, where and when are the book's.

    Raises: Unreadable (the book is damaged, protected, or over a limit).
    """
    with open_archive(content, limits) as archive:
        book = _open(archive, order, limits)
        for page in book.pages:
            try:
                chapter = archive.read(page)
            except Hostile:
                raise
            except Unreadable as error:
                yield page, b"", _raising(error)
                continue
            yield page, chapter, _reading(page, chapter, book.facts, order, limits)


def _reading(
    page: str, chapter: bytes, facts: Facts, order: DateOrder, limits: Limits
) -> Callable[[], ParsedArticle]:
    def read() -> ParsedArticle:
        pieces = read_blocks(_body(page, chapter, limits), limits)
        own = Facts(
            facts.origin,
            author=facts.author,
            publication=facts.title or facts.publication,
            published_on=facts.published_on,
            source_url=facts.source_url,
            language=facts.language,
            guessed=facts.guessed & {"published_on"},
        )
        return article_of(pieces, [own], [facts_of_name(posixpath.basename(page))], order)

    return read


def _raising(error: Unreadable) -> Callable[[], ParsedArticle]:
    def read() -> ParsedArticle:
        raise error

    return read


def _open(archive: Archive, order: DateOrder, limits: Limits) -> _Book:
    """Read what a book says of itself, and the order of its pages."""
    _refuse_protected(archive, limits)
    container = parse_xml(archive.read(_CONTAINER), limits)
    root = container.find("rootfile")
    package_name = root.get("full-path") if root else ""
    package = parse_xml(archive.read(package_name), limits)
    folder = posixpath.dirname(package_name)
    items = {item.get("id"): item for item in package.find_all("item")}
    pages = []
    for reference in package.find_all("itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGE_TYPES:
            continue
        if "nav" in item.get("properties").split():
            continue
        pages.append(_member(folder, item.get("href")))
    if not pages:
        message = "The file is broken: it names no chapters. Make the .epub again, or save as .txt."
        raise Unreadable(message)
    return _Book(archive, tuple(dict.fromkeys(pages)), _metadata(package, order))


def _refuse_protected(archive: Archive, limits: Limits) -> None:
    if not archive.has(_ENCRYPTION):
        return
    methods = parse_xml(archive.read(_ENCRYPTION), limits).find_all("encryptionmethod")
    if any(method.get("algorithm") not in _FONTS_ONLY for method in methods):
        message = "The book is protected against copying. Bring one without protection."
        raise Unreadable(message)


def _member(folder: str, href: str) -> str:
    """Return the name in the archive that a page's reference means; it never leads elsewhere."""
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


def _metadata(package: Element, order: DateOrder) -> Facts:
    metadata = package.find("metadata") or Element("metadata")
    written: dict[str, str] = {}
    dates = sorted(
        (element for element in metadata.elements if element.tag == "date"),
        key=lambda date: _EVENTS.get(date.get("event").lower(), 1),
    )
    for element in [*dates, *metadata.elements]:
        text = " ".join(element.text().split())
        if element.tag == "creator" and text and "creator" in written:
            written["creator"] += f", {text}"
        elif text:
            written.setdefault(element.tag, text)
    day, is_guess = _whole_day(written.get("date", ""))
    facts = stated(
        "document properties",
        {
            "title": written.get("title", ""),
            "author": written.get("creator", ""),
            "publication": written.get("publisher", ""),
            "published_on": day,
            "source_url": written.get("source", ""),
            "language": written.get("language", ""),
        },
        order,
    )
    return replace(facts, guessed=facts.guessed | {"published_on"}) if is_guess else facts


def _whole_day(written: str) -> tuple[str, bool]:
    """Complete a date without its day, which is a guess then."""
    match = _PART_OF_DATE.fullmatch(written)
    if match is None or match["rest"]:
        return written, False
    return f"{match['year']}-{match['month'] or '01'}-01", True


def _body(name: str, content: bytes, limits: Limits) -> Element:
    """Parse a page, as strict XML where it is that; links to notes in it are made its own."""
    text = normalise(decode_html(content).text)
    strict = _DOCTYPE.sub("", _XML_DECLARATION.sub("", text, count=1), count=1)
    strict = _ENTITY.sub(lambda match: html.unescape(match[0]), strict)
    try:
        page = parse_xml(strict.encode(), limits)
    except Unreadable:
        page = parse_html(text, limits)
    body = page.find("body") or page
    _name_places(body, name)
    return Element("div", {}, [body])


def _name_places(body: Element, page: str) -> None:
    """Make names unique in the book, so that a mark finds its note in another page."""
    folder = posixpath.dirname(page)
    for element in body.walk():
        for attribute in ("id", "name"):
            if element.get(attribute):
                element.attributes[attribute] = f"{page}:{element.get(attribute)}"
        href = element.get("href")
        if element.tag == "a" and "#" in href and "://" not in href:
            path, _, place = href.partition("#")
            aim = _member(folder, path) if path else page
            element.attributes["href"] = f"#{aim}:{unquote(place)}"
