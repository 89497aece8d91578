"""What is known of an article from where it was found."""

from dataclasses import field
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from app.frozen import frozen
from app.text.file_kinds import EXTENSIONS
from app.text.readers.archives import Elements, display_name

_BY_TYPE = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/epub+zip": ".epub",
    "application/zip": ".zip",
    "multipart/related": ".mhtml",
    "application/x-mimearchive": ".mhtml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}


@frozen
class Surroundings:
    """The name of an article's file, the address that it was fetched from, and its type there.

    `encoding` is what someone said of it, to be taken in place of a guess; `elements` counts those
    of the archive that it lies in.
    """

    name: str = ""
    address: str = ""
    content_type: str = ""
    encoding: str = ""
    elements: Elements = field(default_factory=Elements)


def name_of_address(url: str, content_type: str) -> str:
    """Make a file's name of an address, with the extension that the server says it has."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        path = ""
    name = display_name(path)
    extension = PurePosixPath(name).suffix.lower()
    declared = content_type.partition(";")[0].strip().lower()
    by_type = _BY_TYPE.get(declared)
    if by_type is None and declared == "text/plain":
        by_type = extension if extension in {".md", ".markdown"} else ".txt"
    if by_type is None:
        by_type = extension if extension in EXTENSIONS else ".html"
    return (name.removesuffix(PurePosixPath(name).suffix) or "page") + by_type
