"""Making, changing, archiving and restoring themes, each with its event."""

from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.events.service import record
from app.projects.models import Member, Project
from app.projects.roles import Act, require
from app.themes import fields, queries
from app.themes.models import Theme
from app.themes.state import ThemeState

CREATED = "theme.created"
CHANGED = "theme.changed"
ARCHIVED = "theme.archived"
RESTORED = "theme.restored"
MERGED = "theme.merged"
UNMERGED = "theme.merge_undone"
IMPORTED = "themes.imported"
IMPORT_UNDONE = "themes.import_undone"
UNDOABLE = {MERGED: UNMERGED, IMPORTED: IMPORT_UNDONE}
"""The acts on several that are taken back as one, each with what takes it back."""
KINDS = (CREATED, CHANGED, ARCHIVED, RESTORED, *UNDOABLE, *UNDOABLE.values())

MOST_THEMES = 2_000  # of a project, archived ones too
MOST_LEVELS = 5
GAP = 1_024  # between the positions of two: another one goes between, and they stay as they are


class ThemeNameTaken(Conflict):
    """The project has a theme of this name already: `theme`."""

    def __init__(self, theme: Theme) -> None:
        message = f"There is a theme “{theme.name}” already. Take that, or another name."
        if theme.archived_at is not None:
            message = (
                f"There is an archived theme “{theme.name}” already. "
                "Restore that, which a curator can, or take another name."
            )
        super().__init__(message)
        self.theme = theme


class ThemeConflict(Conflict):
    """Someone changed the theme since it was read. `theme` is as it stands now."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            "Someone changed this theme since you opened it. What it says now is shown here, and "
            "yours is in the form: save again to put yours in its place."
        )
        self.theme = theme


def create(
    session: Session,
    *,
    actor: Member,
    typed: Mapping[str, str],
    parent_id: int | None = None,
) -> Theme:
    """Make a theme, the last among those with its parent; `typed` are fields of fields.py.

    Raises: Forbidden, Invalid, ThemeNameTaken, Conflict (there are too many).
    """
    require(actor, Act.MAKE_THEMES)
    theme = Theme(
        project_id=actor.project_id,
        parent_id=parent_id,
        position=_last_position(session, actor.project_id, parent_id),
        archived_at=None,
        version=1,
        **fields.clean({**fields.EMPTY, **typed}),
    )
    check_parent(session, theme, parent_id)
    if queries.count(session, actor.project_id) >= MOST_THEMES:
        message = (
            f"A project has at most {MOST_THEMES:,} themes, archived ones too. "
            "Rename one of those instead."
        )
        raise Conflict(message)
    _refuse_taken_name(session, theme)
    try:
        with session.begin_nested():
            session.add(theme)
    except IntegrityError:
        _refuse_taken_name(session, theme)
        raise
    record(session, actor, CREATED, theme.subject, after=ThemeState.of(theme).to_json())
    return theme


def change(
    session: Session,
    *,
    actor: Member,
    theme_id: int,
    version: int,
    typed: Mapping[str, str],
    parent_id: int | None,
) -> Theme:
    """Change what is said of a theme that is still at `version`, and under which one it stands.

    `typed` are fields of fields.py. To ask for what is there already is no conflict.

    Raises: NotFound, Forbidden, Invalid, ThemeNameTaken, ThemeConflict.
    """
    require(actor, Act.KEEP_THEMES)
    theme = queries.find(session, project_id=actor.project_id, theme_id=theme_id)
    wanted = fields.clean(typed)
    is_said = all(getattr(theme, name) == value for name, value in wanted.items())
    if is_said and theme.parent_id == parent_id:
        return theme
    if theme.version != version:
        raise ThemeConflict(theme)
    if theme.parent_id != parent_id:
        check_parent(session, theme, parent_id)

    def apply() -> None:
        for name, value in wanted.items():
            setattr(theme, name, value)
        if theme.parent_id != parent_id:
            theme.position = _last_position(session, theme.project_id, parent_id)
            theme.parent_id = parent_id

    return save(session, actor, theme, CHANGED, apply)


def move(session: Session, *, actor: Member, theme_id: int, is_up: bool) -> Theme:
    """Move a theme one place up or down among those beside it; at the end it stays.

    Raises: NotFound, Forbidden.
    """
    require(actor, Act.KEEP_THEMES)
    theme = queries.find(session, project_id=actor.project_id, theme_id=theme_id)
    lock_tree(session, theme.project_id)
    beside = queries.list_beside(session, theme)
    place = beside.index(theme)
    target = place - 1 if is_up else place + 1
    if not 0 <= target < len(beside):
        return theme
    beside.insert(target, beside.pop(place))
    position = _between(beside, target)
    if position is not None:
        _put(session, actor, theme, position)
        return theme
    for number, each in enumerate(beside, start=1):
        _put(session, actor, each, number * GAP)
    return theme


def _between(beside: Sequence[Theme], place: int) -> int | None:
    """Return a position for the theme at a place that lies between those beside it, or None."""
    low = beside[place - 1].position if place else None
    high = beside[place + 1].position if place + 1 < len(beside) else None
    if low is None:
        return None if high is None else high - GAP
    if high is None:
        return low + GAP
    middle = (low + high) // 2
    return middle if low < middle < high else None


def _put(session: Session, actor: Member, theme: Theme, position: int) -> None:
    if theme.position != position:
        save(session, actor, theme, CHANGED, lambda: setattr(theme, "position", position))


def archive(session: Session, *, actor: Member, theme_id: int) -> Theme:
    """Let nobody give a theme any more; what carries it keeps it. Twice is as good as once.

    Raises: NotFound, Forbidden.
    """
    require(actor, Act.KEEP_THEMES)
    theme = queries.find(session, project_id=actor.project_id, theme_id=theme_id)
    if theme.archived_at is not None:
        return theme
    return save(session, actor, theme, ARCHIVED, lambda: setattr(theme, "archived_at", now()))


def restore(session: Session, *, actor: Member, theme_id: int) -> Theme:
    """Let a theme be given again. Twice is as good as once.

    Raises: NotFound, Forbidden.
    """
    require(actor, Act.KEEP_THEMES)
    theme = queries.find(session, project_id=actor.project_id, theme_id=theme_id)
    if theme.archived_at is None:
        return theme
    return save(session, actor, theme, RESTORED, lambda: setattr(theme, "archived_at", None))


def save(
    session: Session, actor: Member, theme: Theme, kind: str, apply: Callable[[], None]
) -> Theme:
    """Change a theme by `apply`, and record that as an event of a kind.

    Raises: ThemeNameTaken, ThemeConflict (someone was quicker).
    """
    before = ThemeState.of(theme)
    try:
        with session.begin_nested():
            apply()
            theme.version += 1
            wanted = theme.folded
    except IntegrityError:
        session.refresh(theme)
        taken = queries.find_named(session, theme.project_id, [wanted]).get(wanted)
        if taken is None or taken.id == theme.id:
            raise
        raise ThemeNameTaken(taken) from None
    except StaleDataError:
        session.refresh(theme)
        raise ThemeConflict(theme) from None
    after = ThemeState.of(theme).to_json()
    record(session, actor, kind, theme.subject, before=before.to_json(), after=after)
    return theme


def require_usable(session: Session, project_id: int, ids: Collection[int]) -> None:
    """Do nothing if every theme of some ids can be given in a project, and stays so until the end.

    Raises: Invalid (one is archived, or none of the project's).
    """
    if not ids:
        return
    query = (
        select(Theme.id)
        .where(
            Theme.project_id == project_id,
            Theme.id.in_(sorted(ids)),
            Theme.archived_at.is_(None),
        )
        .order_by(Theme.id)
        .with_for_update(read=True)
    )
    if set(session.scalars(query)) != set(ids):
        message = (
            "One of these themes was archived, or merged into another, meanwhile. Take it away, "
            "and choose one that is there."
        )
        raise Invalid("themes", message)


def _refuse_taken_name(session: Session, theme: Theme) -> None:
    with session.no_autoflush:
        taken = queries.find_named(session, theme.project_id, [theme.name]).get(theme.folded)
    if taken is not None:
        raise ThemeNameTaken(taken)


def _last_position(session: Session, project_id: int, parent_id: int | None) -> int:
    query = select(func.coalesce(func.max(Theme.position), 0)).where(
        Theme.project_id == project_id, Theme.parent_id.is_not_distinct_from(parent_id)
    )
    return session.scalars(query).one() + GAP


def check_parent(session: Session, theme: Theme, parent_id: int | None) -> None:
    """Do nothing if a theme may stand under another one, None for the top.

    Raises: Invalid (there is none such, it stands under this one itself, or too deep).
    """
    if parent_id is None:
        return
    with session.no_autoflush:
        lock_tree(session, theme.project_id)
        every = {each.id: each for each in queries.list_themes(session, theme.project_id)}
    above: list[int] = []
    at: int | None = parent_id
    while at is not None and at in every and len(above) <= len(every):
        above.append(at)
        at = every[at].parent_id
    if parent_id not in every:
        raise Invalid("parent", "There is no such theme in this project. Choose another.")
    if theme.id in above:
        message = (
            "A theme cannot stand under itself, or under one of those below it. Choose another."
        )
        raise Invalid("parent", message)
    if len(above) + _levels_below(every.values(), theme.id) > MOST_LEVELS:
        message = f"Themes stand at most {MOST_LEVELS} levels deep. Choose one higher up."
        raise Invalid("parent", message)


def lock_tree(session: Session, project_id: int) -> None:
    """Let nobody else put a theme under another before the commit: two could make a circle."""
    query = select(Project.id).where(Project.id == project_id)
    session.execute(query.with_for_update(key_share=True))


def _levels_below(every: Collection[Theme], theme_id: int | None) -> int:
    """Return how many levels a theme and what stands under it take: 1 for one alone."""
    levels, row = 1, {theme_id}
    while theme_id is not None:
        row = {each.id for each in every if each.parent_id in row}
        if not row:
            break
        levels += 1
    return levels
