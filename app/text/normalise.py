"""Bytes to text, and text to the one form in which offsets are counted."""

import codecs
import re
import unicodedata

from app.text.unreadable import Unreadable

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SIGNATURES = {
    b"%PDF-": "a PDF",
    b"{\\rtf": "an RTF file",
    b"PK\x03\x04": "a Word, EPUB or ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Word file",
}
_TEXT_CONTROLS = b"\t\n\v\f\r\x1a"
_MAX_CONTROL_SHARE = 0.01

_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LONGEST_MARK_RUN = 30


def decode(content: bytes) -> str:
    """Decode a file: UTF-8, UTF-16 where a byte order mark says so, else Windows-1252.

    Raises: Unreadable (the file is empty, or is no text).
    """
    if not content:
        message = "The file is empty. Choose a file that holds the text of an article."
        raise Unreadable(message)
    for signature, name in _SIGNATURES.items():
        if content.startswith(signature):
            message = f"The file is {name}, not plain text. Save it as plain text (UTF-8) first."
            raise Unreadable(message)
    if content.startswith(_UTF16_MARKS):
        return _decode_utf16(content)
    if b"\0" in content:
        raise _no_text()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode_windows(content)


def normalise(text: str) -> str:
    r"""Put a text into the form that is kept: `\n` for every line break, no controls, NFC.

    Tabs stay. Lone surrogates, which no file and no database could hold, become U+FFFD. A second
    pass changes nothing.
    """
    text = _LINE_BREAKS.sub("\n", text.removeprefix("\ufeff"))
    text = _CONTROLS.sub("", text)
    return _compose(_SURROGATES.sub("\ufffd", text))


def _decode_utf16(content: bytes) -> str:
    try:
        text = content.decode("utf-16")
    except UnicodeDecodeError as error:
        raise _no_text() from error
    if "\0" in text:
        raise _no_text()
    return text


def _decode_windows(content: bytes) -> str:
    controls = sum(content.count(byte) for byte in range(0x20) if byte not in _TEXT_CONTROLS)
    if controls > len(content) * _MAX_CONTROL_SHARE:
        raise _no_text()
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _no_text() from error


def _no_text() -> Unreadable:
    return Unreadable("The file is not plain text. Save the article as plain text (UTF-8) first.")


def _compose(text: str) -> str:
    """NFC, but for runs of more combining marks than any script writes.

    Sorting such a run takes time by the square of its length: a small file could stop the server.
    The limit is that of the Stream-Safe Text Format (UAX 15, section 13).
    """
    marks = "".join(sorted(c for c in set(text) if unicodedata.combining(c)))
    if not marks:
        return unicodedata.normalize("NFC", text)
    long_run = re.compile(f"([{re.escape(marks)}]{{{_LONGEST_MARK_RUN + 1},}})")
    parts = long_run.split(text)  # every second part is a long run
    parts[::2] = [unicodedata.normalize("NFC", part) for part in parts[::2]]
    return "".join(parts)
