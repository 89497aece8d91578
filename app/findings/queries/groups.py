"""The groups of a list of passages: all that there are in order, and those that hold any."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.annotations.models import Annotation, AnnotationCount
from app.annotations.queries.annotations import counted_for
from app.annotations.tags import TAGS
from app.codebook.queries import merged_themes
from app.core.conditions import unindexed
from app.core.db import read_columns
from app.findings.asked import NONE, Asked, Grouping
from app.findings.queries.asked_themes import with_trees
from app.findings.queries.matching import HAS_THEMES, NAMED, OF_STATEMENTS
from app.parties import queries as parties
from app.projects.models import Member
from app.text.sorting import sort_key
from app.themes import queries as themes
from app.themes.tree import as_listed

OF_NAMES = {Grouping.THEME, Grouping.PARTY, Grouping.POSITION}
"""The groupings by what a project has names for, of which there may be many."""

_annotation = Annotation.__table__.c
_OF_PASSAGES = {Grouping.TAG: _annotation.tag, Grouping.ANNOTATOR: _annotation.account_id}


def list_groups(session: Session, member: Member, asked: Asked) -> Sequence[str] | None:
    """Return the groups of a list in order, as values of the facet; None for those of articles."""
    if asked.group is Grouping.TAG:
        return TAGS
    if asked.group is Grouping.ANNOTATOR:
        return [str(number) for number in list_annotators(session, member)]
    if asked.group in OF_NAMES:
        values = [*map(str, _ids_by_name(session, member, asked.group)), NONE]
        wanted = getattr(with_trees(session, member, asked), asked.group.value)
        return [value for value in values if value in (wanted or values)]
    return None


def used_groups(
    session: Session, member: Member, asked: Asked, conditions: Sequence[ColumnElement[bool]]
) -> Collection[str]:
    """Return the groups that hold passages, and NONE, found by one query: one for each is slow."""
    if asked.group in _OF_PASSAGES:
        # By an index of this column SQLite would go through all, and look up the row of each.
        values = select(unindexed(_OF_PASSAGES[asked.group])).where(*conditions).distinct()
        return {*map(str, read_columns(session, values).scalars())}
    if asked.group is Grouping.THEME:
        carried: Select[tuple[int, ...]] = (
            select(_annotation.themes).where(*conditions, HAS_THEMES).distinct()
        )
        every = read_columns(session, carried).scalars()
        return {NONE, *(str(theme_id) for theme_ids in every for theme_id in theme_ids)}
    model, column = NAMED[asked.group.value], OF_STATEMENTS[asked.group.value]
    said = select(column).where(*conditions, column.is_not(None)).distinct()
    ids = read_columns(session, said).scalars().all()
    return {NONE, *map(str, parties.main_ids_of(session, model, member.project_id, ids).values())}


def _ids_by_name(session: Session, member: Member, group: Grouping) -> Sequence[int]:
    """Return the ids of a project's themes, or main parties or positions, as they stand."""
    if group is Grouping.THEME:
        merged = merged_themes(session, member.project_id)
        every = themes.list_themes(session, member.project_id)
        return [theme.id for theme in as_listed(every) if theme.id not in merged]
    return parties.list_main_ids(session, NAMED[group.value], member.project_id)


def list_annotators(session: Session, member: Member) -> Mapping[int, str]:
    """Return the names of all whose annotations a member sees in the project, by name."""
    query = (
        select(Account.id, Account.name)
        .join(AnnotationCount, AnnotationCount.account_id == Account.id)
        .where(
            AnnotationCount.project_id == member.project_id,
            AnnotationCount.living > 0,
            counted_for(member),
        )
        .distinct()
    )
    rows = read_columns(session, query).all()
    return dict(sorted(rows, key=lambda row: (sort_key(row[1]), row[0])))
