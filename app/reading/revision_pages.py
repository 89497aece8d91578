"""What the pages of revisions show, and the page on which an annotation is placed by hand."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from app.annotations.models import QUOTE_LIMIT
from app.articles.queries import RevisionRow
from app.reading.changes import Changes
from app.reading.drawings import Drawing
from app.reading.place import Choice, Place
from app.text.anchoring import differences, offset_in_new


@dataclass(frozen=True, slots=True)
class RevisionsPage:
    """The revisions of an article, newest first.

    `why_not_back` says why the newest cannot be taken back, "" where it can.
    """

    place: Place
    lines: Sequence[RevisionRow]
    can_keep: bool
    why_not_back: str


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """A corrected revision as it was read, with what was tagged in it."""

    place: Place
    language: str
    number: int
    current: int
    made_at: datetime
    words: int
    total: int
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What a revision changed in the one before it."""

    place: Place
    language: str
    number: int
    before: int
    name: str
    source: str
    made_at: datetime
    changes: Changes


@dataclass(frozen=True, slots=True)
class PlacingPage:
    """A text in which a passage is selected for an annotation that was made in another one.

    `before` and `after` are the words around the quote where it stood, in the revision with the
    number `revision`, and `near` is the number of the block that stands there now; `fields` are
    what the form sends beside the passage.
    """

    place: Place
    language: str
    tag: str
    annotator: str
    note: str
    quote: str
    before: str
    after: str
    revision: int
    near: int
    action: str
    fields: Sequence[tuple[str, str]]
    back: str
    back_label: str
    letter_keys: bool
    sections: Markup
    typed: str = ""
    problem: str = ""
    choices: tuple[Choice, ...] = ()
    nearest: Choice | None = None
    quote_limit: int = QUOTE_LIMIT


def block_near(old: str, new: str, starts: Sequence[int], offset: int) -> int:
    """Return the number of the block of a new text that is where `offset` was in the old one."""
    return max(1, bisect_right(starts, offset_in_new(differences(old, new), offset)))
