"""What the forms bring that take articles: a pasted text, files, an address."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple, Self

from flask import current_app, request

from app.articles.models import Draft
from app.config import Config
from app.integrations.fetching import CannotFetch, fetch
from app.integrations.reading import read_file, read_page, read_pasted_html, unpack
from app.text.links import is_web_address
from app.text.parsed import ParsedArticle
from app.text.readers import Unpacked, Unreadable
from app.text.readers.surroundings import name_of_address

PASTED = "pasted text"
_DIGITS = 10


class Upload(NamedTuple):
    """What a form brought: its bytes, and where they are from."""

    source: str
    content: bytes
    read: Callable[[], Iterator[Unpacked]]


class MoveForm(NamedTuple):
    """Which passages of a page to put back into the text or to leave out: their indices.

    `anchor` is the element in the list of them that was pressed.
    """

    chosen: Sequence[int]
    is_back: bool
    anchor: str

    @classmethod
    def read(cls, count: int) -> Self:
        """Read the button that was pressed, of a list of so many; none where it is not known."""
        is_back = "put_back" in request.form
        pressed = request.form.get("put_back" if is_back else "leave_out", "")
        if pressed == "all":
            return cls(range(count), is_back, "left-out")
        if pressed.isdecimal() and pressed.isascii() and len(pressed) < _DIGITS:
            return cls([int(pressed)], is_back, f"left-out-{pressed}")
        return cls((), is_back, "left-out")


def read_uploads(problems: list[tuple[str, str]]) -> Iterator[Upload]:
    """Yield what a form brought: a pasted text, files, an address; add to `problems` what failed.

    A problem is a source and a sentence.
    """
    config: Config = current_app.config["GLOSS"]
    order, limits = config.date_order, config.limits
    text, html = request.form.get("text", ""), request.form.get("html", "")
    if text.strip():
        content = (html or text).encode(errors="surrogatepass")
        if html:
            read = partial(
                _one,
                PASTED,
                content,
                partial(read_pasted_html, html, date_order=order, limits=limits),
            )
        else:
            read = partial(unpack, "pasted.txt", content, date_order=order, limits=limits)
        yield Upload(PASTED, content, read)
    by_chapter = "by_chapter" in request.form
    for upload in request.files.getlist("files"):
        if upload.filename:
            content = upload.read()
            read = partial(
                unpack,
                upload.filename,
                content,
                by_chapter=by_chapter,
                date_order=order,
                limits=limits,
            )
            yield Upload(upload.filename, content, read)
    url = request.form.get("url", "").strip()
    if url:
        try:
            page = fetch(url, config.fetch_rules)
        except CannotFetch as error:
            problems.append((url, str(error)))
            return
        of_page = partial(
            read_page,
            page.content,
            url=page.url,
            content_type=page.content_type,
            date_order=order,
            limits=limits,
        )
        name = name_of_address(page.url, page.content_type)
        yield Upload(page.url, page.content, partial(_one, name, page.content, of_page))


def read_again(draft: Draft, encoding: str) -> ParsedArticle:
    """Read the file of a draft again, in an encoding that someone has chosen.

    Raises: Unreadable (it is not in that one, or its file was not kept).
    """
    if draft.file is None:
        message = "The file of this draft is not kept. Add it again."
        raise Unreadable(message)
    config: Config = current_app.config["GLOSS"]
    order, limits = config.date_order, config.limits
    if is_web_address(draft.source):
        return read_page(
            draft.file,
            url=draft.source,
            content_type="",
            name=draft.file_name,
            date_order=order,
            limits=limits,
            encoding=encoding,
        )
    return read_file(
        draft.file_name, draft.file, date_order=order, limits=limits, encoding=encoding
    )


def _one(name: str, content: bytes, read: Callable[[], ParsedArticle]) -> Iterator[Unpacked]:
    yield Unpacked(name, content, read())
