"""The picture by theme: its rows as the page Themes has them, each with all beneath it."""

from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session

from app.findings.asked import NONE, TREE, Asked
from app.findings.pages.charts import FigureRow
from app.findings.pages.facet_lists import BENEATH
from app.findings.queries.asked_themes import with_trees
from app.findings.queries.summary import Tallies
from app.projects.models import Member
from app.themes.models import Theme
from app.themes.queries import list_themes
from app.themes.tree import as_listed, in_order, names_above, tree_of, with_above, with_below

Leading = Callable[[Asked, str], str]
"""Gives the address of what is asked for with a tag, with "" of any tag."""


class ThemeRows:
    """The rows of themes for one filter: those of tallies, each of which leads to its passages."""

    def __init__(
        self,
        session: Session,
        member: Member,
        asked: Asked,
        tallies: Tallies,
        leading: Leading,
    ) -> None:
        self._asked, self._leading = asked, leading
        self._tallies, self._parents = tallies.by_theme, tallies.theme_trees.parents
        self._wanted = set(with_trees(session, member, asked).theme)
        # Of thousands mostly few are carried: to read all of them takes longer than all the rest.
        carried = {int(value.removesuffix(TREE)) for value in self._tallies if value != NONE}
        shown = {each for theme_id in carried for each in with_above(theme_id, self._parents)}
        self._every = list_themes(session, member.project_id, shown)

    def all(self) -> list[FigureRow]:
        """Return the rows in their order, what has no theme last."""
        tree = tree_of(self._every)
        levels = {theme.id: level for level, theme in in_order(tree)}
        above = names_above(tree)
        rows = []
        for theme in as_listed(self._every):
            row = self._row(theme, levels.get(theme.id, 1), above.get(theme.id, ""))
            if row is not None:
                rows.append(row)
        if NONE in self._tallies:
            rows.append(FigureRow("No theme", self._tallies[NONE], self._to(NONE)))
        return rows

    def _row(self, theme: Theme, level: int, above: str) -> FigureRow | None:
        alone, tree = str(theme.id), f"{theme.id}{TREE}"
        tally = self._tallies.get(alone, {})
        together = self._tallies.get(tree, tally)
        if not together:
            return None
        branch = None
        if together != tally:
            name = BENEATH.format(theme=theme.name)
            branch = FigureRow(name, together, self._to(tree), level)
        return FigureRow(theme.name, tally, self._to(alone), level, above, branch)

    def _to(self, value: str) -> Callable[[str], str]:
        return partial(self._address, value)

    def _address(self, value: str, tag: str) -> str:
        """Return the address of what has a value of those that are asked for, "" for none."""
        found = {value}
        if value.endswith(TREE):
            found = set(map(str, with_below(int(value.removesuffix(TREE)), self._parents)))
        if not self._wanted or found <= self._wanted:
            return self._leading(self._asked.only("theme", value), tag)
        return self._leading(self._asked, tag) if found >= self._wanted else ""
