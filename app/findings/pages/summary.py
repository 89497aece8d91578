"""What the summary shows: the passages that an address asks for, in figures and pictures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from flask import url_for
from sqlalchemy.orm import Session

from app.annotations.tags import TAGS
from app.assignments.models import State
from app.assignments.queries.progress import who_is_where
from app.findings.asked import NONE, Asked, Grouping, PassageSort
from app.findings.pages.charts import (
    Bar,
    FigureRow,
    Multiple,
    Strip,
    draw_bars,
    draw_columns,
    draw_strip,
    sum_of,
    with_most,
)
from app.findings.pages.facet_lists import Chip, FacetNames, chips_of, tell_apart
from app.findings.pages.periods import periods_of, span_of
from app.findings.pages.theme_rows import ThemeRows
from app.findings.queries import summary
from app.findings.queries.article_facts import ProjectArticles
from app.findings.queries.summary import TagCounts
from app.frozen import frozen
from app.projects.models import Member
from app.web.filters import pluralise
from app.web.responses import Pager

ROWS_SHOWN = 12  # of each picture, on the page of all
ROWS_A_PAGE = 100  # of one picture, on a page of its own
MOST_DOTS = 8
WIDE, NARROW = 29, 24  # pixels of a column
FEW_COLUMNS = 12  # as wide as a phone


_T = TypeVar("_T")


@frozen
class BarFigure:
    """A picture of bars: the rows shown, and how many `rows` there are in all."""

    key: str
    title: str
    about: str
    of: str
    bars: Sequence[Bar]
    rows: int
    whole: str


@frozen
class TimeFigure:
    """The four tags over time, and from when to when; `names` are those of the columns."""

    title: str
    about: str
    span: str
    width: int
    is_wide: bool
    names: Sequence[str]
    multiples: Sequence[Multiple]
    other: str
    other_words: str
    undated: int
    undated_address: str


@frozen
class Coverage:
    """How much of an article is tagged, and which of those who tag are done with it."""

    name: str
    address: str
    label: str
    width: str
    tagged: int
    blocks: int
    done: Sequence[str]
    tagging: int

    @property
    def dots(self) -> Sequence[bool]:
        """Return for each who tags whether they are done; none where there are too many."""
        if self.tagging > MOST_DOTS:
            return []
        return [place < len(self.done) for place in range(self.tagging)]


@frozen
class ArticlesFigure:
    """The articles with the most passages: a strip and the coverage of each."""

    strips: Sequence[Strip]
    coverage: Sequence[Coverage]
    rows: int
    whole_strips: str
    whole_coverage: str


@frozen
class SummaryPage:
    """The passages that an address asks for, in figures.

    `shown` is the one picture that has this page to itself, "" for all; `pager` leads through it.
    """

    slug: str
    asked: Asked
    ignored: Sequence[str]
    chips: Sequence[Chip]
    here: str
    address: str
    passages: str
    total: int
    articles: int
    annotators: int
    tally: TagCounts
    tag_addresses: Mapping[str, str]
    shown: str
    pager: Pager
    time: TimeFigure | None
    bars: Sequence[BarFigure]
    maps: ArticlesFigure | None
    leaves_out: bool

    @property
    def is_coverage_broad(self) -> bool:
        """Say whether the coverage stands alone in its row, since the others fill theirs."""
        small = len(self.bars) + (self.time is not None and not self.time.is_wide)
        return bool(self.shown) or small % 2 == 0

    @property
    def arguments(self) -> Mapping[str, object]:
        """Return the arguments of this page's address, without the number of the page."""
        arguments: dict[str, list[str]] = defaultdict(list)
        for name, value in self.asked.pairs:
            arguments[name].append(value)
        return {**arguments, "slug": self.slug, "show": self.shown or None}


class _Addresses:
    """The addresses of passages and of summaries, for one filter."""

    def __init__(self, slug: str, asked: Asked) -> None:
        self.slug = slug
        self.asked = replace(asked, sort=PassageSort.PLACE, group=Grouping.ARTICLE)
        self.passages = url_for("findings.passages", slug=slug)
        self.summary = url_for("summary.summary", slug=slug)

    def only(self, facet: str, values: Sequence[str], tag: str) -> str:
        """Return the address of the passages with a tag, "" for any, and one of these values.

        What is asked for of a facet stays asked for: of a year, say, some of its months. Where
        nothing of it is left, there is no address.
        """
        if not facet:
            return self.leading(self.asked, tag)
        wanted = getattr(self.asked, facet)
        kept = [value for value in values if value in wanted or not wanted]
        return self.leading(self.asked.only(facet, *kept), tag) if kept else ""

    def leading(self, asked: Asked, tag: str) -> str:
        """Return the address of passages with a tag, "" for any; none if that is not asked for."""
        if tag and asked.tag and tag not in asked.tag:
            return ""
        return self.passages + (asked.only("tag", tag) if tag else asked).query

    def of_summary(self, name: str, value: str) -> str:
        """Return the address of the summary with one parameter more."""
        written = self.asked.query
        return f"{self.summary}{written}{'&' if written else '?'}{name}={value}"


def summary_page(
    session: Session,
    member: Member,
    asked: Asked,
    *,
    ignored: Sequence[str],
    leaves_out: bool,
    shown: str = "",
    number: str | None = None,
    is_by_tagging: bool = False,
) -> SummaryPage:
    """Build the summary; `shown` is the key of the one picture that is asked for, "" for all."""
    builder = _SummaryBuilder(session, member, asked, shown, number)
    tallies = builder.tallies
    names = FacetNames(session, member, builder.articles)
    addresses = builder.addresses
    return SummaryPage(
        slug=member.project.slug,
        asked=asked,
        ignored=ignored,
        chips=chips_of(asked, names, addresses.summary),
        here=addresses.summary + addresses.asked.query,
        address=addresses.summary,
        passages=addresses.passages + addresses.asked.query,
        total=builder.total,
        articles=len(tallies.by_article),
        annotators=len(tallies.by_annotator),
        tally=builder.tally,
        tag_addresses={tag: addresses.only("", (), tag) for tag in TAGS},
        shown=shown,
        time=None if shown else builder.over_time(is_by_tagging=is_by_tagging),
        bars=[figure for key in BARS if (figure := builder.bars(key)) is not None],
        maps=builder.maps(),
        pager=builder.pager,
        leaves_out=leaves_out,
    )


BARS: Mapping[str, tuple[str, str, str]] = {
    "author": ("By author", "Whose articles the passages stand in.", "Author"),
    "publication": (
        "By publication",
        "Where the articles of the passages appeared.",
        "Publication",
    ),
    "annotator": ("By annotator", "What each of us tags; not how well.", "Annotator"),
    "theme": ("By theme", "A passage with several themes counts in each.", "Theme"),
}
"""The pictures of bars by their keys: title, what is counted, and what a row is."""
ABOUT_TREES = "A passage with several themes counts in each, and once in “… and below”."
MAPS = ("strips", "coverage")
KEYS = (*BARS, *MAPS)
"""The pictures that can have a page of their own."""


class _SummaryBuilder:
    """Builds the figures of one summary from one set of tallies."""

    def __init__(
        self, session: Session, member: Member, asked: Asked, shown: str, number: str | None
    ) -> None:
        self.session, self.member, self.asked, self.shown = session, member, asked, shown
        self._number = number
        self.addresses = _Addresses(member.project.slug, asked)
        self.tallies = summary.Tallies(session, member, asked)
        self.articles = ProjectArticles(session, member.project_id)
        self.tally = _sum(self.tallies.by_article.values())
        self.total = sum_of(self.tally)
        self.pager = Pager(1, ROWS_A_PAGE, 0)

    def over_time(self, *, is_by_tagging: bool) -> TimeFigure:
        """Draw the tags by month, or by year where there are too many months."""
        undated: TagCounts = {}
        if is_by_tagging:
            facet = "tagged"
            months = self.tallies.by_month
        else:
            facet = "published"
            by_month = self._by(facet)
            undated = by_month.get(NONE, {})
            months = {month: tally for month, tally in by_month.items() if month != NONE}
        periods = periods_of(months)
        drawn = [
            (
                period.name,
                period.below,
                _sum(months.get(month, {}) for month in period.months),
                partial(self.addresses.only, facet, period.months),
            )
            for period in periods
        ]
        width = WIDE if len(periods) <= FEW_COLUMNS else NARROW
        return TimeFigure(
            title="The four tags over time",
            about="When the passages were tagged, all on one scale."
            if is_by_tagging
            else "When the articles appeared, all on one scale.",
            span=span_of(periods),
            width=width,
            is_wide=len(periods) > FEW_COLUMNS,
            names=[period.name for period in periods],
            multiples=draw_columns(drawn, width),
            other=self.addresses.summary + self.addresses.asked.query
            if is_by_tagging
            else self.addresses.of_summary("over", "tagged"),
            other_words="By when the articles appeared"
            if is_by_tagging
            else "By when it was tagged",
            undated=sum_of(undated),
            undated_address=self.addresses.only(facet, (NONE,), ""),
        )

    def bars(self, key: str) -> BarFigure | None:
        """Draw one of the pictures of bars, None where there is none to show."""
        if self.shown not in {"", key}:
            return None
        rows = self._of_themes() if key == "theme" else self._by_size(key)
        if not rows:
            return None
        title, about, of = BARS[key]
        if any(row.branch for row in rows):
            about = ABOUT_TREES
        longest = max(sum_of(row.whole) for row in rows)
        some = self._some(rows) if self.shown else with_most(rows, ROWS_SHOWN)
        bars = draw_bars(some, longest)
        return BarFigure(key, title, about, of, bars, len(rows), self._whole(key))

    def _by_size(self, key: str) -> Sequence[FigureRow]:
        return sorted(
            self._rows(key), key=lambda row: (-sum_of(row.tally), row.name.casefold(), row.name)
        )

    def _of_themes(self) -> Sequence[FigureRow]:
        if not self.tallies.by_theme:
            return []
        asked, leading = self.addresses.asked, self.addresses.leading
        return ThemeRows(self.session, self.member, asked, self.tallies, leading).all()

    def _rows(self, key: str) -> Iterable[FigureRow]:
        only = self.addresses.only
        if key == "annotator":
            names = summary.names_of_annotators(self.session, list(self.tallies.by_annotator))
            for account_id, tally in self.tallies.by_annotator.items():
                yield FigureRow(names[account_id], tally, partial(only, key, (str(account_id),)))
        else:
            for value, tally in self._by(key).items():
                name = f"No {key} is known" if value == NONE else value
                yield FigureRow(name, tally, partial(only, key, (value,)))

    def maps(self) -> ArticlesFigure | None:
        """Draw the strips and the coverage of the articles with most passages."""
        if self.shown not in {"", *MAPS} or not self.tallies.by_article:
            return None
        ids = sorted(
            self.tallies.by_article,
            key=lambda one: (
                -sum_of(self.tallies.by_article[one]),
                self.articles.facts[one].title,
                one,
            ),
        )
        some = self._some(ids)
        maps = summary.map_articles(self.session, self.member, self.asked, some)
        where = who_is_where(self.session, some)
        tagging = summary.count_who_tag(self.session, self.member.project_id)
        titles = tell_apart({number: facts.title for number, facts in self.articles.facts.items()})
        strips, coverage = [], []
        for article_id in some:
            title, found = titles[article_id], maps[article_id]
            address = self.addresses.only("article", (str(article_id),), "")
            article = url_for("reading.article", slug=self.addresses.slug, article_id=article_id)
            strips.append(draw_strip(title, address, found, f"{article}#b{{}}".format))
            done = [each.name for each in where[article_id] if each.state is State.DONE]
            tagged, blocks = found.tagged_blocks, len(found.blocks)
            label = (
                f"{tagged:,} of {pluralise(blocks, 'paragraph', 'paragraphs')} tagged, "
                f"done by {len(done):,} of {tagging:,}, {title}"
            )
            width = f"{round(100 * tagged / blocks, 1):g}%" if blocks else "0%"
            coverage.append(Coverage(title, address, label, width, tagged, blocks, done, tagging))
        return ArticlesFigure(strips, coverage, len(ids), *map(self._whole, MAPS))

    def _by(self, facet: str) -> Mapping[str, TagCounts]:
        """Return the tallies by what the articles say in a facet, NONE where they do not say."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for article_id, tally in self.tallies.by_article.items():
            found[self.articles.facts[article_id].value(facet)].update(tally)
        return found

    def _some(self, rows: Sequence[_T]) -> Sequence[_T]:
        if not self.shown:
            return rows[:ROWS_SHOWN]
        self.pager = Pager.at(self._number, size=ROWS_A_PAGE, total=len(rows))
        return rows[self.pager.offset :][:ROWS_A_PAGE]

    def _whole(self, key: str) -> str:
        return self.addresses.of_summary("show", key)


def _sum(tallies: Iterable[TagCounts]) -> TagCounts:
    summed: Counter[str] = Counter()
    for tally in tallies:
        summed.update(tally)
    return summed
