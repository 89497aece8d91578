"""Readers: one file a format, each turning a file's text into an article."""

from collections.abc import Callable
from pathlib import PurePosixPath

from app.text.dates import DateOrder
from app.text.normalise import decode, normalise
from app.text.parsed import ParsedArticle
from app.text.readers.markdown import read_markdown
from app.text.readers.plain import read_plain
from app.text.unreadable import Unreadable

__all__ = ["EXTENSIONS", "MAX_FILE_BYTES", "MAX_TEXT", "Unreadable", "read_file"]

MAX_FILE_BYTES = 10_000_000
MAX_TEXT = 5_000_000

_READERS: dict[str, Callable[[str, str, DateOrder], ParsedArticle]] = {
    ".md": read_markdown,
    ".txt": read_plain,
}
EXTENSIONS = frozenset(_READERS)


def read_file(name: str, content: bytes, *, date_order: DateOrder) -> ParsedArticle:
    """Read a file into an article; the extension of `name` says which reader.

    At most MAX_FILE_BYTES bytes and, decoded, MAX_TEXT code points. `date_order` is for dates
    like 4/5/2025. The document has at least one block.

    Raises: Unreadable (wrong type, empty, no text, too large; its message says what to do).
    """
    extension = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    reader = _READERS.get(extension)
    if reader is None:
        types = " or ".join(sorted(EXTENSIONS))
        message = f"Only {types} files can be read. Save the article as one of these."
        raise Unreadable(message)
    if len(content) > MAX_FILE_BYTES:
        message = (
            f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB, the most that can be read. "
            "Split the article into several files."
        )
        raise Unreadable(message)
    text = normalise(decode(content))
    if len(text) > MAX_TEXT:
        message = (
            f"The text is longer than {MAX_TEXT:,} characters, the most that can be read. "
            "Split the article into several files."
        )
        raise Unreadable(message)
    article = reader(name, text, date_order)
    if not article.document.blocks:
        message = "The file holds no text to read. Choose one with the words of an article in it."
        raise Unreadable(message)
    return article
