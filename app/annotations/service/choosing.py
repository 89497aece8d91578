"""From the names that somebody chooses and types while tagging to what an annotation is to say."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from app.annotations.content import RULES
from app.annotations.state import SEVERAL, AnnotationState
from app.core.choosing import Chosen, UnknownNames
from app.core.errors import Invalid
from app.parties.models import Named, Party, Position
from app.parties.service import choosing as parties
from app.projects.models import Member
from app.themes.service import choosing as themes

NAMED: Mapping[str, tuple[type[Named], str]] = {
    "party": (Party, "party_name"),
    "addressees": (Party, "addressee_names"),
    "position": (Position, "position_name"),
}
"""What is chosen in a field, and the field of a form in which its names are typed."""


class UnknownWords(Invalid):
    """Names in one field or several are none yet: `of` says what of each."""

    def __init__(self, of: Mapping[str, UnknownNames]) -> None:
        first = next(iter(of.values()))
        super().__init__(first.field, first.message)
        self.of = of


def added_to(
    before: AnnotationState, chosen: Mapping[str, Chosen], typed: Mapping[str, str]
) -> dict[str, Chosen]:
    """Return what is chosen, added to what an annotation says where a form sends no ids.

    So what is chosen twice, before the first is saved, is both there. `typed` are the fields that
    the form sends.
    """
    return {
        name: replace(what, ids=RULES[name].write(getattr(before, name)))
        if name in SEVERAL and name not in typed
        else what
        for name, what in chosen.items()
    }


def choose(
    session: Session,
    *,
    actor: Member,
    chosen: Mapping[str, Chosen],
    before: AnnotationState | None = None,
) -> dict[str, str]:
    """Return the ids of what is chosen in some fields, as content.py reads them.

    What is confirmed is made. One that the annotation says `before` may stay, archived or not.

    Raises: Invalid, UnknownWords, Forbidden (to make what is new), Conflict (there are too many).
    """
    ids: dict[str, str] = {}
    unknown: dict[str, UnknownNames] = {}
    for name, what in chosen.items():
        try:
            ids[name] = _choose(session, actor, name, what, before)
        except UnknownNames as error:
            unknown[name] = error
    if unknown:
        raise UnknownWords(unknown)
    return ids


def _choose(
    session: Session, actor: Member, name: str, what: Chosen, before: AnnotationState | None
) -> str:
    if name not in NAMED:
        return themes.choose(session, actor=actor, chosen=what)
    model, field = NAMED[name]
    said = getattr(before, name, None)
    row = session.get(model, said) if isinstance(said, int) else None
    if row is not None and what.names and model.key_of(what.names) == row.folded:
        return str(row.id)
    return parties.choose(session, model, actor=actor, chosen=what, field=field)
