"""What the list of articles shows."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from flask import get_template_attribute
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.annotations.queries import annotations
from app.articles.queries.articles import SORTS as ARTICLE_SORTS
from app.articles.queries.articles import ArticleRow
from app.assignments.forms import AssignForm
from app.assignments.pages.assigned import Made
from app.assignments.queries.progress import STATES, TO_DO, Where, who_is_where
from app.assignments.queries.visibility import independent_articles_for
from app.discussion.thread_states import DISPUTED, QUESTION
from app.frozen import frozen
from app.projects.models import Member
from app.projects.tagging_modes import Mode
from app.reading.pages.article_ref import byline_of
from app.search.queries.articles import words_found
from app.search.query import LONGEST_QUERY, Query
from app.text.length import Length
from app.web.responses import Pager

DEFAULT_SORT = "added"
DUE = "due"
SORTS = (*((name, words) for name, (words, _columns) in ARTICLE_SORTS.items()), (DUE, "Due"))
"""The sorts of the list: name in the URL, words for people."""
THREADS = ((QUESTION, "an open question"), (DISPUTED, "something disputed"))
ME, NOBODY = "me", "nobody"
NAMED = 4  # of those who have a part in an article; the rest are on a page of its own


@frozen
class ArticleListQuery:
    """What of the list an address asks for; `assignee` is ME, NOBODY, an id or "" for anyone.

    `thread` is a state of a thread that the articles have, "" for any or none.
    """

    query: Query
    sort: str
    assignee: str
    state: str
    thread: str
    is_archive: bool

    @property
    def search(self) -> str:
        """Return what was typed to search."""
        return self.query.typed

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


@frozen
class TermFound:
    """What the search found in an article: a term, as it can be typed, and where it is."""

    term: str
    is_in_title: bool
    sentences: int


@frozen
class ArticleLine:
    """An article in the list; `touched_at` is None where nothing has happened to it yet.

    `bar` is the HTML of the bar of the four tags. `is_own_only` says that the annotations counted
    are those alone of whoever asks; `mode` is "" where there is nothing to say. `others` have a
    part in it beyond those in `where`. `found` says what the search found where.
    """

    id: int
    title: str
    byline: list[str]
    length: Length
    total: int
    bar: Markup
    touched_at: datetime | None
    is_own_only: bool
    mode: str
    where: Sequence[Where]
    others: int
    found: Sequence[TermFound]


@frozen
class ArticlesPage:
    """The list of articles. `total` counts those of the project, `pager` those that match.

    In the archive both count archived ones; `archived` says how many there are. `people` are
    those to whom articles can be assigned, `to_do` counts what is assigned to whoever asks, and
    `form` is what was ticked to be assigned, with the `problem` that it met, and `made` what was
    just assigned. `address` is that of the list; those of its articles begin with it. `passages` is
    that of what is tagged in the project, and `in_files` counts it, as far as it is seen.
    """

    slug: str
    address: str
    passages: str
    project: str
    lines: list[ArticleLine]
    asked: ArticleListQuery
    people: Sequence[tuple[int, str]]
    pager: Pager
    total: int
    archived: int
    can_keep: bool
    can_import: bool
    can_assign: bool
    can_tag: bool
    leaves_out: bool
    to_do: int
    in_files: int
    form: AssignForm
    made: Made | None
    problem: str
    longest: int = LONGEST_QUERY
    states: Sequence[str] = STATES
    threads: Sequence[tuple[str, str]] = THREADS

    @property
    def has_team(self) -> bool:
        """Say whether there is anybody to whom an article could be assigned but the one who looks.

        Whoever has something to do, or asks by assignments, is shown them all the same.
        """
        return len(self.people) > 1 or bool(self.to_do or self.asked.assignee or self.asked.state)

    @property
    def ticks(self) -> bool:
        """Say whether articles can be ticked, to be assigned."""
        return self.can_assign and self.has_team

    @property
    def has_own_to_do(self) -> bool:
        """Say whether there is a way to what is assigned to whoever looks."""
        return self.can_tag and self.has_team

    @property
    def sorts(self) -> Sequence[tuple[str, str]]:
        """Return the sorts of the list: name in the URL, words for people."""
        return [each for each in SORTS if self.has_team or each[0] != DUE]

    @property
    def has_ways(self) -> bool:
        """Say whether there is a way on for who looks at articles in use: to add, or to tag."""
        return not self.asked.is_archive and (self.can_keep or self.can_tag)


def article_lines(
    session: Session,
    member: Member,
    rows: Sequence[ArticleRow],
    *,
    leaves_out: bool,
    query: Query,
) -> list[ArticleLine]:
    """Build the lines of the list of articles.

    `leaves_out` says that the member may not see everyone's annotations in every article yet;
    `query` is what found them.
    """
    ids = [row.id for row in rows]
    apart = independent_articles_for(session, member, ids) if leaves_out else frozenset()
    counts = annotations.tag_counts(session, member, ids, own_only=apart)
    where = {
        article_id: sorted(people, key=lambda each: each.account_id != member.account_id)
        for article_id, people in who_is_where(session, ids).items()
    }
    found = words_found(session, query, ids)
    return [
        ArticleLine(
            id=row.id,
            title=row.title,
            byline=byline_of(row.author, row.publication, row.published_on, row.guessed),
            length=row.length,
            total=sum(counts[row.id].values()),
            bar=_draw_bar(tuple(counts[row.id].items())),
            touched_at=row.touched_at if row.touched_at > row.created_at else None,
            is_own_only=row.id in apart,
            mode=_mode(row, member),
            where=where[row.id][:NAMED],
            others=max(0, len(where[row.id]) - NAMED),
            found=[
                TermFound(each.term.shown, each.is_in_title, each.sentences)
                for each in found.get(row.id, ())
            ],
        )
        for row in rows
    ]


def _mode(row: ArticleRow, member: Member) -> str:
    if (row.mode or member.project.mode) != Mode.INDEPENDENT:
        return ""
    return "independent, revealed" if row.is_revealed else "independent"


@lru_cache(1_000)  # ten of them would take a fifth of the whole page
def _draw_bar(counts: tuple[tuple[str, int], ...]) -> Markup:
    """Draw how many annotations there are of each tag, with words that say the same."""
    total = sum(count for _tag, count in counts)
    slices = []
    x = 0.0
    for tag, count in counts:
        if count:
            width = 100 * count / total
            slices.append((tag, f"{x:.2f}", f"{width:.2f}"))
            x += width
    drawn: Markup = get_template_attribute("components/bar.html", "bar")(
        slices, ", ".join(f"{tag} {count}" for tag, count in counts)
    )
    return drawn
