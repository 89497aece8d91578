"""The themes of a project as they stand under one another."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from app.frozen import frozen
from app.themes.models import Theme


@frozen
class Branch:
    """A theme in use, and those that stand under it, in their order."""

    theme: Theme
    below: Sequence["Branch"]


def tree_of(themes: Iterable[Theme], also: Collection[int] = ()) -> list[Branch]:
    """Return the themes that are in use, each under the nearest theme in use above it.

    They are all there once, whatever their parents are. Archived ones count as in use if their ids
    are among `also`.
    """
    every = {theme.id: theme for theme in themes}
    shown = {theme.id for theme in every.values() if theme.archived_at is None}.union(also)
    below: dict[int | None, list[Theme]] = defaultdict(list)
    for theme in sorted(every.values(), key=lambda theme: (theme.position, theme.id)):
        if theme.id in shown:
            below[_nearest_above(theme, every, shown)].append(theme)

    def branches(parent_id: int | None) -> list[Branch]:
        return [Branch(theme, branches(theme.id)) for theme in below[parent_id]]

    return branches(None)


def in_order(branches: Iterable[Branch], level: int = 1) -> list[tuple[int, Theme]]:
    """Return the themes as a list, each with its level, 1 at the top, before those below it."""
    rows: list[tuple[int, Theme]] = []
    for branch in branches:
        rows += [(level, branch.theme), *in_order(branch.below, level + 1)]
    return rows


def names_above(branches: Iterable[Branch], above: str = "") -> dict[int, str]:
    """Return the name of the theme under which each stands, by its id, "" for one at the top."""
    names: dict[int, str] = {}
    for branch in branches:
        names |= {branch.theme.id: above, **names_above(branch.below, branch.theme.name)}
    return names


def as_listed(themes: Iterable[Theme]) -> list[Theme]:
    """Return the themes as their page has them: in use as they stand, then archived by name."""
    every = list(themes)
    archived = sorted((each for each in every if each.archived_at), key=lambda each: each.folded)
    return [*(theme for _level, theme in in_order(tree_of(every))), *archived]


def with_above(theme_id: int, parents: Mapping[int, int | None]) -> list[int]:
    """Return the ids of a theme and of all above it, archived ones too, from it to the top."""
    found = [theme_id]
    while (parent_id := parents.get(found[-1])) is not None and parent_id not in found:
        found.append(parent_id)
    return found


def with_below(theme_id: int, parents: Mapping[int, int | None]) -> list[int]:
    """Return the ids of a theme and of all beneath it, archived ones too."""
    return [each for each in {theme_id, *parents} if theme_id in with_above(each, parents)]


def _nearest_above(theme: Theme, every: dict[int, Theme], shown: Collection[int]) -> int | None:
    seen = {theme.id}
    at = theme.parent_id
    while at in every and at not in seen:
        if at in shown:
            return at
        seen.add(at)
        at = every[at].parent_id
    return None
