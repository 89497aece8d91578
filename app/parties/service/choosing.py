"""From what somebody types while tagging to parties and positions; confirmed names are made."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from app.core import choosing
from app.core.choosing import Chosen, Unknown, UnknownNames
from app.core.errors import Invalid
from app.core.names import SEPARATOR, clean_line
from app.frozen import frozen
from app.parties import queries
from app.parties.fields import CALLED, CLEAN_CALLED
from app.parties.models import Named, Party
from app.parties.service.names import NameTaken, create
from app.projects.models import Member

Model = TypeVar("Model", bound=Named)


class UnknownNamed(UnknownNames):
    """Some names are no parties, or a sentence no position, of the project yet."""

    def __init__(
        self, model: type[Named], field: str, ids: str, unknown: Sequence[Unknown]
    ) -> None:
        message = (
            f"There is no {model.SUBJECT} of this name yet. Choose the one that you mean, or "
            "make a new one."
        )
        super().__init__(field, message, ids, unknown)


def choose(
    session: Session, model: type[Model], *, actor: Member, chosen: Chosen, field: str
) -> str:
    """Return the ids of what is chosen, as content.py reads them; what is confirmed is made.

    What has an alias's exact name gets the alias's own id. A position is one sentence, which may
    have semicolons. `field` is that of the form which what goes wrong is about.

    Raises: Invalid, UnknownNamed, Forbidden (to make one), Conflict (there are too many).
    """
    words = _Words(session, model, actor, field)
    ids, unknown = choosing.choose(words, chosen)
    if unknown:
        raise UnknownNamed(model, field, ids, unknown)
    return ids


@frozen
class _Words(Generic[Model]):
    """The parties or the positions of the actor's project, as they are chosen."""

    session: Session
    model: type[Model]
    actor: Member
    field: str

    def split(self, typed: str) -> Sequence[str]:
        parts = typed.split(SEPARATOR) if issubclass(self.model, Party) else [typed]
        parts = [part for part in parts if self.key_of(clean_line(part)).strip()]
        names: dict[str, str] = {}
        for part in parts:
            name = CLEAN_CALLED[self.model.SUBJECT](part, self.field)
            names.setdefault(self.key_of(name), name)
        return list(names.values())

    def key_of(self, name: str) -> str:
        return self.model.key_of(name)

    def find(self, names: Iterable[str]) -> Mapping[str, Model]:
        found = queries.find_called(self.session, self.model, self.actor.project_id, names)
        for row in found.values():
            if not queries.is_usable(self.session, row):
                message = (
                    f"“{row.called}” is archived. Choose another {row.SUBJECT}, "
                    "or ask a curator to restore it."
                )
                raise Invalid(self.field, message)
        return found

    def create(self, name: str) -> Model:
        typed = {CALLED[self.model.SUBJECT]: name}
        try:
            return create(self.session, self.model, actor=self.actor, typed=typed)
        except NameTaken:  # somebody made it at this moment
            return self.find([name])[self.key_of(name)]

    def usable(self) -> Mapping[str, Model]:
        every = queries.list_usable(self.session, self.model, self.actor.project_id)
        return {row.folded: row for row in every}
