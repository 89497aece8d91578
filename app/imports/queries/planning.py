"""The dry run of an import: what would become of each row. It changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.queries.content import content_of
from app.core.db import read_columns
from app.imports.outcomes import ADDED, Planned, RowOutcome, Summary, WantedAnnotation, Who
from app.imports.queries.matching import Annotators, Articles, ImportNames, Target
from app.imports.queries.placing import MOST_PLACES, PlaceCandidates, find_place
from app.imports.rows import FileRow, FileTable, RowContent, RowRefused, understand
from app.parties import queries as parties
from app.parties.models import Party, Position
from app.projects.models import Project

SHOWN = 300  # code points of a quote that a page shows
TOLD_EVERY = 1_000  # rows

AnnotationKey = tuple[int | str, str, int, int]
"""What two annotations of one text may not share: annotator, tag, start, end."""


class ImportPlan:
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
        self._themes = ImportNames.of_themes(session, project.id)
        self._parties = ImportNames.of(session, Party, project.id)
        self._positions = ImportNames.of(session, Position, project.id)
        self._persons = parties.persons_of(session, project.id)
        self._tell = tell
        self.summary = Summary()

    def make(self, table: FileTable) -> list[Planned]:
        """Return what becomes of each row, in the order of the file, and sum it up."""
        rows = table.rows
        planned: list[Planned | None] = [None] * len(rows)
        todo: list[tuple[int, Target, RowContent]] = []
        for index, row in enumerate(rows):
            try:
                target = self._articles.find(row)
                todo.append((index, target, understand(row)))
            except RowRefused as error:
                planned[index] = _shown(row, RowOutcome.REFUSED, str(error))
        # An article after the other: its text is looked through for all of its rows at once.
        todo.sort(key=lambda each: (each[1].id, each[0]))
        taken: dict[AnnotationKey, tuple[int, str]] = {}
        current = 0
        for done, (index, target, said) in enumerate(todo, 1):
            if target.revision_id != current:
                current = target.revision_id
                taken = self._taken(current)
            try:
                planned[index] = self._place(rows[index], target, said, taken)
            except RowRefused as error:
                planned[index] = _shown(rows[index], RowOutcome.REFUSED, str(error), target)
            if done % TOLD_EVERY == 0:
                self._tell(len(rows) - len(todo) + done)
        every = [each for each in planned if each is not None]
        self._sum_up(table, every)
        return every

    def _place(
        self,
        row: FileRow,
        target: Target,
        said: RowContent,
        taken: dict[AnnotationKey, tuple[int, str]],
    ) -> Planned:
        if said.is_placeless and said.revision != target.revision:
            return _shown(row, RowOutcome.PLACELESS, "", target)
        found = find_place(content_of(self._session, target.revision_id), target.revision, said)
        self._themes.find(said.themes)
        self._find_who(said.who)
        annotator = self._annotators.find(said.annotator)
        planned = _shown(row, RowOutcome.MOVED if found.is_moved else RowOutcome.NEW, "", target)
        wanted = WantedAnnotation(
            article_id=target.id,
            revision_id=target.revision_id,
            tag=said.tag,
            annotator=annotator,
            note=said.note,
            themes=said.themes,
            made_blind=said.made_blind,
            created_at=said.created_at,
            updated_at=said.updated_at,
            who=said.who,
        )
        if not found.is_sure:
            return replace(
                planned,
                outcome=RowOutcome.SEVERAL,
                why=_say_where(found),
                wanted=wanted,
                places=found.places,
            )
        place = found.places[0]
        key = (annotator, said.tag, *place)
        if key in taken:
            return replace(planned, outcome=RowOutcome.SAME, why=_say_same(said, *taken[key]))
        taken[key] = (row.number, said.note)
        return replace(planned, wanted=wanted, place=place)

    def _find_who(self, who: Who) -> None:
        """Note those parties and positions that are to be made.

        Raises: RowRefused (there would be too many, or a person is said to be an organisation).
        """
        if who.speaks_for_another and Party.key_of(who.organization) in self._persons:
            message = (
                f"“{who.organization}” is a person here, and nobody speaks for a person. "
                "Name the organisation, or leave it out."
            )
            raise RowRefused(message)
        self._parties.find(who.names)
        self._positions.find([who.position] if who.position else [])

    def _taken(self, revision_id: int) -> dict[AnnotationKey, tuple[int, str]]:
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
        self.summary.themes = self._themes.made_for(name for one in adding for name in one.themes)
        whos = list(dict.fromkeys(one.who for one in adding))
        self.summary.parties = self._parties.made_for(name for who in whos for name in who.names)
        self.summary.positions = self._positions.made_for(
            who.position for who in whos if who.position
        )
        spoken_for: dict[str, set[str]] = defaultdict(set)
        for who in whos:
            if who.speaks_for_another:
                spoken_for[Party.key_of(who.party)].add(Party.key_of(who.organization))
        self.summary.torn = sorted(
            self._parties.new[key]
            for key, organizations in spoken_for.items()
            if key in self._parties.new and len(organizations) > 1
        )


def _shown(row: FileRow, outcome: RowOutcome, why: str, target: Target | None = None) -> Planned:
    return Planned(
        number=row.number,
        outcome=outcome,
        why=why,
        title=target.title if target else row["article_title"][:SHOWN],
        tag=row["tag"].strip().casefold()[:SHOWN],
        quote=" ".join(row["quote"][: SHOWN * 2].split())[:SHOWN],
    )


def _say_where(found: PlaceCandidates) -> str:
    if found.count == 1:
        return "Its words stand elsewhere than it says, and among others."
    if found.count <= MOST_PLACES:
        return f"Its words stand at {found.count:,} places."
    return (
        f"Its words stand at {found.count:,} places, of which the first {MOST_PLACES} are offered."
    )


def _say_same(said: RowContent, number: int, note: str) -> str:
    if number:
        return f"Row {number:,} is the same."
    if said.note and said.note != note:
        return "It has another note there, which stays."
    return ""
