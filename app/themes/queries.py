"""Reading the themes of a project: all of them, some by their ids, some by their names."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.events.models import Event
from app.frozen import frozen
from app.text.sorting import fold
from app.themes.models import THEME, Theme
from app.themes.state import ThemeState
from app.themes.tree import Branch, tree_of


def find(session: Session, *, project_id: int, theme_id: int) -> Theme:
    """Return a theme of a project, in use or archived.

    Raises: NotFound.
    """
    theme = session.get(Theme, theme_id)
    if theme is None or theme.project_id != project_id:
        message = "There is no such theme in this project."
        raise NotFound(message)
    return theme


def list_themes(
    session: Session, project_id: int, among: Collection[int] | None = None
) -> Sequence[Theme]:
    """Return the themes of a project, in use and archived, by their places and ids.

    They are all, or with `among` those of these ids.
    """
    query = select(Theme).where(Theme.project_id == project_id)
    if among is not None:
        query = query.where(Theme.id.in_(sorted(among)))
    return session.scalars(query.order_by(Theme.position, Theme.id)).all()


def parents_of(session: Session, project_id: int) -> Mapping[int, int | None]:
    """Return for each theme of a project the id of that above it, None for one at the top."""
    query = select(Theme.id, Theme.parent_id).where(Theme.project_id == project_id)
    return {row[0]: row[1] for row in session.execute(query)}


def list_beside(session: Session, theme: Theme) -> list[Theme]:
    """Return the themes in use that stand beside one in the list of them, with that, in order."""

    def beside(branches: Sequence[Branch]) -> list[Theme]:
        here = [branch.theme for branch in branches]
        if theme in here:
            return here
        return next((found for each in branches if (found := beside(each.below))), [])

    return beside(tree_of(list_themes(session, theme.project_id))) or [theme]


def count(session: Session, project_id: int) -> int:
    """Return how many themes a project has, in use and archived."""
    query = select(func.count()).select_from(Theme).where(Theme.project_id == project_id)
    return session.scalars(query).one()


def find_named(session: Session, project_id: int, names: Iterable[str]) -> dict[str, Theme]:
    """Return the themes of a project with some names, by these names as they are folded."""
    folded = {fold(name) for name in names}
    if not folded:
        return {}
    query = select(Theme).where(Theme.project_id == project_id, Theme.folded.in_(sorted(folded)))
    return {theme.folded: theme for theme in session.scalars(query)}


def verify(session: Session, project_id: int | None = None) -> Iterator[str]:
    """Yield a sentence for every theme that is not what its last event says.

    With `project_id` of those of that project alone.
    """
    newest = (
        select(func.max(Event.id))
        .where(Event.subject_kind == THEME, Event.subject_id == Theme.id)
        .correlate(Theme)
        .scalar_subquery()
    )
    rows = select(Theme, Event.after, Event.version).outerjoin(Event, Event.id == newest)
    if project_id is not None:
        rows = rows.where(Theme.project_id == project_id)
    for theme, after, version in session.execute(rows.order_by(Theme.id)):
        kept = ThemeState.from_json(after) if after else None
        if version != theme.version or kept != ThemeState.of(theme):
            yield f"theme {theme.id}: it is not what its last event says"


@frozen
class NamedTheme:
    """A theme as it is shown beside what carries it."""

    id: int
    name: str
    colour: str


def list_named(session: Session, project_id: int, ids: Collection[int]) -> list[NamedTheme]:
    """Return some themes of a project, in use or archived, by their names.

    An id of another project's is passed over: it may come from an address or a form.
    """
    if not ids:
        return []
    query = select(Theme.id, Theme.name, Theme.colour).where(
        Theme.project_id == project_id, Theme.id.in_(sorted(ids))
    )
    return [NamedTheme(*row) for row in session.execute(query.order_by(Theme.folded))]


def usable_names(session: Session, project_id: int) -> list[str]:
    """Return the names of the themes of a project that can be given, in order."""
    query = select(Theme.name).where(Theme.project_id == project_id, Theme.archived_at.is_(None))
    return list(session.scalars(query.order_by(Theme.folded)))


def names_of(session: Session, ids: Collection[int]) -> Mapping[int, str]:
    """Return the names of some themes, as they are now, by their ids."""
    if not ids:
        return {}
    query = select(Theme.id, Theme.name).where(Theme.id.in_(sorted(ids)))
    return {row[0]: row[1] for row in session.execute(query)}
