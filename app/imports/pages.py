"""What the pages of imports show: choosing a file, what would become of it, and what became."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.annotations.pages.event_text import shorten
from app.annotations.service.bulk import undoable
from app.articles.queries.content import content_of
from app.events.models import Event
from app.frozen import frozen
from app.imports.models import Import, ImportRow
from app.imports.outcomes import ADDED, Planned, RowOutcome
from app.imports.readers import FORMATS
from app.imports.rows import MOST_ROWS
from app.imports.service import imports
from app.projects.models import Member
from app.text.catalogue import ngettext
from app.text.direction import isolated
from app.web.responses import FormPage, Pager

ROWS_A_PAGE = 50
AROUND = 40  # code points shown on each side of a place
MOST_NAMED = 20  # annotators or themes
AND_MORE = "{names} and {more:,} more"
SECTIONS: Mapping[RowOutcome, tuple[str, str]] = {
    RowOutcome.SEVERAL: (
        "to choose",
        "Their words stand at several places: choose which is meant.",
    ),
    RowOutcome.REFUSED: (
        "refused",
        "Not added. Correct these rows in the file, and choose it again.",
    ),
    RowOutcome.MOVED: ("found elsewhere", "Their words stand elsewhere than the file says."),
    RowOutcome.NEW: ("to be added", "Their words stand where the file says, or at one place."),
    RowOutcome.SAME: ("there already", "Their annotators have that tag on that passage."),
    RowOutcome.PLACELESS: ("without a place", "The file itself has no place for them."),
}
"""The lists of a page, those that ask for something first: a name, and what it holds."""
LEFT_OUT = ("left out", "Their words stand at several places, and none was chosen.")
STATES = {
    imports.READING: "being read",
    imports.READY: "to be confirmed",
    imports.UNREADABLE: "not readable",
    imports.ADDING: "being added",
    imports.ADDED: "added",
    imports.STOPPED: "stopped",
}


@frozen
class ImportLine:
    """An import in the list of one's own."""

    id: int
    file_name: str
    state: str
    made_at: datetime


@frozen
class ImportsPage(FormPage):
    """Where a file is chosen, and the imports of whoever looks."""

    slug: str
    lines: Sequence[ImportLine]
    file_format: str = ""
    problem: str = ""
    field: str = ""
    most_bytes: int = imports.FILE_LIMIT
    most_rows: int = MOST_ROWS
    kept_days: int = imports.KEPT.days

    @property
    def formats(self) -> list[tuple[str, str]]:
        """Return the formats that can be chosen: their values and names."""
        return [(key, one.name) for key, one in FORMATS.items()]

    @property
    def endings(self) -> list[str]:
        """Return how the names of files end that can be chosen."""
        return [ending for one in FORMATS.values() for ending in one.endings]


@frozen
class OutcomeSection:
    """A list of rows that come to one end; `address` leads to it."""

    name: str
    count: int
    address: str
    is_shown: bool


@frozen
class PlaceShown:
    """One of several places: where it begins, and the words there and around."""

    start: int
    before: str
    quote: str
    after: str
    is_chosen: bool


@frozen
class RowShown:
    """A row of the file, and what becomes of it."""

    position: int
    number: int
    why: str
    title: str
    tag: str
    quote: str
    places: Sequence[PlaceShown]
    is_left_out: bool


@frozen
class ImportPage:
    """An import: how far it is, what becomes of its rows, what was done.

    `adding` counts what one press adds; `undo` is where that is taken back, "" for no way.
    """

    slug: str
    id: int
    file_name: str
    state: str
    is_stopped: bool
    problem: str
    done: int
    total: int
    said: Sequence[str]
    adding: int
    sections: Sequence[OutcomeSection]
    about: str
    show: str
    rows: Sequence[RowShown]
    pager: Pager
    undo: str

    @property
    def is_working(self) -> bool:
        """Say whether somebody works on it."""
        return self.state in imports.WORKING and not self.is_stopped

    @property
    def can_add(self) -> bool:
        """Say whether it can be added now."""
        return self.state == imports.READY

    @property
    def can_choose(self) -> bool:
        """Say whether the rows that are shown have places to choose from."""
        return self.can_add and self.show == RowOutcome.SEVERAL

    @property
    def is_added(self) -> bool:
        """Say whether it was added."""
        return self.state == imports.ADDED

    @property
    def progress(self) -> str:
        """Say how far it is."""
        if self.state == imports.ADDING:
            return "The annotations are being added: all of them, or none where it is cut off."
        if not self.total:
            return "The file is being read."
        return f"{self.done:,} of {self.total:,} rows are looked at."


def imports_page(session: Session, member: Member) -> ImportsPage:
    """Build the page on which a file is chosen."""
    lines = [
        ImportLine(
            one.id,
            one.file_name,
            STATES[imports.STOPPED if imports.is_stopped(one) else one.state],
            one.made_at,
        )
        for one in imports.list_own(session, member)
    ]
    return ImportsPage(member.project.slug, lines)


def import_page(
    session: Session, member: Member, one: Import, *, show: str, number: str | None
) -> ImportPage:
    """Build the page of an import; `show` is the outcome whose rows are asked for."""
    slug = member.project.slug
    is_stopped = imports.is_stopped(one)
    counts: dict[str, int] = {}
    if one.state in {imports.READY, imports.ADDED}:
        query = (
            select(ImportRow.outcome, func.count())
            .where(ImportRow.import_id == one.id)
            .group_by(ImportRow.outcome)
        )
        counts = {row[0]: row[1] for row in session.execute(query)}
    there = [outcome for outcome in SECTIONS if counts.get(outcome)]
    shown = next((each for each in there if each == show), there[0] if there else None)
    pager = Pager.at(number, size=ROWS_A_PAGE, total=counts.get(shown, 0) if shown else 0)
    named = SECTIONS if one.state == imports.READY else {**SECTIONS, RowOutcome.SEVERAL: LEFT_OUT}
    sections = [
        OutcomeSection(
            named[each][0],
            counts[each],
            url_for("imports.look", slug=slug, import_id=one.id, show=each.value) + "#rows",
            each is shown,
        )
        for each in there
    ]
    is_ready = one.state == imports.READY
    said = _said(one)
    undo = _undo(session, member, one)
    if one.event_id is not None and not undo:
        said.append("This was undone: what nobody had changed since is in the trash.")
    return ImportPage(
        slug=slug,
        id=one.id,
        file_name=one.file_name,
        state=one.state,
        is_stopped=is_stopped,
        problem=one.problem,
        done=one.done,
        total=one.total,
        said=said,
        adding=_count_adding(session, one, counts) if is_ready else 0,
        sections=sections,
        about=named[shown][1] if shown else "",
        show=shown.value if shown else "",
        rows=_rows(session, one, shown, pager) if shown else [],
        pager=pager,
        undo=undo,
    )


def _count_adding(session: Session, one: Import, counts: Mapping[str, int]) -> int:
    chosen = select(func.count()).where(
        ImportRow.import_id == one.id,
        ImportRow.outcome == RowOutcome.SEVERAL.value,
        ImportRow.chosen.is_not(None),
    )
    return sum(counts.get(each, 0) for each in ADDED) + session.scalars(chosen).one()


def _undo(session: Session, member: Member, one: Import) -> str:
    event = session.get(Event, one.event_id) if one.event_id else None
    if event is None or not undoable(session, [event]):
        return ""
    return url_for("bulk.undo", slug=member.project.slug, event_id=event.id)


SENTENCES: Mapping[str, str] = {
    "annotators, will": (
        "Annotators who are not here become outsiders, who cannot sign in: {names}."
    ),
    "annotators, did": "Annotators who are not here are outsiders now: {names}.",
    "themes, will": "New themes are made: {names}.",
    "themes, did": "New themes were made: {names}.",
    "parties, will": "New parties are made: {names}.",
    "parties, did": "New parties were made: {names}.",
    "positions, will": "New positions are made: {names}.",
    "positions, did": "New positions were made: {names}.",
    "torn": (
        "In the file these speak for several organisations, of which the first counts; say the days"
        " of each on its page under Parties: {names}."
    ),
    "unknown": "Columns that are not read: {names}.",
}
"""What is said of the names in a file: by what they are, and whether it has been imported."""


def _said(one: Import) -> list[str]:
    """Return what is said of an import beside its rows: what it would bring, or what it did."""
    said: list[str] = []
    summary, is_ready = one.summary, one.state == imports.READY
    if one.state == imports.ADDED:
        result = summary["result"]
        said.append(
            ngettext(
                "{count:,} annotation was added.",
                "{count:,} annotations were added.",
                result["added"],
            ).format(count=result["added"])
        )
        same = result["same"] + summary["counts"].get(RowOutcome.SAME.value, 0)
        if same:
            sentence = ngettext(
                "{count:,} was there already.", "{count:,} were there already.", same
            )
            said.append(sentence.format(count=same))
        if result["overtaken"]:
            sentence = ngettext(
                "{count:,} was left out, since its article was corrected or archived meanwhile."
                " Choose the file once more to add it.",
                "{count:,} were left out, since their articles were corrected or archived"
                " meanwhile. Choose the file once more to add them.",
                result["overtaken"],
            )
            said.append(sentence.format(count=result["overtaken"]))
    if not is_ready and one.event_id is None:
        return said
    tense = "will" if is_ready else "did"
    cases = {name: f"{name}, {tense}" for name in ("annotators", "themes", "parties", "positions")}
    cases |= {name: name for name in ("torn", "unknown")}
    # An import of before there were parties has none.
    said += [
        SENTENCES[case].format(names=_named(names))
        for name, case in cases.items()
        if (names := summary.get(name))
    ]
    return said


def _named(names: Sequence[str]) -> str:
    named = ", ".join(map(isolated, names[:MOST_NAMED]))
    more = len(names) - MOST_NAMED
    return AND_MORE.format(names=named, more=more) if more > 0 else named


def _rows(session: Session, one: Import, outcome: RowOutcome, pager: Pager) -> list[RowShown]:
    query = (
        select(ImportRow)
        .where(ImportRow.import_id == one.id, ImportRow.outcome == outcome.value)
        .order_by(ImportRow.position)
        .offset(pager.offset)
        .limit(pager.size)
    )
    return [_row(session, row) for row in session.scalars(query)]


def _row(session: Session, row: ImportRow) -> RowShown:
    planned = Planned.from_json(row.outcome, row.planned)
    return RowShown(
        position=row.position,
        number=planned.number,
        why=planned.why,
        title=planned.title,
        tag=planned.tag,
        quote=shorten(planned.quote, 200),
        places=_places(session, planned, row.chosen),
        is_left_out=row.chosen is None,
    )


def _places(session: Session, planned: Planned, chosen: int | None) -> list[PlaceShown]:
    if planned.wanted is None:
        return []
    text = content_of(session, planned.wanted.revision_id).text
    return [
        PlaceShown(
            start=start,
            before=_flat(text[max(0, start - AROUND) : start]),
            quote=shorten(_flat(text[start:end]), 200),
            after=_flat(text[end : end + AROUND]),
            is_chosen=start == chosen,
        )
        for start, end in planned.places
    ]


def _flat(words: str) -> str:
    return words.replace("\n", " ")
