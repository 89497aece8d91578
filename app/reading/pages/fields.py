"""What stands in the forms of an annotation where themes, parties and a position are chosen."""

import dataclasses
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from app.annotations.content import read_ids
from app.annotations.forms import CHOOSING
from app.annotations.queries.names import Says
from app.annotations.service.choosing import UnknownWords
from app.core.choosing import Chosen, Unknown
from app.core.errors import GlossError
from app.frozen import frozen
from app.parties import queries as parties
from app.parties.models import Party, Position
from app.projects.models import Member
from app.themes import queries as themes
from app.themes.fields import join_names
from app.themes.queries import NamedTheme

NAME_FIELDS = tuple(of.names for of in CHOOSING.values())
"""The fields of a form in which names are typed: each says itself what is wrong in it."""
WHO = ("party", "addressees", "position", "side")


@frozen
class NameOptions:
    """The names that plain fields offer, where no script does: of all that can be given."""

    themes: Sequence[str] = ()
    parties: Sequence[str] = ()
    positions: Sequence[str] = ()


NO_OPTIONS = NameOptions()


@frozen
class FieldsTyped:
    """What a form sent, and did not save.

    `said` is by the names of app/annotations/content.py; `names` are those that were
    typed, and `unknown` those of them that are none yet, by the same.
    """

    said: Mapping[str, str] = dataclasses.field(default_factory=dict)
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    unknown: Mapping[str, Sequence[Unknown]] = dataclasses.field(default_factory=dict)

    @classmethod
    def refused(
        cls, typed: Mapping[str, str], chosen: Mapping[str, Chosen], error: GlossError
    ) -> "FieldsTyped":
        """Return what a form sent that was refused for an error."""
        said, names = dict(typed), dict[str, str]()
        asked = error.of if isinstance(error, UnknownWords) else {}
        for name, what in chosen.items():
            said[name], names[name] = what.kept_ids, what.kept_names
            if name in asked:
                said[name] = asked[name].ids
                names[name] = "" if CHOOSING[name].drop else what.kept_names
        return cls(said, names, {name: each.unknown for name, each in asked.items()})


NOTHING_TYPED = FieldsTyped()


@frozen
class FieldValues:
    """What stands in the fields: what the annotation says, or else what was sent.

    `themes` and `addressees` are chosen already and can be taken off; the others are names.
    """

    themes: Sequence[NamedTheme] = ()
    addressees: Sequence[tuple[int, str]] = ()
    theme_names: str = ""
    party_name: str = ""
    addressee_names: str = ""
    position_name: str = ""

    def sent(self, typed: FieldsTyped) -> Says:
        """Return in words what was sent of them."""
        of = {*typed.said, *typed.names}
        themes = [*(theme.name for theme in self.themes), self.theme_names]
        addressees = [*(name for _id, name in self.addressees), self.addressee_names]
        return Says(
            note=typed.said.get("note", ""),
            themes=join_names(filter(None, themes)) if "themes" in of else "",
            party=self.party_name if "party" in of else "",
            addressees=join_names(filter(None, addressees)) if "addressees" in of else "",
            position=self.position_name if "position" in of else "",
            side=typed.said.get("side", ""),
        )


def fields_of(
    session: Session, project_id: int, said: Mapping[str, str], typed: FieldsTyped = NOTHING_TYPED
) -> FieldValues:
    """Return what stands in the fields of a form: what an annotation says, or else what was sent.

    `said` is what it says, by the names of app/annotations/content.py, as a form has it.
    """
    ids = {name: read_ids({**said, **typed.said}[name]) for name in CHOOSING}
    party = parties.list_named(session, Party, project_id, ids["party"])
    position = parties.list_named(session, Position, project_id, ids["position"])
    return FieldValues(
        themes=themes.list_named(session, project_id, ids["themes"]),
        addressees=parties.list_named(session, Party, project_id, ids["addressees"]),
        theme_names=typed.names.get("themes", ""),
        party_name=typed.names.get("party") or join_names(name for _id, name in party),
        addressee_names=typed.names.get("addressees", ""),
        position_name=typed.names.get("position") or "".join(name for _id, name in position),
    )


def options_of(session: Session, member: Member) -> NameOptions:
    """Return the names of all that a member's project can give."""
    return NameOptions(
        themes.usable_names(session, member.project_id),
        parties.usable_names(session, Party, member.project_id),
        parties.usable_names(session, Position, member.project_id),
    )
