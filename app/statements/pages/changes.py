"""What the page of changes shows: a `@frozen` object, and the functions that build it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from app.discussion.models import REASON_LIMIT
from app.discussion.queries.verdicts import VerdictSaid
from app.findings.queries.hits import PassageHit, list_hits
from app.frozen import frozen
from app.parties.models import Named, Party, Position
from app.parties.service.names import PLURALS
from app.projects.models import Member
from app.projects.roles import Act, may
from app.statements.asked_changes import AskedChanges, ChangesView, Verdicts, read_rank, write_rank
from app.statements.changes import Change, Pair, PairKey
from app.statements.pages.changes_form import ChangesForm, changes_form
from app.statements.queries.changes import Changes, Judged, list_changes
from app.statements.statement import Statement
from app.web.filters import number, pluralise

PAIRS_A_PAGE = 25
VERDICTS: Mapping[str, str] = {
    "change": "a change",
    "contradiction": "a contradiction",
    "neither": "neither",
}
_WEEK, _MONTH, _YEAR = 7, 365.25 / 12, 365.25  # days


@frozen
class SideShown:
    """A passage of a pair, and the side that it takes."""

    side: str
    day: date | None
    hit: PassageHit


@frozen
class PairShown:
    """A pair: who is for and against what, where, and what is said of it.

    `between` says how far apart its two passages are. `every` is the address of all pairs of the
    party and the position, "" where there is no other. `typed` is the reason of a verdict that was
    not taken, `problem` what is wrong with it.
    """

    key: PairKey
    party: str
    party_address: str
    position: str
    position_address: str
    sides: Sequence[SideShown]
    between: str
    is_in_one_article: bool
    is_dated: bool
    said: VerdictSaid
    verdict: str
    every: str
    typed: str = ""
    problem: str = ""

    @property
    def id(self) -> str:
        """Return what the pair is called on the page."""
        return anchor_of(self.key)


@frozen
class VerdictRefused:
    """A verdict that was not taken: on which pair, the reason that was typed, and why not.

    `message` says it of the verdict, `problem` of its reason; the other one is "".
    """

    key: PairKey
    typed: str
    message: str = ""
    problem: str = ""


@frozen
class ChangesPage:
    """The pairs that an address asks for, dated ones first.

    `count` are shown on all pages, `in_all` are there with those that are not the latest. `kept` is
    what was typed about a pair that is not on the page, by its name.
    """

    slug: str
    asked: AskedChanges
    ignored: Sequence[str]
    address: str
    form: ChangesForm
    dated: Sequence[PairShown]
    undated: Sequence[PairShown]
    count: int
    in_all: int
    counted: str
    left_out: int
    leaves_out: bool
    can_judge: bool
    after: str
    next: str
    is_first: bool
    problem: str
    kept: Sequence[tuple[str, str]]

    reason_limit = REASON_LIMIT

    @property
    def is_empty(self) -> bool:
        """Say whether the page shows no pair."""
        return not self.dated and not self.undated

    @property
    def is_of_latest(self) -> bool:
        """Say whether the latest pair of each party and position is shown, and no other."""
        return self.asked.view is ChangesView.LATEST

    @property
    def has_older(self) -> bool:
        """Say whether there are pairs beside the latest of each party and position."""
        return self.in_all > self.count + self.left_out

    @property
    def here(self) -> str:
        """Return the address of the first page of what is asked for."""
        return self.address + self.asked.query

    @property
    def next_address(self) -> str:
        """Return the address of the next page, "" on the last."""
        return self._with("after", self.next) if self.next else ""

    @property
    def every_address(self) -> str:
        """Return the address of every pair of what is asked for."""
        return self.address + self.asked.but(view=ChangesView.EVERY).query

    @property
    def latest_address(self) -> str:
        """Return the address of the latest pairs of what is asked for."""
        return self.address + self.asked.but(view=ChangesView.LATEST).query

    @property
    def all_verdicts_address(self) -> str:
        """Return the address of the same pairs with those that are neither."""
        return self.address + self.asked.but(verdict=Verdicts.ALL).query

    @property
    def csv(self) -> str:
        """Return the address of what is shown as a file."""
        return url_for("exports.changes_csv", slug=self.slug) + self.asked.query

    @property
    def csv_with_semicolons(self) -> str:
        """Return the same with semicolons between the cells."""
        return self.csv + ("&" if self.asked.query else "?") + "sep=semicolon"

    def _with(self, name: str, value: str) -> str:
        return self.here + ("&" if self.asked.query else "?") + f"{name}={value}"


def changes_page(
    session: Session,
    member: Member,
    asked: AskedChanges,
    *,
    ignored: Sequence[str] = (),
    after: str = "",
    leaves_out: bool,
    refused: VerdictRefused | None = None,
) -> ChangesPage:
    """Build the page of changes; after a verdict that was not taken, with what was typed."""
    found = list_changes(session, member, asked)
    slug = member.project.slug
    start = read_rank(after)
    judged, has_more = found.page(start, PAIRS_A_PAGE)
    shown = _pairs(session, found, judged, slug)
    problem, kept = "", list[tuple[str, str]]()
    if refused is not None:
        shown = [_with_typed(pair, refused) for pair in shown]
        problem = refused.message
        if refused.key not in {pair.key for pair in shown}:  # it is on another page by now
            problem = problem or refused.problem
            kept = [("reason", refused.typed)] if refused.typed else []
    return ChangesPage(
        slug=slug,
        asked=asked,
        ignored=ignored,
        address=url_for("changes.changes", slug=slug),
        form=changes_form(session, found),
        dated=[pair for pair in shown if pair.is_dated],
        undated=[pair for pair in shown if not pair.is_dated],
        count=found.count,
        in_all=found.in_all,
        counted=_counted(found),
        left_out=sum(found.counts.values()) - found.count,
        leaves_out=leaves_out,
        can_judge=may(member, Act.DISCUSS),
        after=after if start else "",
        next=write_rank(judged[-1].pair.rank) if has_more else "",
        is_first=start is None,
        problem=problem,
        kept=kept,
    )


def anchor_of(key: PairKey) -> str:
    """Return what a pair is called on the page."""
    return f"pair-{key.supporting}-{key.opposing}"


def _pairs(
    session: Session, found: Changes, judged: Sequence[Judged], slug: str
) -> list[PairShown]:
    """Return pairs as they are shown."""
    both = [(each, (each.pair.earlier, each.pair.later)) for each in judged]
    hits = list_hits(session, [one.annotation for _each, pair in both for one in pair])
    changes = {(each.party, each.position): each for each in found.some}
    return [
        _pair(found, each, changes[pair[0].party, pair[0].position or 0], hits, slug)
        for each, pair in both
        if all(one.annotation in hits for one in pair)  # else it has gone at this moment
    ]


def _pair(
    found: Changes, judged: Judged, change: Change, hits: Mapping[int, PassageHit], slug: str
) -> PairShown:
    pair, said = judged
    every = AskedChanges(
        party=change.party, position=change.position, verdict=Verdicts.ALL, view=ChangesView.EVERY
    )
    is_alone = len(change.statements) == 2  # noqa: PLR2004  (this pair)
    return PairShown(
        key=pair.key,
        party=found.names.parties[change.party],
        party_address=_address(slug, Party, change.party),
        position=found.names.positions[change.position],
        position_address=_address(slug, Position, change.position),
        sides=[_side(one, hits[one.annotation]) for one in (pair.earlier, pair.later)],
        between=_between(pair),
        is_in_one_article=pair.is_in_one_article,
        is_dated=bool(pair.rank.is_dated),
        said=said,
        verdict=VERDICTS.get(said.value, ""),
        every="" if is_alone else url_for("changes.changes", slug=slug) + every.query,
    )


def _address(slug: str, model: type[Named], row_id: int) -> str:
    return url_for("parties.one", slug=slug, what=PLURALS[model.SUBJECT], row_id=row_id)


def _with_typed(pair: PairShown, refused: VerdictRefused) -> PairShown:
    if pair.key != refused.key:
        return pair
    return replace(pair, typed=refused.typed, problem=refused.problem)


def _side(statement: Statement, hit: PassageHit) -> SideShown:
    return SideShown(statement.side, statement.day, hit)


def _between(pair: Pair) -> str:
    first, last = pair.earlier.day, pair.later.day
    if pair.is_in_one_article:
        return "same article"
    if first is None or last is None:
        return "not known which came first"
    return _words_for((last - first).days)


def _words_for(days: int) -> str:
    """Return some days in words, to the week, month or year where they are many."""
    if days == 0:
        return "same day"
    if days < 2 * _WEEK:
        return pluralise(days, "day", "days")
    if days < 3 * _MONTH:
        return pluralise(round(days / _WEEK), "week", "weeks")
    if days < 2 * _YEAR:
        return pluralise(round(days / _MONTH), "month", "months")
    return pluralise(round(days / _YEAR), "year", "years")


def _counted(found: Changes) -> str:
    """Return how many pairs are shown, by their verdicts."""
    counts, includes = found.counts, found.asked.verdict.includes
    words = (
        (counts["change"], pluralise(counts["change"], "change", "changes")),
        (
            counts["contradiction"],
            pluralise(counts["contradiction"], "contradiction", "contradictions"),
        ),
        (counts["neither"], f"{number(counts['neither'])} neither"),
        (counts[""], f"{number(counts[''])} not checked"),
    )
    values = ("change", "contradiction", "neither", "")
    said = [
        each
        for value, (count, each) in zip(values, words, strict=True)
        if count and includes(value)
    ]
    return ", ".join(said)
