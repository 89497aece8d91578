"""The dry run of an import: what would become of each row. It changes nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.queries.content import content_of
from app.core.db import read_columns
from app.imports.outcomes import ADDED, Outcome, Planned, Summary, Wanted
from app.imports.queries.matching import Annotators, Articles, Target, Themes
from app.imports.queries.placing import MOST_PLACES, Found, find_place
from app.imports.rows import FileRow, FileTable, Refused, Said, understand
from app.projects.models import Project
from app.text.sorting import fold

SHOWN = 300  # code points of a quote that a page shows
TOLD_EVERY = 1_000  # rows

Key = tuple[int | str, str, int, int]
"""What two annotations of one text may not share: annotator, tag, start, end."""


class Plan:
    """What becomes of the rows of a file in a project, where `default_id` made those without name.

    `tell` hears now and then of how many rows it is known.
    """

    def __init__(
        self,
        session: Session,
        project: Project,
        default_id: int,
        tell: Callable[[int], None] = lambda _done: None,
    ) -> None:
        self._session = session
        self._articles = Articles(session, project)
        self._annotators = Annotators(session, project.id, default_id)
        self._themes = Themes(session, project.id)
        self._tell = tell
        self.summary = Summary()

    def make(self, table: FileTable) -> list[Planned]:
        """Return what becomes of each row, in the order of the file, and sum it up."""
        rows = table.rows
        planned: list[Planned | None] = [None] * len(rows)
        todo: list[tuple[int, Target, Said]] = []
        for index, row in enumerate(rows):
            try:
                target = self._articles.find(row)
                todo.append((index, target, understand(row)))
            except Refused as error:
                planned[index] = _shown(row, Outcome.REFUSED, str(error))
        # An article after the other: its text is looked through for all of its rows at once.
        todo.sort(key=lambda each: (each[1].id, each[0]))
        taken: dict[Key, tuple[int, str]] = {}
        current = 0
        for done, (index, target, said) in enumerate(todo, 1):
            if target.revision_id != current:
                current = target.revision_id
                taken = self._taken(current)
            try:
                planned[index] = self._place(rows[index], target, said, taken)
            except Refused as error:
                planned[index] = _shown(rows[index], Outcome.REFUSED, str(error), target)
            if done % TOLD_EVERY == 0:
                self._tell(len(rows) - len(todo) + done)
        every = [each for each in planned if each is not None]
        self._sum_up(table, every)
        return every

    def _place(
        self, row: FileRow, target: Target, said: Said, taken: dict[Key, tuple[int, str]]
    ) -> Planned:
        if said.is_placeless and said.revision != target.revision:
            return _shown(row, Outcome.PLACELESS, "", target)
        found = find_place(content_of(self._session, target.revision_id), target.revision, said)
        self._themes.find(said.themes)
        annotator = self._annotators.find(said.annotator)
        planned = _shown(row, Outcome.MOVED if found.is_moved else Outcome.NEW, "", target)
        wanted = Wanted(
            article_id=target.id,
            revision_id=target.revision_id,
            tag=said.tag,
            annotator=annotator,
            note=said.note,
            themes=said.themes,
            made_blind=said.made_blind,
            created_at=said.created_at,
            updated_at=said.updated_at,
        )
        if not found.is_sure:
            return replace(
                planned,
                outcome=Outcome.SEVERAL,
                why=_say_where(found),
                wanted=wanted,
                places=found.places,
            )
        place = found.places[0]
        key = (annotator, said.tag, *place)
        if key in taken:
            return replace(planned, outcome=Outcome.SAME, why=_say_same(said, *taken[key]))
        taken[key] = (row.number, said.note)
        return replace(planned, wanted=wanted, place=place)

    def _taken(self, revision_id: int) -> dict[Key, tuple[int, str]]:
        """Return what is there already, with 0 for a row and its note: an importer sees all."""
        query = select(
            Annotation.account_id,
            Annotation.tag_name,
            Annotation.start,
            Annotation.end,
            Annotation.note,
        ).where(Annotation.revision_id == revision_id, Annotation.deleted_at.is_(None))
        found = read_columns(self._session, query)
        return {(row[0], row[1], row[2], row[3]): (0, row[4]) for row in found}

    def _sum_up(self, table: FileTable, every: Sequence[Planned]) -> None:
        self.summary.unknown = list(table.unknown)
        self.summary.counts = dict(Counter(each.outcome.value for each in every))
        adding = [each.wanted for each in every if each.wanted and each.outcome in ADDED]
        names = {each.annotator for each in adding}
        self.summary.annotators = sorted(each for each in names if isinstance(each, str))
        given = {fold(name) for name in {name for each in adding for name in each.themes}}
        self.summary.themes = sorted(
            name for folded, name in self._themes.new.items() if folded in given
        )


def _shown(row: FileRow, outcome: Outcome, why: str, target: Target | None = None) -> Planned:
    return Planned(
        number=row.number,
        outcome=outcome,
        why=why,
        title=target.title if target else row["article_title"][:SHOWN],
        tag=row["tag"].strip().casefold()[:SHOWN],
        quote=" ".join(row["quote"][: SHOWN * 2].split())[:SHOWN],
    )


def _say_where(found: Found) -> str:
    if found.count == 1:
        return "Its words stand elsewhere than it says, and among others."
    offered = f", of which the first {MOST_PLACES} are offered"
    return (
        f"Its words stand at {found.count:,} places{offered if found.count > MOST_PLACES else ''}."
    )


def _say_same(said: Said, number: int, note: str) -> str:
    if number:
        return f"Row {number:,} is the same."
    if said.note and said.note != note:
        return "It has another note there, which stays."
    return ""
