"""The bytes of a web page to text, as browsers decode them."""

import re

from app.text.normalise import decode
from app.text.unreadable import Unreadable

_HEAD = 4_096
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([a-z0-9_:.-]+)", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml[^>]+encoding\s*=\s*[\"']([a-z0-9_:.-]+)", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([a-z0-9_:.-]+)", re.IGNORECASE)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MAX_LOST_SHARE = 0.01
# The names that pages use, and what browsers take them for (WHATWG Encoding, section 4.2).
_LATIN = "iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1 us-ascii ascii l1 windows-1252 cp1252"
_CODECS = (
    dict.fromkeys(_LATIN.split(), "cp1252")
    | dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8")
    | dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk"), "gb18030")
    | dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932")
    | dict.fromkeys(("euc-kr", "ks_c_5601-1987", "windows-949"), "cp949")
    | dict.fromkeys(("iso-8859-9", "latin5", "windows-1254"), "cp1254")
    | dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs")
    | {"euc-jp": "euc_jp", "iso-2022-jp": "iso2022_jp", "koi8-r": "koi8-r", "koi8-u": "koi8-u"}
    | {f"windows-125{n}": f"cp125{n}" for n in (0, 1, 3, 5, 6, 7, 8)}
    | {f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
)


def decode_html(content: bytes, *, content_type: str = "") -> str:
    """Decode a page: by its byte order mark, `content_type`, its own word, else as plain text.

    Bytes that are none of a declared encoding become U+FFFD, where they are few; else the
    declaration is wrong, and the page is read as UTF-8 or Windows-1252.

    Raises: Unreadable (empty, or no text).
    """
    codec = "" if content.startswith(_MARKS) else _declared(content, content_type)
    if codec and b"\0" not in content:
        text = content.decode(codec, errors="replace")
        if text.count("\ufffd") <= len(text) * _MAX_LOST_SHARE:
            return text
    try:
        return decode(content)
    except Unreadable:
        if not content.startswith(_MARKS) and content.count(b"\0") <= len(content) * 0.01:
            # A page with a few stray NULs is one that browsers show.
            return content.replace(b"\0", b"").decode("utf-8", errors="replace")
        raise


def _declared(content: bytes, content_type: str) -> str:
    """Return the codec that is declared for a page, "" for none or one that is not known."""
    names = [match[1] for match in [_HEADER.search(content_type)] if match]
    head = content[:_HEAD]
    names += [match[1].decode() for match in (_XML.match(head), _META.search(head)) if match]
    return next((_CODECS[name.lower()] for name in names if name.lower() in _CODECS), "")
