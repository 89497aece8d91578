"""What the pages of guidelines show."""

from collections.abc import Sequence
from datetime import datetime

from app.frozen import frozen
from app.guidelines.models import GUIDELINES_LIMIT, Guidelines
from app.guidelines.service import Version
from app.reading.pages.rendering.blocks import DrawnBlock
from app.text.word_diff import WordDiff
from app.web.responses import FormPage, Pager


@frozen
class GuidelinesPage:
    """A version of the guidelines as it is read; `number` is 0 where there is none.

    `changes` is what it changed and `source` its Markdown, where it is looked at as a version;
    `latest` is the number of the version in force.
    """

    slug: str
    project: str
    blocks: Sequence[DrawnBlock]
    number: int
    latest: int
    source: str
    changes: WordDiff | None
    author: str
    written_at: datetime | None
    can_write: bool


@frozen
class EditPage(FormPage):
    """The form of the guidelines. `meanwhile` is what someone else has changed since."""

    slug: str
    text: str
    number: int
    problem: str
    field: str
    meanwhile: WordDiff | None
    limit: int = GUIDELINES_LIMIT


@frozen
class VersionsPage:
    """The versions of the guidelines, newest first; `latest` is the number of the one in force."""

    slug: str
    lines: Sequence[Version]
    latest: int
    pager: Pager


def guidelines_page(
    slug: str,
    project: str,
    found: Guidelines | None,
    blocks: Sequence[DrawnBlock],
    *,
    latest: int,
    changes: WordDiff | None,
    can_write: bool,
) -> GuidelinesPage:
    """Build the page of one version, or of none yet."""
    return GuidelinesPage(
        slug=slug,
        project=project,
        blocks=blocks,
        number=found.number if found else 0,
        latest=latest,
        source=found.text if found else "",
        changes=changes,
        author=found.author.name if found else "",
        written_at=found.written_at if found else None,
        can_write=can_write,
    )
