"""Where a passage is: from the words that someone asks for to a place in the revision's text."""

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from app.annotations.models import QUOTE_LIMIT, Annotation
from app.articles.models import Article, Revision
from app.articles.queries import articles
from app.articles.queries.content import Content, content_of
from app.core.errors import Invalid
from app.frozen import frozen
from app.text import anchoring, passages
from app.text.document import Document, InlineKind

NO_WORDS = "Give the words of the passage: select them, or paste them."


@frozen
class PassageQuery:
    """A passage as someone asks for it: its words, and hints where they stand.

    `start` is in code points into the revision's text; `prefix` and `suffix` are words around.
    """

    quote: str
    start: int | None = None
    prefix: str = ""
    suffix: str = ""


@frozen
class Anchor:
    """A passage of a revision, found and tidied."""

    revision_id: int
    start: int
    end: int
    first_block: int
    last_block: int
    quote: str
    prefix: str
    suffix: str


class SeveralPlaces(Invalid):
    """The words occur at several places, given in `places` as `(start, end)`."""

    def __init__(self, places: list[tuple[int, int]]) -> None:
        message = f"These words occur {len(places):,} times. Choose the place, or give more words."
        super().__init__("quote", message)
        self.places = places


class OtherPlaces(SeveralPlaces):
    """The words are not at the place that was given with them, but at `places`."""

    def __init__(self, places: list[tuple[int, int]]) -> None:
        super().__init__(places)
        self.message = (
            "The article has other words at this place. If your browser translates the page, "
            "show the original; else reload the page. Then select the words again."
        )


class NowhereFound(Invalid):
    """The words do not occur. `nearest` is the place most like them, or None."""

    def __init__(self, nearest: tuple[int, int] | None) -> None:
        message = "These words do not occur in this article as they are written here."
        advice = "The nearest passage is shown below." if nearest else "Copy them from the text."
        super().__init__("quote", f"{message} {advice}")
        self.nearest = nearest


def find_anchor(session: Session, article: Article, asked: PassageQuery) -> Anchor:
    """Return the place of a passage in an article's current revision, with clean ends.

    Raises: Invalid (no words, or too many), SeveralPlaces, NowhereFound.
    """
    revision = articles.current_revision_slim(session, article.id)
    content = content_of(session, revision.id)
    start, end = _find(content.text, asked, content.footnote_marks)
    return _place(content, revision.id, start, end)


def find_in(document: Document, asked: PassageQuery) -> tuple[int, int]:
    """Return the range of a passage in a text that is no revision yet, with clean ends.

    Raises: Invalid (no words, or too many), SeveralPlaces, NowhereFound.
    """

    def marks(start: int, end: int) -> list[tuple[int, int]]:
        return [
            (inline.start, inline.end)
            for inline in document.inlines
            if inline.kind is InlineKind.FOOTNOTE_MARK and inline.start < end and inline.end > start
        ]

    return _find(document.text, asked, marks)


def _find(
    text: str, asked: PassageQuery, marks: Callable[[int, int], list[tuple[int, int]]]
) -> tuple[int, int]:
    # White space may be longer in a form than in the text: a line feed comes as two characters.
    length = len(" ".join(asked.quote.split()))
    if length > QUOTE_LIMIT:
        raise Invalid("quote", _too_long(length))
    if not length:
        raise Invalid("quote", NO_WORDS)
    try:
        start, end = anchoring.locate(
            text, asked.quote, start=asked.start, prefix=asked.prefix, suffix=asked.suffix
        )
    except anchoring.Ambiguous as error:
        refusal = SeveralPlaces if asked.start is None else OtherPlaces
        raise refusal(error.places) from None
    except anchoring.QuoteNotFound:
        raise NowhereFound(anchoring.nearest(text, asked.quote, start=asked.start)) from None
    return _tidy(text, start, end, marks)


def _tidy(
    text: str, start: int, end: int, marks: Callable[[int, int], list[tuple[int, int]]]
) -> tuple[int, int]:
    try:
        start, end = passages.tidy(text, start, end, marks(start, end))
    except passages.EmptyPassage:
        message = "There are no words in this selection. Select at least one."
        raise Invalid("quote", message) from None
    if end - start > QUOTE_LIMIT:
        raise Invalid("quote", _too_long(end - start))
    return start, end


def tidy_anchor(session: Session, revision_id: int, start: int, end: int) -> Anchor:
    """Return the place `[start, end)` of a revision with clean ends.

    Raises: Invalid (no words, too many, or not inside the text).
    """
    content = content_of(session, revision_id)
    if not 0 <= start < end <= len(content.text):
        raise Invalid("quote", "The text has no such place.")
    bounds = _tidy(content.text, start, end, content.footnote_marks)
    return _place(content, revision_id, *bounds)


def anchor_at(session: Session, revision: Revision, start: int, end: int) -> Anchor:
    """Return the place `[start, end)` of a revision with its quote, context and blocks."""
    return _place(content_of(session, revision.id), revision.id, start, end)


def anchors_at(
    session: Session, revision: Revision, ranges: Iterable[tuple[int, int]]
) -> list[Anchor]:
    """Return the places of many ranges of a revision, in the order given."""
    content = content_of(session, revision.id)
    return [_place(content, revision.id, start, end) for start, end in ranges]


def _place(content: Content, revision_id: int, start: int, end: int) -> Anchor:
    first, last = content.block_numbers(start, end)
    quote = anchoring.describe(content.text, start, end)
    return Anchor(revision_id, start, end, first, last, quote.exact, quote.prefix, quote.suffix)


def anchor_of(annotation: Annotation) -> Anchor:
    """Return where an annotation is."""
    return Anchor(
        annotation.revision_id,
        annotation.start,
        annotation.end,
        annotation.first_block,
        annotation.last_block,
        annotation.quote,
        annotation.prefix,
        annotation.suffix,
    )


def put_at(annotation: Annotation, place: Anchor) -> None:
    """Move an annotation to a place."""
    annotation.revision_id = place.revision_id
    annotation.start = place.start
    annotation.end = place.end
    annotation.first_block = place.first_block
    annotation.last_block = place.last_block
    annotation.quote = place.quote
    annotation.prefix = place.prefix
    annotation.suffix = place.suffix


def _too_long(length: int) -> str:
    return (
        f"A passage has at most {QUOTE_LIMIT:,} characters; this has {length:,}. Tag it in parts."
    )
