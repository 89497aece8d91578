"""What a reader finds in a file: the document and what is known about the article."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.text.document import Document


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """A document with its metadata. Text fields are "" where nothing was found.

    `guessed` names the fields that were not stated plainly and that a person should look at:
    "title", "author", "publication" or "published_on". `origins` says of each field that has a
    value where it came from: "front matter", "JSON-LD", "byline", "file name" …
    """

    document: Document
    title: str
    author: str = ""
    publication: str = ""
    published_on: date | None = None
    source_url: str = ""
    language: str = ""
    guessed: frozenset[str] = field(default_factory=frozenset)
    origins: Mapping[str, str] = field(default_factory=dict)
