"""What the pages show with which curators keep the articles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.articles.fields import NAME_LIMIT, TITLE_LIMIT
from app.articles.service.drafts import DraftLine
from app.integrations.fetching import URL_LIMIT, FetchRules
from app.reading.pages.article_ref import ArticleRef
from app.reading.pages.rendering.blocks import DrawnBlock
from app.text.readers import Limits

LABELS = {
    "title": "Title",
    "author": "Author",
    "publication": "Publication",
    "published_on": "Published",
    "source_url": "Source URL",
    "language": "Language",
}
RULES = {
    "title": f"At most {TITLE_LIMIT} characters.",
    "author": f"At most {NAME_LIMIT} characters; may be empty.",
    "publication": f"At most {NAME_LIMIT} characters; may be empty.",
    "published_on": "Year, month and day, such as 2025-01-13; may be empty.",
    "source_url": f"Where it stands on the web; at most {URL_LIMIT:,} characters, or empty.",
    "language": "A code such as en, fr or pt-BR. It decides where sentences end.",
}


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field in a form: what stands in it, whether it was guessed, and what to mend.

    `origin` says where the value came from, "" where that is not known.
    """

    name: str
    label: str
    value: str
    rule: str
    is_guessed: bool
    origin: str
    error: str


@dataclass(frozen=True, slots=True)
class AddPage:
    """Add articles: the three ways, what was typed, and the drafts that wait.

    `problems` are a source and a sentence for each file that could not be read.
    """

    slug: str
    project: str
    text: str
    url: str
    problems: Sequence[tuple[str, str]]
    drafts: Sequence[DraftLine]
    extensions: Sequence[str]
    limits: Limits
    request_limit: int
    fetch: FetchRules


@dataclass(frozen=True, slots=True)
class Same:
    """An article that has the same content or address as a draft."""

    id: int
    title: str
    is_archived: bool


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft: the article as it will be read, beside what is said of it."""

    slug: str
    id: int
    title: str
    source: str
    words: int
    language: str
    fields: Sequence[FieldLine]
    blocks: Sequence[DrawnBlock]
    same: Sequence[Same]
    problem: str


@dataclass(frozen=True, slots=True)
class Change:
    """A line of an article's history: `before` and `after` are fields as a form shows them."""

    at: datetime
    name: str
    words: str
    fields: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class DetailsPage:
    """What is said of an article, to change it. `meanwhile` is what someone else has put there."""

    place: ArticleRef
    version: int
    is_archived: bool
    fields: Sequence[FieldLine]
    meanwhile: Sequence[tuple[str, str]]
    problem: str
    changes: Sequence[Change]


def field_lines(
    values: Mapping[str, str],
    guessed: Sequence[str],
    origins: Mapping[str, str],
    field: str = "",
    error: str = "",
) -> list[FieldLine]:
    """Build the form of an article's fields; `error` is about the field named `field`."""
    return [
        FieldLine(
            name,
            label,
            values[name],
            RULES[name],
            is_guessed=name in guessed,
            origin=origins.get(name, ""),
            error=error if name == field else "",
        )
        for name, label in LABELS.items()
    ]
