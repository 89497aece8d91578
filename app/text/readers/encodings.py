"""The bytes of a text or a web page to text: as they say themselves, or by a guess."""

import codecs
import re
from typing import NamedTuple

from app.text.parsed import EncodingGuess
from app.text.readers.encoding_names import codec_of, name_of
from app.text.readers.guessing import guess_encoding, guess_order
from app.text.unreadable import Unreadable

_SIGNATURES = {
    b"%PDF-": "a PDF",
    b"{\\rtf": "an RTF file",
    b"PK\x03\x04": "a Word, EPUB or ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Word file",
}
_TEXT_CONTROLS = b"\t\n\v\f\r\x1a"
_MAX_CONTROL_SHARE = 0.01
_HEAD = 4_096
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([a-z0-9_:.-]+)", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml[^>]+encoding\s*=\s*[\"']([a-z0-9_:.-]+)", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([a-z0-9_:.-]+)", re.IGNORECASE)
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKS = (codecs.BOM_UTF8, *_UTF16_MARKS)
_MAX_LOST_SHARE = 0.01
_LOST = "\ufffd"
_WELL_FORMED = re.compile("[^\x00-\x7f\ufffd]")
_MIN_WELL_FORMED = 4  # a text in another encoding has no more letters that look like UTF-8
_WELL_FORMED_TO_LOST = 10
_UTF8_CONFIDENCE = 90
_UTF16_CONFIDENCE = 95


class Decoded(NamedTuple):
    """A text, and what was guessed of its encoding: None where that is certain."""

    text: str
    guess: EncodingGuess | None = None


def decode(content: bytes, *, encoding: str = "") -> Decoded:
    """Decode a file: UTF-8, UTF-16 where a byte order mark says so, else by a guess.

    `encoding` is the name of the one to take where a guess would be made.

    Raises: Unreadable (the file is empty, is no text, or is not in `encoding`).
    """
    if not content:
        message = "The file is empty. Choose a file that holds the text of an article."
        raise Unreadable(message)
    for signature, name in _SIGNATURES.items():
        if content.startswith(signature):
            message = f"The file is {name}, not plain text. Save it as plain text (UTF-8) first."
            raise Unreadable(message)
    if content.startswith(_UTF16_MARKS):
        return Decoded(_strict(content, "utf-16"))
    if b"\0" not in content:
        try:
            return Decoded(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            pass
    return _decode_as(content, encoding) if encoding else _guessed(content)


def decode_html(content: bytes, *, content_type: str = "", encoding: str = "") -> Decoded:
    """Decode a page: by its byte order mark, `content_type`, its own word, else as plain text.

    Bytes that are none of a declared encoding become U+FFFD, where they are few; else the
    declaration is wrong, and so is one of a page that is UTF-8 throughout. `encoding` is as in
    `decode`.

    Raises: Unreadable (empty, no text, or not in `encoding`).
    """
    codec = "" if content.startswith(_MARKS) else _declared(content, content_type)
    if codec and b"\0" not in content and not _is_utf8(content):
        text = content.decode(codec, errors="replace")
        if text.count(_LOST) <= len(text) * _MAX_LOST_SHARE:
            return Decoded(text)
    try:
        return decode(content, encoding=encoding)
    except Unreadable:
        if not content.startswith(_MARKS) and 0 < content.count(b"\0") <= len(content) * 0.01:
            # A page with a few stray NULs is one that browsers show.
            return Decoded(content.replace(b"\0", b"").decode("utf-8", errors="replace"))
        raise


def _declared(content: bytes, content_type: str) -> str:
    """Return the codec that is declared for a page, "" for none or one that is not known."""
    names = [match[1] for match in [_HEADER.search(content_type)] if match]
    head = content[:_HEAD]
    names += [match[1].decode() for match in (_XML.match(head), _META.search(head)) if match]
    codecs_named = (codec_of(name) for name in names)
    # Who could read a declaration of UTF-16 byte by byte has read no UTF-16.
    return next((codec for codec in codecs_named if codec and "16" not in codec[:6]), "")


def _is_utf8(content: bytes) -> bool:
    """Tell whether bytes are UTF-8 and more than a few of their letters say so."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return len(text) + _MIN_WELL_FORMED <= len(content) and not text.isascii()


def _decode_as(content: bytes, encoding: str) -> Decoded:
    """Decode as someone says. It is kept as a guess, so that they can say otherwise."""
    codec = codec_of(encoding)
    if not codec:
        message = "There is no such encoding. Choose another."
        raise Unreadable(message)
    return Decoded(_strict(content, codec), EncodingGuess(name_of(codec), 100))


def _guessed(content: bytes) -> Decoded:
    if b"\0" in content:
        codec = guess_order(content)
        if not codec:
            raise _no_text()
        try:
            text = _strict(content, codec)
        except Unreadable as error:
            raise _no_text() from error
        return Decoded(text, EncodingGuess(name_of(codec), _UTF16_CONFIDENCE))
    controls = sum(content.count(byte) for byte in range(0x20) if byte not in _TEXT_CONTROLS)
    if controls > len(content) * _MAX_CONTROL_SHARE:
        raise _no_text()
    damaged = content.decode("utf-8-sig", errors="replace")
    well_formed = sum(1 for _ in _WELL_FORMED.finditer(damaged))
    if well_formed >= _WELL_FORMED_TO_LOST * damaged.count(_LOST):
        return Decoded(damaged, EncodingGuess("UTF-8", _UTF8_CONFIDENCE))
    for codec, confidence in guess_encoding(content):
        try:
            return Decoded(content.decode(codec), EncodingGuess(name_of(codec), confidence))
        except UnicodeDecodeError:
            continue
    raise _no_text()


def _strict(content: bytes, codec: str) -> str:
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        if codec == "utf-16":
            raise _no_text() from error
        message = f"The file is not {name_of(codec)}. Choose another encoding."
        raise Unreadable(message) from error
    if "\0" in text:
        raise _no_text()
    return text


def _no_text() -> Unreadable:
    return Unreadable("The file is not plain text. Save the article as plain text (UTF-8) first.")
