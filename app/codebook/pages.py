"""What the pages of themes show: each a `@frozen` object."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from sqlalchemy.orm import Session

from app.accounts.avatars import Colour
from app.codebook.queries import count_together, count_uses, merged_themes
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, may
from app.themes import queries
from app.themes.fields import EMPTY
from app.themes.models import NAME_LIMIT, TEXT_LIMIT, Theme
from app.themes.queries import NamedTheme
from app.themes.service.importing import ThemeImportLine, ThemeImportPlan
from app.themes.service.themes import MOST_THEMES
from app.themes.table import BYTES_LIMIT, COLUMNS
from app.themes.tree import Branch, in_order, tree_of, with_above
from app.web.filters import number
from app.web.responses import FormPage, read_number


@frozen
class ThemeLine:
    """A theme in the list, with those that stand under it; `uses` are what the reader may see.

    `uses_in_tree` are the annotations that carry it or any theme beneath it, each counted once.
    `is_first` and `is_last` say whether it stands at an end of those beside it.
    """

    id: int
    name: str
    definition: str
    example: str
    colour: str
    uses: int
    uses_in_tree: int = 0
    is_first: bool = True
    is_last: bool = True
    below: Sequence["ThemeLine"] = ()

    @property
    def tree(self) -> str:
        """Return the value by which passages are asked for that carry it or any beneath it."""
        return f"{self.id}-tree"


@frozen
class ThemesPage(FormPage):
    """The themes of a project; `typed` is the name that was sent and not taken."""

    slug: str
    project: str
    lines: Sequence[ThemeLine]
    archived: Sequence[ThemeLine]
    can_make: bool
    can_keep: bool
    typed: str = ""
    problem: str = ""
    field: str = ""
    name_limit: int = NAME_LIMIT


@frozen
class Parent:
    """A theme under which another one may stand: its id, and its name after those above it."""

    id: int
    name: str


@frozen
class ThemePage(FormPage):
    """One theme, with the form to change it. `typed` is what was sent and not saved.

    Under one of `parents` it may stand, into one of `others` it may be merged.
    """

    slug: str
    line: ThemeLine
    version: int
    said: Mapping[str, str]
    parent_id: int | None
    parents: Sequence[Parent]
    others: Sequence[Parent]
    is_archived: bool
    can_keep: bool
    typed: Mapping[str, str] = field(default_factory=dict)
    is_conflict: bool = False
    problem: str = ""
    field: str = ""
    colours: Sequence[str] = tuple(Colour)
    name_limit: int = NAME_LIMIT
    text_limit: int = TEXT_LIMIT

    def in_form(self, name: str) -> str:
        """Return what was sent in a field, or else what the theme says there."""
        return self.typed.get(name, self.said[name])

    @property
    def parent_in_form(self) -> int | None:
        """Return the id of the theme that was chosen to stand under, or of the one above."""
        return read_number(self.typed["parent"]) if "parent" in self.typed else self.parent_id

    @property
    def problem_above(self) -> str:
        """Return what no field says."""
        return "" if self.field else self.problem


MOST_NAMED = 100  # rows of a file of each kind


@frozen
class ImportList:
    """Rows of one kind of a file of themes: the first of them, and how many more there are."""

    title: str
    lines: Sequence[ThemeImportLine]
    more: int


@frozen
class ThemeImportPage(FormPage):
    """The form for a file of themes, and with a `plan` what it would do, to be confirmed.

    `table` is the file as the form sends it again.
    """

    slug: str
    columns: Sequence[str] = COLUMNS
    most: int = MOST_THEMES
    most_bytes: int = BYTES_LIMIT
    plan: ThemeImportPlan | None = None
    table: str = ""
    problem: str = ""
    field: str = ""

    @property
    def will(self) -> str:
        """Return what the button says, "" where there is nothing to do."""
        if self.plan is None or self.plan.is_nothing:
            return ""
        added, changed = len(self.plan.added), len(self.plan.changed)
        return f"Import: {number(added)} new, {number(changed)} changed"

    @property
    def lists(self) -> Sequence[ImportList]:
        """Return what becomes of the rows, those of a kind together; kinds without rows are not."""
        if self.plan is None:
            return []
        kinds = (
            ("New", self.plan.added),
            ("Changed", self.plan.changed),
            ("Refused, and left out", self.plan.refused),
        )
        return [
            ImportList(title, lines[:MOST_NAMED], max(len(lines) - MOST_NAMED, 0))
            for title, lines in kinds
            if lines
        ]


def themes_page(session: Session, member: Member) -> ThemesPage:
    """Build the list of a project's themes."""
    every = queries.list_themes(session, member.project_id)
    uses, in_trees = _count_carried(session, member, every)
    archived = sorted((each for each in every if each.archived_at), key=lambda each: each.folded)
    return ThemesPage(
        slug=member.project.slug,
        project=member.project.name,
        lines=_lines(tree_of(every), uses, in_trees),
        archived=[_line(theme, uses, in_trees) for theme in archived],
        can_make=may(member, Act.MAKE_THEMES),
        can_keep=may(member, Act.KEEP_THEMES),
    )


def _count_carried(
    session: Session, member: Member, every: Sequence[Theme]
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Return how many annotations carry each theme, and how many it or any beneath it."""
    parents = {theme.id: theme.parent_id for theme in every}
    uses, in_trees = Counter[int](), Counter[int]()
    for theme_ids, count in count_together(session, member).items():
        uses.update(dict.fromkeys(theme_ids, count))
        found = {each for theme_id in theme_ids for each in with_above(theme_id, parents)}
        in_trees.update(dict.fromkeys(found, count))
    # Who asks for what is beneath one that was merged finds what is beneath the other.
    if any(theme.archived_at for theme in every):
        for theme_id in merged_themes(session, member.project_id):
            in_trees.pop(theme_id, None)
    return uses, in_trees


def names_page(session: Session, member: Member, article_id: int) -> list[NamedTheme]:
    """Return the themes that can be given: by their use in an article, in the project, by name."""
    here = count_uses(session, member, article_id=article_id)
    uses = count_uses(session, member)
    every = queries.list_themes(session, member.project_id)
    usable = sorted(
        (theme for theme in every if theme.archived_at is None),
        key=lambda theme: (-here.get(theme.id, 0), -uses.get(theme.id, 0), theme.folded),
    )
    return [NamedTheme(theme.id, theme.name, theme.colour) for theme in usable]


def theme_page(session: Session, member: Member, theme: Theme) -> ThemePage:
    """Build the page of one theme."""
    every = queries.list_themes(session, member.project_id)
    return ThemePage(
        slug=member.project.slug,
        line=_line(theme, *_count_carried(session, member, every)),
        version=theme.version,
        said={name: getattr(theme, name) for name in EMPTY},
        parent_id=theme.parent_id,
        parents=_parents(every, theme),
        others=[
            Parent(each.id, each.name)
            for each in sorted(every, key=lambda each: each.folded)
            if each.archived_at is None and each.id != theme.id
        ],
        is_archived=theme.archived_at is not None,
        can_keep=may(member, Act.KEEP_THEMES),
    )


def _lines(
    branches: Sequence[Branch], uses: Mapping[int, int], in_trees: Mapping[int, int]
) -> list[ThemeLine]:
    last = len(branches) - 1
    return [
        _line(
            branch.theme,
            uses,
            in_trees,
            is_first=place == 0,
            is_last=place == last,
            below=_lines(branch.below, uses, in_trees),
        )
        for place, branch in enumerate(branches)
    ]


def _line(
    theme: Theme,
    uses: Mapping[int, int],
    in_trees: Mapping[int, int],
    *,
    is_first: bool = True,
    is_last: bool = True,
    below: Sequence[ThemeLine] = (),
) -> ThemeLine:
    return ThemeLine(
        id=theme.id,
        name=theme.name,
        definition=theme.definition,
        example=theme.example,
        colour=theme.colour,
        uses=uses.get(theme.id, 0),
        uses_in_tree=in_trees.get(theme.id, 0),
        is_first=is_first,
        is_last=is_last,
        below=below,
    )


def _parents(every: Iterable[Theme], theme: Theme) -> list[Parent]:
    """Return the themes under which one may stand, each with the names of those above it."""
    every = list(every)
    parents, path = [], list[str]()
    skipped = 0  # the level of the theme itself, while it is gone through with all below it
    for level, each in in_order(tree_of([*every])):
        path[level - 1 :] = [each.name]
        if skipped and level > skipped:
            continue
        skipped = level if each.id == theme.id else 0
        if not skipped:
            parents.append(Parent(each.id, " › ".join(path)))
    known = {parent.id for parent in parents}
    above = next((each for each in every if each.id == theme.parent_id), None)
    if above is not None and above.id not in known:  # archived
        parents.append(Parent(above.id, above.name))
    return parents
