"""From what somebody chooses and types while tagging to themes; confirmed names are made."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from app.core import choosing
from app.core.choosing import Chosen, Unknown, UnknownNames
from app.core.errors import Invalid
from app.frozen import frozen
from app.projects.models import Member
from app.text.sorting import fold
from app.themes import queries
from app.themes.fields import split_names
from app.themes.models import Theme
from app.themes.service.themes import create

FIELD = "theme_names"


class UnknownThemes(UnknownNames):
    """Some names are no themes yet."""

    def __init__(self, ids: str, unknown: Sequence[Unknown]) -> None:
        message = (
            "There is no theme of this name yet. Choose the one that you mean, or make a new one."
        )
        super().__init__(FIELD, message, ids, unknown)


def choose(session: Session, *, actor: Member, chosen: Chosen) -> str:
    """Return the ids of what is chosen, as content.py reads them; what is confirmed is made.

    Raises: Invalid, UnknownThemes, Forbidden (to make themes), Conflict (there are too many).
    """
    ids, unknown = choosing.choose(_Themes(session, actor), chosen)
    if unknown:
        raise UnknownThemes(ids, unknown)
    return ids


@frozen
class _Themes:
    """The themes of the actor's project, as they are chosen."""

    session: Session
    actor: Member

    def split(self, typed: str) -> Sequence[str]:
        return split_names(typed)

    def key_of(self, name: str) -> str:
        return fold(name)

    def find(self, names: Iterable[str]) -> Mapping[str, Theme]:
        found = queries.find_named(self.session, self.actor.project_id, names)
        archived = next((each.name for each in found.values() if each.archived_at), None)
        if archived is not None:
            message = (
                f"“{archived}” is archived. Choose another theme, or ask a curator to restore it."
            )
            raise Invalid(FIELD, message)
        return found

    def create(self, name: str) -> Theme:
        return create(self.session, actor=self.actor, typed={"name": name})

    def usable(self) -> Mapping[str, Theme]:
        every = queries.list_themes(self.session, self.actor.project_id)
        return {theme.folded: theme for theme in every if theme.archived_at is None}
