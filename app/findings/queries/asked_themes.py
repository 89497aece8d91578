"""Themes with all beneath them, and themes that were merged, as the facet asks for them."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.orm import Session

from app.codebook.queries import merged_themes
from app.findings.asked import NONE, TREE, Asked
from app.projects.models import Member
from app.themes.queries import parents_of
from app.themes.tree import with_above, with_below


def with_merged(session: Session, member: Member, asked: Asked) -> Asked:
    """Return the same with what each theme that is asked for was merged into in its place."""
    if asked.theme in {(), (NONE,)}:
        return asked
    merged = {
        str(one): str(into) for one, into in merged_themes(session, member.project_id).items()
    }
    return asked.only("theme", *{_merged(value, merged) for value in asked.theme})


def _merged(value: str, merged: Mapping[str, str]) -> str:
    theme_id = value.removesuffix(TREE)
    return merged.get(theme_id, theme_id) + value[len(theme_id) :]


def with_trees(session: Session, member: Member, asked: Asked) -> Asked:
    """Return the same with every theme of each tree that is asked for, in place of the tree."""
    asked = with_merged(session, member, asked)
    trees = [value for value in asked.theme if value.endswith(TREE)]
    if not trees:
        return asked
    parents = parents_of(session, member.project_id)
    alone = {
        str(theme_id)
        for value in trees
        for theme_id in with_below(int(value.removesuffix(TREE)), parents)
    }
    return asked.only("theme", *alone.union(asked.theme).difference(trees))


class ThemeTrees:
    """The themes of a project that have others beneath them, as values of the facet.

    `parents` has the id of the theme under which each stands.
    """

    def __init__(self, session: Session, member: Member) -> None:
        self.parents = parents = parents_of(session, member.project_id)
        above = {parent_id for parent_id in parents.values() if parent_id is not None}
        if above:
            above -= merged_themes(session, member.project_id).keys()
        self._within: Mapping[int, Sequence[str]] = {
            theme_id: [f"{one}{TREE}" for one in with_above(theme_id, parents) if one in above]
            for theme_id in parents
        }

    @property
    def has_any(self) -> bool:
        """Say whether the project has any theme."""
        return bool(self._within)

    def values_of(self, theme_ids: Collection[int]) -> set[str]:
        """Return every value that finds what carries just these themes, NONE for no theme."""
        found = {str(theme_id) for theme_id in theme_ids}
        for theme_id in theme_ids:
            found.update(self._within.get(theme_id, ()))
        return found or {NONE}
