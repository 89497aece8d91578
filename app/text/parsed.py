"""What a reader finds in a file: the document and what is known about the article."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from app.frozen import frozen
from app.text.document import Document
from app.text.left_out import LeftOut

LEAST_CONFIDENCE = 60  # percent: a less sure guess of an encoding is for a person to look at


@frozen
class EncodingGuess:
    """The encoding that a text was read in though it does not say so, and how sure that is."""

    name: str
    confidence: int  # percent; 100 where a person has said it

    @property
    def is_sure(self) -> bool:
        """Say whether an article may be stored without a person having looked at its letters."""
        return self.confidence >= LEAST_CONFIDENCE


@frozen
class ParsedArticle:
    """A document with its metadata. Text fields are "" where nothing was found.

    `guessed` names the fields that were not stated plainly and that a person should look at:
    "title", "author", "publication", "published_on" or "language". `origins` says of each field
    that has a value where it came from: "front matter", "JSON-LD", "byline", "file name" …
    `encoding` is None where it was no guess. `unread` are sentences that say what the reader
    could not read. `left_out` are the blocks of a page that are no part of its article.
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
    encoding: EncodingGuess | None = None
    unread: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
