"""What the pages of revisions show."""

from collections.abc import Sequence
from datetime import datetime

from app.articles.queries.articles import RevisionRow
from app.frozen import frozen
from app.reading.pages.article_ref import ArticleRef
from app.reading.pages.rendering.cache import Drawing
from app.text.word_diff import WordDiff


@frozen
class RevisionsPage:
    """The revisions of an article, newest first.

    `why_not_back` says why the newest cannot be taken back, "" where it can.
    """

    article: ArticleRef
    lines: Sequence[RevisionRow]
    can_keep: bool
    why_not_back: str

    @property
    def asks_to_take_back(self) -> bool:
        """Say whether the newest is a correction that who looks may want to take back."""
        return self.can_keep and len(self.lines) > 1


@frozen
class RevisionPage:
    """A corrected revision as it was read, with what was tagged in it."""

    article: ArticleRef
    language: str
    number: int
    current: int
    made_at: datetime
    length: str
    total: int
    drawing: Drawing


@frozen
class RevisionChangesPage:
    """What a revision changed in the one before it."""

    article: ArticleRef
    language: str
    number: int
    before: int
    name: str
    source: str
    made_at: datetime
    changes: WordDiff
