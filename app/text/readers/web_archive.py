"""The reader of web archives (`.mhtml`): the page in a message that holds its pictures too."""

import email
import re
from email.message import Message

from app.text.dates import DateOrder
from app.text.limits import Limits
from app.text.links import is_web_address
from app.text.parsed import ParsedArticle
from app.text.readers.html import read_saved
from app.text.readers.surroundings import Surroundings
from app.text.unreadable import Unreadable

_MOST_PARTS = 5_000
_BOUNDARY = re.compile(rb"^--", re.MULTILINE)


def read_web_archive(
    around: Surroundings, content: bytes, order: DateOrder, limits: Limits
) -> ParsedArticle:
    """Read the page of a web archive, as a saved page that was fetched from its address.

    Raises: Unreadable (it holds no page, is damaged, or over a limit).
    """
    if len(_BOUNDARY.findall(content)) > _MOST_PARTS:
        message = (
            f"The file has more than {_MOST_PARTS:,} parts, the most that can be read. "
            "Save the page as HTML, and try that."
        )
        raise Unreadable(message)
    try:
        page = _page(email.message_from_bytes(content))
        body = page.get_payload(decode=True) if page else None
        charset = page.get_content_charset("") if page else ""
    except (ValueError, LookupError, RecursionError, AssertionError) as error:
        raise _no_page() from error
    if page is None or not isinstance(body, bytes):
        raise _no_page()
    limits.check_file(body, is_packed=False)
    # The archive around it has counted what is seen without decoding.
    around.elements.add(max(body.count(b"<") - content.count(b"<"), 0), limits)
    address = " ".join(str(page.get("Content-Location", "")).split())
    inside = Surroundings(
        around.name,
        around.address or (address if is_web_address(address) else ""),
        f"text/html; charset={charset}" if charset else "",
        around.encoding,
    )
    return read_saved(body, inside, order, limits)


def _page(message: Message) -> Message | None:
    parts = message.walk()
    return next((p for p in parts if p.get_content_type() in _PAGES and not p.is_multipart()), None)


_PAGES = frozenset({"text/html", "application/xhtml+xml"})


def _no_page() -> Unreadable:
    return Unreadable("The file holds no web page. Save the page again, as HTML, and try that.")
