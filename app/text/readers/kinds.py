"""Which kind of file a name and its bytes make it: the bytes decide where they are plain."""

import re
from pathlib import PurePosixPath

from app.text.file_kinds import BY_EXTENSION, OPEN_DOCUMENT, PACKED, REFUSED, RICH_TEXT, FileKind
from app.text.readers.archives import names_in
from app.text.unreadable import Unreadable

_ZIP = b"PK\x03\x04"
_PDF = b"%PDF-"
_RTF = b"{\\rtf"
_ODT = b"application/vnd.oasis.opendocument."
_ODT_WITHIN = 100
_MIME = re.compile(
    rb"(?:[A-Za-z-]{1,40}:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){0,30}?"
    rb"content-type:\s*multipart/related\b",
    re.IGNORECASE,
)
_PDF_WITHIN = 1_024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)


def kind_of(name: str, content: bytes) -> FileKind:
    """Tell a file's kind.

    Raises: Unreadable (no kind that can be read, or the name and the bytes disagree).
    """
    named = kind_of_name(name)
    if refused := _refused(name, content):
        message = (
            f"The file is {refused}, which Gloss does not read. Save it as .docx, and try that."
        )
        raise Unreadable(message)
    found = _kind_of_bytes(content)
    if found is not None:
        return found
    if content.startswith(_OLE):
        raise Unreadable(_old_word(content))
    if named is None:
        types = ", ".join(kind.value for kind in FileKind)
        message = f"Only {types} files can be read. Save the article as one of these."
        raise Unreadable(message)
    if named in PACKED and content:
        message = (
            f"The file is called {named.value} but is not one, or it is damaged. "
            f"Save the article as {named.value} again, or as plain text."
        )
        raise Unreadable(message)
    return named


def kind_of_name(name: str) -> FileKind | None:
    """Tell the kind that a file's name claims, None for one that cannot be read."""
    return BY_EXTENSION.get(_extension(name))


def _extension(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def _refused(name: str, content: bytes) -> str:
    """Return what a file is that is of a known kind, and none that can be read."""
    if content.startswith(_RTF):
        return RICH_TEXT
    if content.startswith(_ZIP) and _ODT in content[:_ODT_WITHIN]:
        return OPEN_DOCUMENT
    is_other = content.startswith(_OLE) or _kind_of_bytes(content) not in {None, FileKind.ZIP}
    return "" if is_other else REFUSED.get(_extension(name), "")


def _kind_of_bytes(content: bytes) -> FileKind | None:
    if _PDF in content[:_PDF_WITHIN] and not content.startswith(_ZIP):
        return FileKind.PDF
    if content.startswith(_ZIP):
        names = names_in(content)
        if "word/document.xml" in names or "[Content_Types].xml" in names:
            return FileKind.WORD
        is_book = "META-INF/container.xml" in names
        return FileKind.EPUB if is_book else FileKind.ZIP
    if _MIME.match(content[: _PDF_WITHIN * 4]):
        return FileKind.MHTML
    if _PAGE.match(content[: _PDF_WITHIN * 4]):
        return FileKind.HTML
    return None


def _old_word(content: bytes) -> str:
    if _ENCRYPTED in content:
        return "The file is protected by a password. Save it without one, and try that."
    return "The file is an old Word file. Open it and save it as .docx, then try that."
