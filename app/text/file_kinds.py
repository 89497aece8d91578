"""The kinds of files that can be read, and those that are refused, by their extensions."""

from enum import StrEnum


class FileKind(StrEnum):
    """A kind of file that can be read, by its usual extension."""

    TEXT = ".txt"
    MARKDOWN = ".md"
    HTML = ".html"
    WORD = ".docx"
    PDF = ".pdf"
    EPUB = ".epub"
    MHTML = ".mhtml"
    ZIP = ".zip"


BY_EXTENSION = {kind.value: kind for kind in FileKind} | {
    ".htm": FileKind.HTML,
    ".xhtml": FileKind.HTML,
    ".markdown": FileKind.MARKDOWN,
    ".mht": FileKind.MHTML,
}
EXTENSIONS = frozenset(BY_EXTENSION)
PACKED = frozenset({FileKind.WORD, FileKind.PDF, FileKind.EPUB, FileKind.MHTML, FileKind.ZIP})
OPEN_DOCUMENT = "an OpenDocument text"
RICH_TEXT = "an RTF file"
# Files of articles that are refused by name, with what to do about it.
REFUSED = {
    ".odt": OPEN_DOCUMENT,
    ".fodt": OPEN_DOCUMENT,
    ".rtf": RICH_TEXT,
    ".doc": "an old Word file",
    ".pages": "a Pages file",
}
