"""What is said of an article: title, author, publication, date, source URL and language."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from app.articles.models import Article
from app.core.errors import Invalid
from app.frozen import frozen
from app.integrations.fetching import URL_LIMIT
from app.text.dates import read_day
from app.text.languages import guess_language
from app.text.normalise import normalise
from app.text.parsed import ParsedArticle

TITLE_LIMIT = 500
NAME_LIMIT = 300
DEFAULT_LANGUAGE = "en"
TYPED = "typed"  # the origin of what a person wrote
GUESSED_LANGUAGE = "guess from the text"
NAMES = ("title", "author", "publication", "published_on", "source_url", "language")

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@frozen
class ArticleFields:
    """The fields of an article, checked. Text is "" where nothing is known."""

    title: str
    author: str
    publication: str
    published_on: date | None
    source_url: str
    language: str


def fields_of(article: Article) -> dict[str, str]:
    """Return an article's fields as a form shows them."""
    return _as_text(article)


def with_language(parsed: ParsedArticle) -> ParsedArticle:
    """Guess the language by the text where a reader found none; DEFAULT_LANGUAGE if that fails."""
    if parsed.language:
        return parsed
    guess = guess_language(parsed.document.text)
    return replace(
        parsed,
        language=guess or DEFAULT_LANGUAGE,
        guessed=parsed.guessed | {"language"},
        origins={**parsed.origins, "language": GUESSED_LANGUAGE} if guess else parsed.origins,
    )


def fields_found(parsed: ParsedArticle) -> dict[str, str]:
    """Return the fields that a reader found, as a form shows them."""
    return _as_text(parsed)


def check(typed: Mapping[str, str]) -> ArticleFields:
    """Check what was typed into the form of an article's fields.

    Raises: Invalid (no title; a field too long; no such date, address or language).
    """
    values = {name: " ".join(normalise(typed.get(name, "")).split()) for name in NAMES}
    if not values["title"]:
        raise Invalid("title", "Give the article a title.")
    _limit("title", values["title"], TITLE_LIMIT, "A title")
    _limit("author", values["author"], NAME_LIMIT, "An author")
    _limit("publication", values["publication"], NAME_LIMIT, "A publication")
    return ArticleFields(
        title=values["title"],
        author=values["author"],
        publication=values["publication"],
        published_on=_date(values["published_on"]),
        source_url=_url(values["source_url"]),
        language=_language(values["language"]),
    )


def _as_text(known: Article | ParsedArticle) -> dict[str, str]:
    return {
        "title": known.title,
        "author": known.author,
        "publication": known.publication,
        "published_on": known.published_on.isoformat() if known.published_on else "",
        "source_url": known.source_url,
        "language": known.language,
    }


def _limit(name: str, value: str, most: int, what: str) -> None:
    if len(value) > most:
        raise Invalid(name, f"{what} has at most {most:,} characters; this has {len(value):,}.")


def _date(value: str) -> date | None:
    if not value:
        return None
    day = read_day(value)
    if day is None:
        message = "Write the date as year, month and day, such as 2025-01-13, or leave it empty."
        raise Invalid("published_on", message)
    return day


def _url(value: str) -> str:
    _limit("source_url", value, URL_LIMIT, "An address")
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("none:")
    if value and (parts.scheme not in {"http", "https"} or not parts.netloc):
        message = "An address begins with http:// or https://, or is left empty."
        raise Invalid("source_url", message)
    return value


def _language(value: str) -> str:
    if value and not (_LANGUAGE.fullmatch(value) and len(value) <= 35):  # noqa: PLR2004  (BCP 47)
        message = "Write the language as a code such as en, fr or pt-BR."
        raise Invalid("language", message)
    return value or DEFAULT_LANGUAGE
