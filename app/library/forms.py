"""What the forms bring that take articles: a pasted text, files, an address."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from flask import current_app, request

from app.config import Config
from app.integrations.fetching import CannotFetch, fetch
from app.text.parsed import ParsedArticle
from app.text.readers import Unpacked, read_page, read_pasted_html, unpack

PASTED = "pasted text"


class Upload(NamedTuple):
    """What a form brought: its bytes, and where they are from."""

    source: str
    content: bytes
    read: Callable[[], Iterator[Unpacked]]


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
        yield Upload(page.url, page.content, partial(_one, page.url, page.content, of_page))


def _one(source: str, content: bytes, read: Callable[[], ParsedArticle]) -> Iterator[Unpacked]:
    yield Unpacked(source, content, read())
