"""Merging a theme into another: one act on all that carry it, and taking that back."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation, AnnotationTheme
from app.annotations.service import together
from app.annotations.state import AnnotationState
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.events.models import Event
from app.events.queries import is_taken_back
from app.events.service import record
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act, require
from app.themes import queries
from app.themes.models import Theme
from app.themes.service.themes import MERGED, UNMERGED
from app.themes.state import ThemeState


@frozen
class Merged:
    """A merge, or the undoing of one: its event, the two themes, and how many annotations.

    `skipped` are those that somebody has changed meanwhile, which are left as they are.
    """

    event_id: int
    theme: Theme
    into: Theme
    changed: int
    skipped: int = 0


def merge(session: Session, *, actor: Member, theme_id: int, into_id: int | None) -> Merged:
    """Give all annotations that carry a theme another one in its place, and archive it.

    Raises: NotFound, Forbidden, Invalid (there is nothing to merge it into), Conflict.
    """
    require(actor, Act.KEEP_THEMES)
    require(actor, Act.CHANGE_ANY)
    _lock_themes(session, actor, {theme_id, into_id or theme_id})
    theme = queries.find(session, project_id=actor.project_id, theme_id=theme_id)
    if into_id is None or into_id == theme_id:
        raise Invalid("into", "Choose another theme to merge this one into.")
    into = queries.find(session, project_id=actor.project_id, theme_id=into_id)
    if theme.archived_at is not None or into.archived_at is not None:
        message = "One of the two themes is archived. Restore it first, or choose another."
        raise Conflict(message)
    carrying = select(AnnotationTheme.annotation_id).where(AnnotationTheme.theme_id == theme_id)
    held = together.lock_annotations(session, session.scalars(carrying).all())
    before = ThemeState.of(theme)
    theme.archived_at = now()
    theme.version += 1
    session.flush()
    wanted = {
        annotation: _with_themes(annotation, {*annotation.themes, into_id} - {theme_id})
        for annotation in held
    }
    steps = together.write(session, actor, wanted)
    event_id = record(
        session,
        actor,
        MERGED,
        theme.subject,
        before=before.to_json(),
        after={**ThemeState.of(theme).to_json(), "into": into.id, "into_name": into.name},
    )
    together.record_parts(session, actor, steps, part_of_id=event_id)
    return Merged(event_id, theme, into, len(wanted))


def undo_merge(session: Session, *, actor: Member, event_id: int) -> Merged:
    """Take back a merge: the theme is in use again, and carried by what carried it.

    An annotation that somebody has changed since is left as it is.

    Raises: NotFound, Forbidden, Conflict (it was taken back, or the theme was changed since).
    """
    require(actor, Act.KEEP_THEMES)
    require(actor, Act.CHANGE_ANY)
    event = session.get(Event, event_id)
    if event is None or event.kind != MERGED or event.project_id != actor.project_id:
        message = "There is no such merge in this project."
        raise NotFound(message)
    kept = event.after or {}
    _lock_themes(session, actor, {event.subject_id, kept["into"]})
    theme = queries.find(session, project_id=actor.project_id, theme_id=event.subject_id)
    into = queries.find(session, project_id=actor.project_id, theme_id=kept["into"])
    if is_taken_back(session, event, UNMERGED):
        message = "This merge was taken back already."
        raise Conflict(message)
    if theme.version != event.version:
        message = f"“{theme.name}” was changed since it was merged, so it is left as it is."
        raise Conflict(message)
    parts = {part.annotation_id: part for part in together.parts_of(session, event_id)}
    held = together.lock_annotations(session, list(parts))
    changed = together.changed_since(session, event_id)
    before = ThemeState.of(theme)
    theme.archived_at = None
    theme.version += 1
    session.flush()
    wanted = {
        annotation: _with_themes(annotation, parts[annotation.id].before.themes)
        for annotation in held
        if annotation.id not in changed
    }
    undoes = {annotation.id: parts[annotation.id].event_id for annotation in wanted}
    steps = together.write(session, actor, wanted, undoes=undoes)
    undone_id = record(
        session,
        actor,
        UNMERGED,
        theme.subject,
        before=before.to_json(),
        after={**ThemeState.of(theme).to_json(), "into": into.id, "into_name": into.name},
        undoes_id=event_id,
    )
    together.record_parts(session, actor, steps, part_of_id=undone_id)
    return Merged(undone_id, theme, into, len(wanted), len(held) - len(wanted))


def _with_themes(annotation: Annotation, themes: Iterable[int]) -> AnnotationState:
    return AnnotationState.of(annotation).with_fields({"themes": tuple(sorted(themes))})


def _lock_themes(session: Session, actor: Member, ids: set[int]) -> None:
    """Let nobody give or change themes before the commit; what carries them is held after that."""
    query = (
        select(Theme)
        .where(Theme.project_id == actor.project_id, Theme.id.in_(sorted(ids)))
        .order_by(Theme.id)
        .with_for_update(key_share=True)
    )
    session.execute(query.execution_options(populate_existing=True)).all()
