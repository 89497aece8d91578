"""The reader of Word files (`.docx`), and the one door to mammoth."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import mammoth

from app.text.dates import DateOrder
from app.text.limits import Limits
from app.text.normalise import normalise
from app.text.parsed import ParsedArticle
from app.text.readers.archives import Archive, Elements, open_archive
from app.text.readers.docx_parts import rewrite_parts
from app.text.readers.docx_styles import QUOTATION
from app.text.readers.facts import Facts
from app.text.readers.html import article_of
from app.text.readers.html_blocks import read_blocks
from app.text.readers.markup import check_elements, parse_html, parse_xml
from app.text.readers.properties import read_creation_date, read_properties
from app.text.readers.surroundings import Surroundings
from app.text.readers.titles import facts_of_name, title_of_head
from app.text.unreadable import Unreadable

_STYLES = f"""
p.{QUOTATION} => blockquote > p:fresh
p[style-name='Title'] => h1:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Block Text'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
p[style-name='Caption'] => figcaption:fresh
p[style-name='HTML Preformatted'] => pre:separator('\\n')
p[style-name='Preformatted Text'] => pre:separator('\\n')
p[style-name='macro'] => pre:separator('\\n')
"""
# Word has styles for lists in lists, beside lists that say themselves how deep they are.
_STYLES += "".join(
    f"p[style-name='List {kind} {depth}'] => {'ul|ol > li > ' * (depth - 1)}{tag} > li:fresh\n"
    for kind, tag in (("Bullet", "ul"), ("Number", "ol"))
    for depth in range(2, 6)
)
_LOST_SIGN = "A character of a symbol font was left out. Compare the text with the file."
_DOCUMENT = "word/document.xml"
_PROPERTIES = "docProps/core.xml"
_DECLARATIONS = re.compile(
    b"|".join(rb"\0?".join(b"%c" % c for c in word) for word in (b"<!DOCTYPE", b"<!ENTITY"))
)  # in UTF-16 too


def read_word(
    around: Surroundings, content: bytes, order: DateOrder, limits: Limits
) -> ParsedArticle:
    """Read a Word file: its text with footnotes, and what its properties say of it.

    What was deleted with changes tracked, what Word hides, and comments are left out. What the
    text says of itself goes before its properties. The document may be without blocks.

    Raises: Unreadable (damaged, protected, or over a limit).
    """
    with open_archive(content, limits) as archive:
        if not archive.has(_DOCUMENT):
            message = "The file is not a Word document, or a damaged one. Save it as .docx again."
            raise Unreadable(message)
        parts = dict(_parts(archive, around.elements, limits))
    properties = _properties(parts.get(_PROPERTIES), order, limits)
    rewritten, unread = rewrite_parts(parts)
    html, problems = _html_of(rewritten)
    pieces = read_blocks(parse_html(normalise(html), limits), limits) if html else []
    heads = [Facts("heading", title=title_of_head(pieces))]
    article = article_of(pieces, heads, [*properties, facts_of_name(around.name)], order)
    return replace(article, unread=(*unread, *problems))


def _parts(archive: Archive, elements: Elements, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Yield the parts that are XML, checked: the program that reads them trusts them."""
    count = 0
    for member in archive.members:
        if not member.filename.endswith((".xml", ".rels")):
            continue
        part = archive.unpack(member)
        if _DECLARATIONS.search(part):
            message = "The file declares entities, which no Word file does. Save it as .docx again."
            raise Unreadable(message)
        inside = part.count(b"<") // 2  # most of them begin and end
        count += inside
        check_elements(count, limits)
        elements.add(inside, limits)
        yield member.filename, part


def _html_of(parts: dict[str, bytes]) -> tuple[str, list[str]]:
    """Convert the parts of a Word file to HTML; return it, and what could not be read."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    packed.seek(0)
    try:
        result = mammoth.convert_to_html(
            packed,
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(lambda _image: {}),
            ignore_empty_paragraphs=True,
        )
    except Exception as error:
        message = "The file is damaged and cannot be read. Open it in Word and save it again."
        raise Unreadable(message) from error
    is_sign_lost = any(message.message.startswith("A w:sym") for message in result.messages)
    return str(result.value), [_LOST_SIGN] if is_sign_lost else []


def _properties(part: bytes | None, order: DateOrder, limits: Limits) -> list[Facts]:
    """Return what a file's properties say, and the day on which it was made."""
    try:
        root = parse_xml(part or b"", limits)
    except Unreadable:
        return []
    written = {element.tag: element.text().strip() for element in root.elements}
    stated = read_properties(
        order,
        title=written.get("title", ""),
        author=written.get("creator", ""),
        language=written.get("language", ""),
    )
    return [stated, read_creation_date(order, written.get("created", ""))]
