"""Adding what rows of a file ask for, with all that they name and that is not here yet."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.avatars import Colour
from app.accounts.service import accounts
from app.annotations.queries.anchors import Anchor, anchors_at
from app.annotations.service.importing import Imported, NewAnnotation, carry_out
from app.articles.models import Revision
from app.core.clock import now
from app.core.errors import Conflict
from app.events.service import NewEvent
from app.events.subjects import Actor
from app.frozen import frozen
from app.imports.outcomes import PlaceRange, WantedAnnotation
from app.imports.queries.matching import Annotators
from app.imports.rows import RowRefused
from app.imports.service.naming import find_or_make
from app.text.sorting import fold
from app.themes import queries as themes_queries
from app.themes.models import Theme
from app.themes.service import themes
from app.themes.state import ThemeState


@frozen
class Ready:
    """An annotation that a file asks for, with its place as it is written."""

    wanted: WantedAnnotation
    anchor: Anchor


def prepare(session: Session, rows: Iterable[tuple[WantedAnnotation, PlaceRange]]) -> list[Ready]:
    """Work out all that can be before anything is held: quotes, contexts and blocks of places."""
    by_revision: dict[int, list[tuple[WantedAnnotation, PlaceRange]]] = {}
    for wanted, place in rows:
        by_revision.setdefault(wanted.revision_id, []).append((wanted, place))
    ready: list[Ready] = []
    for revision_id, some in sorted(by_revision.items()):
        revision = session.get_one(Revision, revision_id)
        anchors = anchors_at(session, revision, [place for _wanted, place in some])
        ready += [
            Ready(wanted, anchor) for (wanted, _place), anchor in zip(some, anchors, strict=True)
        ]
        session.expunge(revision)  # its text is long
    return ready


class _NothingAdded(Exception):
    """What was made for annotations that are not added is taken back."""


def add(
    session: Session, *, actor: Actor, ready: Sequence[Ready], default_id: int, file_name: str
) -> Imported:
    """Add annotations by one act, and make what they need; where there are none, nothing is made.

    Raises: Forbidden, Conflict.
    """
    with suppress(_NothingAdded), session.begin_nested():
        done = _add(session, actor, ready, default_id, file_name)
        if done.event_id is None:
            raise _NothingAdded
    return done


def _add(
    session: Session, actor: Actor, ready: Sequence[Ready], default_id: int, file_name: str
) -> Imported:
    theme_ids, made = _theme_ids(session, actor.project_id, ready)
    named_ids, named = find_or_make(session, actor.project_id, [one.wanted.who for one in ready])
    account_ids = _account_ids(session, actor.project_id, ready, default_id)
    moment = now()
    wanted = [
        NewAnnotation(
            article_id=one.wanted.article_id,
            account_id=account_ids[one.wanted.annotator],
            place=one.anchor,
            tag=one.wanted.tag,
            note=one.wanted.note,
            themes=tuple(sorted({theme_ids[name] for name in one.wanted.themes})),
            **named_ids.fields_of(one.wanted.who),
            made_blind=one.wanted.made_blind,
            created_at=one.wanted.created_at or one.wanted.updated_at or moment,
            updated_at=one.wanted.updated_at or one.wanted.created_at or moment,
        )
        for one in ready
    ]
    return carry_out(
        session, actor=actor, wanted=wanted, file_name=file_name, others=[*made, *named]
    )


def _account_ids(
    session: Session, project_id: int, ready: Sequence[Ready], default_id: int
) -> dict[int | str, int]:
    """Return the accounts of annotators; who is not here yet becomes an outsider."""
    known = Annotators(session, project_id, default_id)
    found: dict[int | str, int] = {}
    for said in dict.fromkeys(one.wanted.annotator for one in ready):
        if isinstance(said, int):
            found[said] = said
            continue
        try:
            meant = known.find(said)
        except RowRefused as error:  # someone of this name came in meanwhile
            raise Conflict(str(error)) from None
        found[said] = meant if isinstance(meant, int) else accounts.make_outsider(session, said).id
    return found


def _theme_ids(
    session: Session, project_id: int, ready: Sequence[Ready]
) -> tuple[Mapping[str, int], list[NewEvent]]:
    """Return the ids of themes by the names in the file, and those that were made for them.

    An archived theme is carried as it is: what is imported carried it before.
    """
    names = list(dict.fromkeys(name for one in ready for name in one.wanted.themes))
    if not names:
        return {}, []
    themes.lock_tree(session, project_id)
    known = themes_queries.find_named(session, project_id, names)
    missing: dict[str, str] = {}
    for name in names:
        if fold(name) not in known:
            missing.setdefault(fold(name), name)
    if len(missing) + themes_queries.count(session, project_id) > themes.MOST_THEMES:
        message = f"A project has at most {themes.MOST_THEMES:,} themes. Make some of them one."
        raise Conflict(message)
    last = select(func.max(Theme.position)).where(
        Theme.project_id == project_id, Theme.parent_id.is_(None)
    )
    position = session.scalar(last) or 0
    made = []
    for name in missing.values():
        position += themes.GAP
        theme = Theme(
            project_id=project_id,
            name=name,
            definition="",
            example="",
            colour=Colour.SLATE.value,
            parent_id=None,
            position=position,
            archived_at=None,
            version=1,
        )
        made.append(theme)
    session.add_all(made)
    session.flush()
    known |= {theme.folded: theme for theme in made}
    changes = [
        NewEvent(themes.CREATED, theme.subject, None, ThemeState.of(theme).to_json())
        for theme in made
    ]
    return {name: known[fold(name)].id for name in names}, changes
