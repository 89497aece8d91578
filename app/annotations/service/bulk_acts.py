"""What can be done to many annotations, and what a form says that it is done with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.annotations import content
from app.annotations.state import AnnotationState
from app.core.errors import Invalid, NotFound
from app.core.names import SEPARATOR, clean_line
from app.frozen import frozen
from app.parties import queries
from app.parties.models import Named, Party, Position
from app.themes import queries as themes

_ALIKE = 0.4  # at least, as difflib measures it


class Verb(StrEnum):
    """What can be done to many annotations."""

    NOTE = "note"
    RETAG = "retag"
    THEME = "theme"
    UNTHEME = "untheme"
    PARTY = "party"
    UNPARTY = "unparty"
    POSITION = "position"
    UNPOSITION = "unposition"
    ADDRESS = "address"
    UNADDRESS = "unaddress"
    TRASH = "trash"
    RESTORE = "restore"


OF_ADDRESSEES = (Verb.ADDRESS, Verb.UNADDRESS)
_CLEARING: Mapping[str, Mapping[str, object]] = {
    Verb.UNPARTY: {"party": None},
    Verb.UNPOSITION: {"position": None, "side": ""},
    Verb.UNADDRESS: {"addressees": ()},
}
"""What takes away what annotations say of who says what."""


class Seen(NamedTuple):
    """An annotation as somebody looked at it: its id, and its version then."""

    id: int
    version: int


@frozen
class BulkAct:
    """What is to be done, with the tag, the line for the note or the theme that it is done with.

    `who` are the fields of who says what that it sets, and `given` says them in words.
    """

    verb: Verb
    tag: str = ""
    note: str = ""
    theme_id: int = 0
    theme: str = ""  # its name
    who: Mapping[str, object] = field(default_factory=dict)
    given: str = ""

    def on(self, state: AnnotationState) -> AnnotationState:
        """Return what an annotation is to be, by what it is; what is so already stays."""
        if self.who:
            return state.with_fields(self.who)
        carried = set(state.themes)
        changed: Mapping[Verb, Mapping[str, object]] = {
            Verb.NOTE: {"note": self._with_line(state.note)},
            Verb.RETAG: {"tag": self.tag},
            Verb.THEME: {"themes": tuple(sorted(carried | {self.theme_id}))},
            Verb.UNTHEME: {"themes": tuple(sorted(carried - {self.theme_id}))},
            Verb.TRASH: {"deleted": True},
            Verb.RESTORE: {"deleted": False},
        }
        return state.with_fields(changed[self.verb])

    def _with_line(self, note: str) -> str:
        if note == self.note or note.endswith(f"\n{self.note}"):
            return note
        return f"{note}\n{self.note}" if note else self.note


class BulkTyped(NamedTuple):
    """What acts are done with, as a form has it: addressees are names with semicolons between."""

    tag: str = ""
    note: str = ""
    theme_id: int = 0
    party: str = ""
    position: str = ""
    side: str = ""
    addressees: str = ""


def read_act(session: Session, project_id: int, *, verb: str, typed: BulkTyped) -> BulkAct:
    """Return what a form asks for.

    Raises: Invalid (act, tag, note, theme or a name of who says what cannot be used).
    """
    if verb not in set(Verb):
        raise Invalid("act", "Choose what is to be done with the passages.")
    return _READ.get(Verb(verb), _read_plain)(session, project_id, Verb(verb), typed)


def _read_plain(_session: Session, _project_id: int, verb: Verb, _typed: BulkTyped) -> BulkAct:
    return BulkAct(verb, who=_CLEARING.get(verb, {}))


def _read_tag(_session: Session, _project_id: int, verb: Verb, typed: BulkTyped) -> BulkAct:
    return BulkAct(verb, tag=content.clean({"tag": typed.tag})["tag"])


def _read_note(_session: Session, _project_id: int, verb: Verb, typed: BulkTyped) -> BulkAct:
    line = str(content.clean({"note": typed.note})["note"])
    if not line:
        raise Invalid("note", "Write the line that each note is to get.")
    return BulkAct(verb, note=line)


def _read_theme(session: Session, project_id: int, verb: Verb, typed: BulkTyped) -> BulkAct:
    try:
        theme = themes.find(session, project_id=project_id, theme_id=typed.theme_id)
    except NotFound:
        raise Invalid("theme", "Choose one of the themes of this project.") from None
    if verb is Verb.THEME and theme.archived_at is not None:
        message = f"“{theme.name}” is archived. Choose another theme."
        raise Invalid("theme", message)
    return BulkAct(verb, theme_id=theme.id, theme=theme.name)


def _read_party(session: Session, project_id: int, verb: Verb, typed: BulkTyped) -> BulkAct:
    (party,) = _find(session, Party, project_id, [clean_line(typed.party)], field="party")
    return BulkAct(verb, who={"party": party.id}, given=party.called)


def _read_position(session: Session, project_id: int, verb: Verb, typed: BulkTyped) -> BulkAct:
    side = content.clean({"side": typed.side})["side"]
    names = [clean_line(typed.position)]
    (position,) = _find(session, Position, project_id, names, field="position")
    who = {"position": position.id, "side": side}
    return BulkAct(verb, who=who, given=content.with_sign(position.called, side))


def _read_addressees(session: Session, project_id: int, verb: Verb, typed: BulkTyped) -> BulkAct:
    names = [name for part in typed.addressees.split(SEPARATOR) if (name := clean_line(part))]
    found = _find(session, Party, project_id, names or [""], field="addressees")
    ids = content.write_ids(tuple(party.id for party in found))
    called = ", ".join(dict.fromkeys(party.called for party in found))
    return BulkAct(verb, who=content.clean({"addressees": ids}), given=called)


_READ: Mapping[Verb, Callable[[Session, int, Verb, BulkTyped], BulkAct]] = {
    Verb.NOTE: _read_note,
    Verb.RETAG: _read_tag,
    Verb.THEME: _read_theme,
    Verb.UNTHEME: _read_theme,
    Verb.PARTY: _read_party,
    Verb.POSITION: _read_position,
    Verb.ADDRESS: _read_addressees,
}
"""What reads what an act is done with, where it is done with anything."""


def _find(
    session: Session, model: type[Named], project_id: int, names: Sequence[str], *, field: str
) -> Sequence[Named]:
    """Return those that have some names, in their order.

    Raises: Invalid (one has none), with the nearest that there are.
    """
    if not all(names):
        raise Invalid(field, f"Write the name of a {model.SUBJECT} of this project.")
    known = queries.find_called(session, model, project_id, names)
    for name in names:
        if model.key_of(name) not in known:
            usable = {row.folded: row for row in queries.list_usable(session, model, project_id)}
            near = get_close_matches(model.key_of(name), usable, n=3, cutoff=_ALIKE)
            nearest = ", ".join(f"“{usable[key].called}”" for key in near)
            message = f"There is no {model.SUBJECT} “{name}” here; new ones are made on a card."
            raise Invalid(field, f"{message} Near to it: {nearest}." if nearest else message)
    return [known[model.key_of(name)] for name in names]
