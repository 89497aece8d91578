"""What the list of articles shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.annotations.queries import annotations
from app.annotations.tags import Tag
from app.articles.queries.articles import SORTS as ARTICLE_SORTS
from app.articles.queries.articles import ArticleRow
from app.assignments.forms import AssignForm
from app.assignments.pages.assigned import Made
from app.assignments.queries.progress import STATES, TO_DO, Where, who_is_where
from app.assignments.queries.visibility import independent_articles_for
from app.discussion.queries.discussion import DISPUTED, QUESTION
from app.projects.models import Member
from app.projects.tagging_modes import Mode
from app.reading.pages.article_ref import byline_of
from app.web.responses import Pager

DEFAULT_SORT = "added"
DUE = "due"
SORTS = (*((name, words) for name, (words, _columns) in ARTICLE_SORTS.items()), (DUE, "Due"))
"""The sorts of the list: name in the URL, words for people."""
THREADS = ((QUESTION, "an open question"), (DISPUTED, "something disputed"))
ME, NOBODY = "me", "nobody"
NAMED = 4  # of those who have a part in an article; the rest are on a page of its own


@dataclass(frozen=True, slots=True)
class ArticleListQuery:
    """What of the list an address asks for; `assignee` is ME, NOBODY, an id or "" for anyone.

    `thread` is a state of a thread that the articles have, "" for any or none.
    """

    search: str
    sort: str
    assignee: str
    state: str
    thread: str
    is_archive: bool

    @property
    def is_mine_to_do(self) -> bool:
        """Say whether it is what the one who asks still has to do."""
        return (self.assignee, self.state) == (ME, TO_DO)

    @property
    def is_filtered(self) -> bool:
        """Say whether it is less than all that matches the search."""
        return bool(self.assignee or self.state or self.thread)

    @property
    def arguments(self) -> dict[str, str | None]:
        """Return the arguments of the address, None for what is as it is without them."""
        return {
            "search": self.search or None,
            "sort": None if self.sort == DEFAULT_SORT else self.sort,
            "assignee": self.assignee or None,
            "state": self.state or None,
            "thread": self.thread or None,
            "archived": "1" if self.is_archive else None,
        }


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of an article's bar: a tag, and where it lies on a scale of 100."""

    tag: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article in the list; `touched_at` is None where nothing has happened to it yet.

    `is_own_only` says that the annotations counted are those alone of whoever asks; `mode` is ""
    where there is nothing to say. `others` have a part in it beyond those in `where`.
    """

    id: int
    title: str
    byline: list[str]
    words: int
    total: int
    slices: list[Slice]
    summary: str
    touched_at: datetime | None
    is_own_only: bool
    mode: str
    where: Sequence[Where]
    others: int


@dataclass(frozen=True, slots=True)
class ArticlesPage:
    """The list of articles. `total` counts those of the project, `pager` those that match.

    In the archive both count archived ones; `archived` says how many there are. `people` are
    those to whom articles can be assigned, `to_do` counts what is assigned to whoever asks, and
    `form` is what was ticked to be assigned, with the `problem` that it met, and `made` what was
    just assigned. `address` is that of the list; those of its articles begin with it.
    """

    slug: str
    address: str
    project: str
    lines: list[ArticleLine]
    asked: ArticleListQuery
    people: Sequence[tuple[int, str]]
    pager: Pager
    total: int
    archived: int
    can_keep: bool
    can_assign: bool
    can_tag: bool
    leaves_out: bool
    to_do: int
    form: AssignForm
    made: Made | None
    problem: str
    sorts: Sequence[tuple[str, str]] = SORTS
    states: Sequence[str] = STATES
    threads: Sequence[tuple[str, str]] = THREADS

    @property
    def has_ways(self) -> bool:
        """Say whether there is a way on for who looks at articles in use: to add, or to tag."""
        return not self.asked.is_archive and (self.can_keep or self.can_tag)


def article_lines(
    session: Session, member: Member, rows: Sequence[ArticleRow], *, leaves_out: bool
) -> list[ArticleLine]:
    """Build the lines of the list of articles.

    `leaves_out` says that the member may not see everyone's annotations in every article yet.
    """
    ids = [row.id for row in rows]
    apart = independent_articles_for(session, member, ids) if leaves_out else frozenset()
    counts = annotations.tag_counts(session, member, ids, own_only=apart)
    where = {
        article_id: sorted(people, key=lambda each: each.account_id != member.account_id)
        for article_id, people in who_is_where(session, ids).items()
    }
    return [
        ArticleLine(
            id=row.id,
            title=row.title,
            byline=byline_of(row.author, row.publication, row.published_on),
            words=row.words,
            total=sum(counts[row.id].values()),
            slices=_slices(counts[row.id]),
            summary=", ".join(f"{tag} {counts[row.id][tag]}" for tag in Tag),
            touched_at=row.touched_at if row.touched_at > row.created_at else None,
            is_own_only=row.id in apart,
            mode=_mode(row, member),
            where=where[row.id][:NAMED],
            others=max(0, len(where[row.id]) - NAMED),
        )
        for row in rows
    ]


def _mode(row: ArticleRow, member: Member) -> str:
    if (row.mode or member.project.mode) != Mode.INDEPENDENT:
        return ""
    return "independent, revealed" if row.is_revealed else "independent"


def _slices(counts: dict[str, int]) -> list[Slice]:
    total = sum(counts.values())
    slices = []
    x = 0.0
    for tag in Tag:
        if counts[tag]:
            width = 100 * counts[tag] / total
            slices.append(Slice(tag.value, round(x, 2), round(width, 2)))
            x += width
    return slices
