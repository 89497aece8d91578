"""Readers: one file a format, each turning what a person brings into an article."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from app.frozen import frozen
from app.text.dates import DateOrder
from app.text.file_kinds import EXTENSIONS, PACKED, FileKind
from app.text.limits import Limits
from app.text.links import is_web_address
from app.text.normalise import normalise, without_soft_hyphens
from app.text.parsed import ParsedArticle
from app.text.readers.archives import Hostile, display_name, open_archive
from app.text.readers.encodings import decode
from app.text.readers.kinds import kind_of, kind_of_name
from app.text.readers.surroundings import Surroundings, name_of_address
from app.text.unreadable import Unreadable

__all__ = [
    "EXTENSIONS",
    "Limits",
    "Unpacked",
    "Unreadable",
    "read_file",
    "read_page",
    "read_pasted_html",
    "unpack",
]

_DEFAULTS = Limits()
_LITTER = frozenset({"Thumbs.db", "desktop.ini"})


@frozen
class Unpacked:
    """One file of an archive, one chapter of a book, or the file itself.

    `name` is safe to show. `content` are the bytes that it was read from, whose hash tells
    whether it is known; None where they could not be had. `problem` says why there is no article,
    "" where there is one.
    """

    name: str
    content: bytes | None
    article: ParsedArticle | None
    problem: str = ""


def read_file(
    name: str,
    content: bytes,
    *,
    date_order: DateOrder,
    limits: Limits = _DEFAULTS,
    encoding: str = "",
) -> ParsedArticle:
    """Read a file into one article.

    The extension of `name` says how, unless the bytes plainly are of another kind. `date_order`
    is for dates like 4/5/2025, `encoding` the name of the one to take where it would be guessed.
    The document has at least one block.

    Raises: Unreadable (wrong type, empty, no text, damaged, protected, over a limit; its message
    says what to do).
    """
    return _read(Surroundings(name, encoding=encoding), content, date_order, limits)


def unpack(
    name: str,
    content: bytes,
    *,
    date_order: DateOrder,
    limits: Limits = _DEFAULTS,
    by_chapter: bool = False,
    encoding: str = "",
) -> Iterator[Unpacked]:
    """Read every article in a file: each file of a .zip, each chapter of an .epub `by_chapter`.

    Any other file gives exactly one. `encoding` is as in `read_file`. What cannot be read comes
    with its problem and stops nothing.

    Raises: Unreadable (the archive or book as a whole: damaged, or over a limit).
    """
    limits.check_file(content, is_packed=True)
    try:
        kind = kind_of(name, content)
    except Unreadable as error:
        yield Unpacked(display_name(name), content, None, str(error))
        return
    if kind is FileKind.ZIP:
        yield from _members(content, date_order, limits, encoding)
    elif kind is FileKind.EPUB and by_chapter:
        from app.text.readers.epub import read_chapters  # noqa: PLC0415 loaded when needed

        for page, chapter, read in read_chapters(content, date_order, limits):
            yield _tried(page, chapter, read, limits)
    else:
        read = partial(
            read_file, name, content, date_order=date_order, limits=limits, encoding=encoding
        )
        yield _tried(name, content, read, limits)


def read_pasted_html(
    html: str, *, date_order: DateOrder, limits: Limits = _DEFAULTS
) -> ParsedArticle:
    """Read a body that was pasted from a browser: all of it is the article.

    Raises: Unreadable (no text, too many elements, over a limit).
    """
    from app.text.readers.html import read_fragment  # noqa: PLC0415 loaded when needed

    limits.check_file(html.encode(errors="replace"), is_packed=False)
    return _whole(read_fragment(html, date_order, limits), limits)


def read_page(
    content: bytes,
    *,
    url: str,
    content_type: str,
    date_order: DateOrder,
    limits: Limits = _DEFAULTS,
    encoding: str = "",
    name: str = "",
) -> ParsedArticle:
    """Read what was fetched from an address: a web page, or a file of any kind.

    `name` is what `name_of_address` made of both, where the type is not known any more. The
    source address is the page's canonical link, else `url`; relative links are made absolute.

    Raises: Unreadable, as `read_file`.
    """
    name = name or name_of_address(url, content_type)
    around = Surroundings(name, url, content_type, encoding)
    article = _read(around, content, date_order, limits)
    if article.source_url or not is_web_address(url):
        return article
    return replace(article, source_url=url, origins={**article.origins, "source_url": "address"})


def _read(around: Surroundings, content: bytes, order: DateOrder, limits: Limits) -> ParsedArticle:
    limits.check_file(content, is_packed=kind_of_name(around.name) in PACKED)
    kind = kind_of(around.name, content)
    limits.check_file(content, is_packed=kind in PACKED)
    return _whole(_read_as(kind, around, content, order, limits), limits)


def _read_as(
    kind: FileKind, around: Surroundings, content: bytes, order: DateOrder, limits: Limits
) -> ParsedArticle:
    if not content:
        message = "The file is empty. Choose a file that holds the text of an article."
        raise Unreadable(message)
    if kind in {FileKind.MARKDOWN, FileKind.TEXT}:
        return _read_text(kind, around, content, order, limits)
    if kind is FileKind.HTML:
        from app.text.readers.html import read_saved  # noqa: PLC0415 loaded when needed

        return read_saved(content, around, order, limits)
    if kind is FileKind.WORD:
        from app.text.readers.docx import read_word  # noqa: PLC0415 loaded when needed

        return read_word(around, content, order, limits)
    if kind is FileKind.PDF:
        from app.text.readers.pdf import read_pdf  # noqa: PLC0415 loaded when needed

        return read_pdf(around.name, content, order, limits)
    if kind is FileKind.EPUB:
        from app.text.readers.epub import read_book  # noqa: PLC0415 loaded when needed

        return read_book(around, content, order, limits)
    if kind is FileKind.MHTML:
        from app.text.readers.web_archive import read_web_archive  # noqa: PLC0415 loaded when needed

        return read_web_archive(around, content, order, limits)
    message = "The file is an archive of several files. Upload it where archives are taken."
    raise Unreadable(message)


def _read_text(
    kind: FileKind, around: Surroundings, content: bytes, order: DateOrder, limits: Limits
) -> ParsedArticle:
    written, guess = decode(content, encoding=around.encoding)
    text = without_soft_hyphens(normalise(written))
    limits.check_text(len(text))
    if kind is FileKind.TEXT:
        from app.text.readers.plain import read_plain  # noqa: PLC0415 loaded when needed

        return replace(read_plain(around.name, text, order, limits), encoding=guess)
    from app.text.readers.markdown import read_markdown  # noqa: PLC0415 loaded when needed

    return replace(read_markdown(around.name, text, order, limits), encoding=guess)


def _members(content: bytes, order: DateOrder, limits: Limits, encoding: str) -> Iterator[Unpacked]:
    with open_archive(content, limits) as archive:
        for member in archive.members:
            if _is_litter(member.filename):
                continue
            name = display_name(archive.name_of(member))
            try:
                inner = archive.unpack(member)
            except Hostile:
                raise
            except Unreadable as error:
                yield Unpacked(name, None, None, str(error))
                continue
            around = Surroundings(name, encoding=encoding, elements=archive.elements)
            found = _tried(name, inner, partial(_read, around, inner, order, limits), limits)
            archive.elements.check(limits)  # those of a book or a Word file in it are found now
            yield found


def _tried(
    name: str, content: bytes, read: Callable[[], ParsedArticle], limits: Limits
) -> Unpacked:
    try:
        article = _whole(read(), limits)
    except Unreadable as error:
        return Unpacked(display_name(name), content, None, str(error))
    return Unpacked(display_name(name), content, article)


def _is_litter(path: str) -> bool:
    """Tell what systems put into archives beside what was meant: hidden files, thumbnails."""
    parts = path.replace("\\", "/").split("/")
    is_hidden = any(part.startswith(".") and part.strip(".") for part in parts)
    return is_hidden or "__MACOSX" in parts or parts[-1] in _LITTER


def _whole(article: ParsedArticle, limits: Limits) -> ParsedArticle:
    if not article.document.blocks:
        message = "The file holds no text to read. Choose one with the words of an article in it."
        raise Unreadable(message)
    limits.check_text(len(article.document.text))
    limits.check_blocks(len(article.document.blocks))
    return article
