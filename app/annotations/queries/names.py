"""What annotations say in words: the names of their themes, parties and positions, as of now."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.annotations import content
from app.annotations.state import AnnotationState
from app.frozen import frozen
from app.parties import queries as parties
from app.parties.models import Party, Position
from app.themes import queries as themes
from app.themes.fields import join_named


@frozen
class Called:
    """What themes, parties and positions are called, by their ids; an alias by its own name."""

    themes: Mapping[int, str] = field(default_factory=dict)
    parties: Mapping[int, str] = field(default_factory=dict)
    positions: Mapping[int, str] = field(default_factory=dict)


@frozen
class Says:
    """What an annotation says beside its tag, as pages show it: "" for what it does not say.

    Several names have semicolons between them; `side` is "for" or "against".
    """

    note: str = ""
    themes: str = ""
    party: str = ""
    addressees: str = ""
    position: str = ""
    side: str = ""


NOTHING_SAID = Says()

Saying = AnnotationState | Row[Any]
"""What says something by the names of app/annotations/content.py."""


def names_in(session: Session, states: Iterable[Saying]) -> Called:
    """Return the names of all that some annotations say."""
    some = list(states)
    spoken = {each.party for each in some if each.party}
    spoken |= {one for each in some for one in each.addressees}
    return Called(
        themes.names_of(session, {one for each in some for one in each.themes}),
        parties.names_of(session, Party, spoken),
        parties.names_of(session, Position, {each.position for each in some if each.position}),
    )


def in_words(state: Saying, called: Called) -> Says:
    """Return what an annotation says; what its tag lacks is not said. `called` has all of them."""
    shown = content.shown_of(state)
    return Says(
        note=shown["note"],
        themes=join_named(shown["themes"], called.themes),
        party=called.parties.get(shown["party"], ""),
        addressees=join_named(shown["addressees"], called.parties),
        position=called.positions.get(shown["position"], ""),
        side=shown["side"],
    )


def say(session: Session, state: Saying) -> Says:
    """Return what one annotation says."""
    return in_words(state, names_in(session, [state]))
