"""What the page of positions shows: a `@frozen` object, and the functions that build it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from app.findings.pages.facet_lists import Chip, FacetNames, chips_of
from app.findings.queries.article_facts import ProjectArticles
from app.frozen import frozen
from app.projects.models import Member
from app.statements.asked import AskedPositions, PositionsView
from app.statements.duplicates import CountAs
from app.statements.matrix import LEAST_SHARED
from app.statements.pages.filter_form import FilterForm, filter_form
from app.statements.pages.matrix_shown import MatrixShown, PairRow, line_of, matrix_shown
from app.statements.pages.passage_links import PassageLinks
from app.statements.queries.positions import MOST_COLUMNS, Positions, count_positions
from app.text.catalogue import ngettext
from app.web.filters import day as write_day
from app.web.filters import number, pluralise
from app.web.responses import Pager

PAIRS_A_PAGE = 200  # of the table


class Way(NamedTuple):
    """Words, and the address to which they lead."""

    words: str
    address: str


@frozen
class PositionsPage:
    """Who is for and who is against what, as an address asks for it.

    `matrix` or `lines` is what is shown. `left_out` are whole sentences, each with the address of
    what it speaks of.
    """

    slug: str
    asked: AskedPositions
    ignored: Sequence[str]
    address: str
    form: FilterForm
    chips: Sequence[Chip]
    csv: str
    csv_with_semicolons: str
    pairs: int
    counted: str
    said: str
    leaves_out: bool
    left_out: Sequence[tuple[str, str]]
    folding: str
    other_folding: Way
    has_lines: bool
    shared: int
    least_shared: int
    matrix: MatrixShown | None
    lines: Sequence[PairRow]
    pager: Pager

    @property
    def views(self) -> Sequence[tuple[str, str, bool]]:
        """Return each way to show them: its words, address, and whether it is on."""
        return [
            (words, self.address + self.asked.but(view=view).query, view is self.asked.view)
            for view, words in ((PositionsView.MATRIX, "Matrix"), (PositionsView.TABLE, "Table"))
        ]

    @property
    def filters(self) -> int:
        """Return how many values are asked for."""
        return len(self.chips)

    @property
    def arguments(self) -> Mapping[str, object]:
        """Return the arguments of this page's address, without the number of the page."""
        arguments: dict[str, list[str]] = {}
        for name, value in self.asked.filters.pairs + self.asked.own_pairs:
            arguments.setdefault(name, []).append(value)
        return {**arguments, "slug": self.slug}


def positions_page(
    session: Session,
    member: Member,
    asked: AskedPositions,
    *,
    ignored: Sequence[str],
    leaves_out: bool,
    number_of_page: str | None = None,
) -> PositionsPage:
    """Build the page of positions."""
    found = count_positions(session, member, asked)
    articles = ProjectArticles(session, member.project_id)
    names = FacetNames(session, member, articles)
    slug = member.project.slug
    address = url_for("positions.positions", slug=slug)
    passages = PassageLinks(slug, asked)
    pager = Pager.at(number_of_page, size=PAIRS_A_PAGE, total=len(found.matrix.cells))
    lines: Sequence[PairRow] = []
    if asked.view is PositionsView.TABLE:
        some = found.pairs[pager.offset :][:PAIRS_A_PAGE]
        lines = [line_of(pair, found, passages) for pair in some]
    total = found.matrix.total
    return PositionsPage(
        slug=slug,
        asked=asked,
        ignored=ignored,
        address=address,
        form=filter_form(session, member, asked, articles, names),
        chips=_chips(asked, names, address),
        csv=_csv(slug, asked),
        csv_with_semicolons=_csv(slug, asked, separator="semicolon"),
        pairs=len(found.matrix.cells),
        counted=_counted(found),
        said=f"{pluralise(total.all, 'statement', 'statements')}: "
        f"{number(total.supporting)} for, {number(total.opposing)} against",
        leaves_out=leaves_out,
        left_out=_left_out(found, passages),
        folding=_folding(found, asked),
        other_folding=_other_folding(found, asked, address),
        has_lines=bool(found.matrix.parties.blocs),
        shared=found.matrix.shared,
        least_shared=LEAST_SHARED,
        matrix=matrix_shown(found, passages) if asked.view is PositionsView.MATRIX else None,
        lines=lines,
        pager=pager,
    )


def _chips(asked: AskedPositions, names: FacetNames, address: str) -> list[Chip]:
    """Return a chip for each value that is asked for."""
    chips = [
        Chip(f"{words}: {write_day(day)}", address + asked.but(**{name: ""}).query)
        for name, words, day in (
            ("since", "From", asked.first_day),
            ("until", "To", asked.last_day),
        )
        if day is not None
    ]
    own = urlencode(asked.own_pairs)
    return chips + [
        Chip(chip.words, address + _joined(chip.address, own))
        for chip in chips_of(asked.filters, names, "")
    ]


def _joined(query: str, own: str) -> str:
    """Return a query such as "?tag=claim" or "" with further parameters."""
    if not own:
        return query
    return f"{query}&{own}" if query else f"?{own}"


def _csv(slug: str, asked: AskedPositions, separator: str = "") -> str:
    query = asked.but(view=PositionsView.MATRIX).query
    address = url_for("exports.positions_csv", slug=slug) + query
    return address + (f"{'&' if query else '?'}sep={separator}" if separator else "")


def _counted(found: Positions) -> str:
    matrix = found.matrix
    positions = pluralise(len(matrix.positions.ids), "position", "positions")
    return f"{positions}, {pluralise(len(matrix.parties.ids), 'party', 'parties')}"


def _left_out(found: Positions, passages: PassageLinks) -> list[tuple[str, str]]:
    """Return what is not in the numbers, in sentences, each with the address of its passages."""
    left = (
        (
            found.without_position,
            ngettext(
                "Left out: {count:,} statement that has no position.",
                "Left out: {count:,} statements that have no position.",
                len(found.without_position),
            ),
            ("party", "position"),
        ),
        (
            found.without_side,
            ngettext(
                "Left out: {count:,} statement that has a position and no side.",
                "Left out: {count:,} statements that have a position and no side.",
                len(found.without_side),
            ),
            ("party", "position", "side"),
        ),
        (
            found.undated,
            ngettext(
                "Left out: {count:,} statement in an article without a date.",
                "Left out: {count:,} statements in articles without a date.",
                len(found.undated),
            ),
            ("party", "position", "side"),
        ),
    )
    return [
        (sentence.format(count=len(some)), passages.of(some, *facets))
        for some, sentence, facets in left
        if some
    ]


def _folding(found: Positions, asked: AskedPositions) -> str:
    """Return what is said of how people count, "" where nobody speaks for an organisation."""
    if not found.can_fold:
        return ""
    if found.by is CountAs.PERSON:
        return "Everyone stands for themselves."
    if asked.by is None:
        return (
            f"There are more than {MOST_COLUMNS} parties: people stand with the organisation that "
            "they spoke for."
        )
    return "People stand with the organisation that they spoke for."


def _other_folding(found: Positions, asked: AskedPositions, address: str) -> Way:
    """Return the words and the address of the same with people counted the other way."""
    if found.by is CountAs.PERSON:
        return Way("Show organisations", address + asked.but(by=CountAs.ORGANIZATION).query)
    return Way("Show everyone", address + asked.but(by=CountAs.PERSON).query)
