"""Compressing what is sent: gzip, and brotli where its library is installed."""

import zlib
from functools import lru_cache

from flask import Flask, Response, request
from werkzeug.http import parse_accept_header

from app.web.headers import add_vary

try:
    import brotli
except ImportError:  # it is an extra
    brotli = None

GZIP, BROTLI, IDENTITY = "gzip", "br", "identity"
ENCODINGS = (BROTLI, GZIP) if brotli else (GZIP,)  # the better first
LEAST_BYTES = 1_000  # of a page; less is one packet either way
QUICKLY = {GZIP: 1, BROTLI: 3}  # for what is made for one answer
ONCE = {GZIP: 9, BROTLI: 9}  # for what is kept; brotli's 11 takes a second for 100 kB

_GZIP_FORMAT = 31  # zlib's largest window, with gzip's header


def choose_encoding() -> str:
    """Return the encoding that the request likes best, IDENTITY where it takes no other."""
    return _choose(request.headers.get("Accept-Encoding", ""), ENCODINGS)


@lru_cache(100)  # what browsers send is ever the same
def _choose(accepted: str, encodings: tuple[str, ...]) -> str:
    liked = {name.lower(): quality for name, quality in parse_accept_header(accepted)}
    others = liked.get("*", 0)
    best = max(encodings, key=lambda name: liked.get(name, others))
    quality = liked.get(best, others)
    return best if quality > 0 and quality >= liked.get(IDENTITY, 0) else IDENTITY


def compress(body: bytes, encoding: str, levels: dict[str, int]) -> bytes:
    """Return a body in an encoding of ENCODINGS, at QUICKLY or ONCE; IDENTITY leaves it alone."""
    if encoding == GZIP:
        return zlib.compress(body, levels[GZIP], wbits=_GZIP_FORMAT)
    if encoding == BROTLI:
        return bytes(brotli.compress(body, quality=levels[BROTLI]))
    return body


def _compress_page(response: Response) -> Response:
    """Compress a page or a fragment; streams, files and what is short go as they are."""
    if response.mimetype != "text/html" or response.is_streamed:
        return response
    body = response.get_data()
    if len(body) < LEAST_BYTES:
        return response
    add_vary(response, "Accept-Encoding")
    encoding = choose_encoding()
    if encoding != IDENTITY and not _is_sent_by_another_site():
        response.headers["Content-Encoding"] = encoding
        response.set_data(compress(body, encoding, QUICKLY))
    return response


def _is_sent_by_another_site() -> bool:
    """Say whether another site made the browser ask.

    Who can do that and see the sizes of the answers learns from them what else is in a page that
    shows words of the request (BREACH). An answer that is not compressed tells nothing.
    """
    return request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}


def register(app: Flask) -> None:
    """Compress pages. To be called first: what is registered later still changes the answer."""
    app.after_request(_compress_page)
