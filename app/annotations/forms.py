"""What the forms of annotations send. The rules are the service's; here are their names."""

from collections.abc import Mapping
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from app.annotations import content
from app.annotations.queries.anchors import PassageQuery
from app.core.choosing import Chosen
from app.core.errors import Invalid
from app.frozen import frozen
from app.text.anchoring import CONTEXT_READ
from app.web.responses import read_number

KEY_LIMIT = 64


@frozen
class CreateForm:
    """A passage to tag. `sentences` are the numbers ticked in the block `block`, if any.

    `typed` are the fields of app/annotations/content.py as they were typed; `chosen` is what the
    form says beside of those that hold ids, by their names.
    `revision` is the number of the text that was on the page, None where it is not said.
    """

    asked: PassageQuery
    typed: Mapping[str, str]
    client_key: str
    chosen: Mapping[str, Chosen]
    block: int | None
    sentences: list[int]
    revision: int | None

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "CreateForm":
        """Read the form as it was sent.

        Raises: Invalid (the key is missing or too long).
        """
        return cls(
            asked=read_passage_query(form),
            typed={**content.EMPTY, **read_typed(form)},
            client_key=read_key(form.get("client_key", "")),
            chosen=read_chosen(form),
            block=read_number(form.get("block")),
            sentences=sorted(
                {
                    number
                    for value in form.getlist("sentence")
                    if (number := read_number(value)) is not None
                }
            ),
            revision=read_number(form.get("revision")),
        )


@frozen
class ChangeForm:
    """Changes of an annotation at a version: the fields that the form changes, and its place."""

    version: int
    typed: Mapping[str, str]
    asked: PassageQuery | None
    chosen: Mapping[str, Chosen]

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "ChangeForm":
        """Read the form as it was sent.

        Raises: Invalid (no version).
        """
        return cls(
            version=read_version(form),
            typed=read_typed(form),
            asked=read_passage_query(form) if "quote" in form else None,
            chosen=read_chosen(form),
        )


class ChoosingFields(NamedTuple):
    """The fields of a form in which rows are chosen, beside that of their ids.

    They hold the names that are typed, what names are that were none, and the id that is taken off;
    without that there is one row at most, and its name stands for it.
    """

    names: str
    answer: str
    drop: str = ""


CHOOSING: Mapping[str, ChoosingFields] = {
    "themes": ChoosingFields("theme_names", "theme_answer", "drop"),
    "party": ChoosingFields("party_name", "party_answer"),
    "addressees": ChoosingFields("addressee_names", "addressee_answer", "addressee_drop"),
    "position": ChoosingFields("position_name", "position_answer"),
}
"""By the names of app/annotations/content.py."""
POSITION_BEFORE = "position_before"  # what stood in the field of the position


def read_typed(form: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that a form sends, as they were typed; a sign before a position is one."""
    side, _position = _read_position(form)
    return content.read(form) | ({"side": side} if side else {})


def _read_position(form: Mapping[str, str]) -> tuple[str, str]:
    """Return the side and the position in what is typed; what stood there before has no sign."""
    typed = form.get(CHOOSING["position"].names, "")
    return ("", typed) if typed == form.get(POSITION_BEFORE) else content.split_side(typed)


def read_chosen(form: MultiDict[str, str]) -> dict[str, Chosen]:
    """Return what a form says of the fields that hold ids beside these, where it says anything."""
    return {
        name: _read_chosen(form, name, of)
        for name, of in CHOOSING.items()
        if not set(of).isdisjoint(form)
    }


def _read_chosen(form: MultiDict[str, str], name: str, of: ChoosingFields) -> Chosen:
    answers = [each for each in form.getlist(of.answer) if each]
    names = form.get(of.names, "")
    if name == "position":
        names = _read_position(form)[1]
    if of.drop:
        return Chosen(form.get(name, ""), form.get(of.drop, ""), names, answers)
    return Chosen(ids="", names="" if answers else names, answers=answers)


def read_version(form: MultiDict[str, str]) -> int:
    """Return the version that a form was made from.

    Raises: Invalid (there is none).
    """
    version = read_number(form.get("version"))
    if version is None:
        raise Invalid("", "The form does not say what it changes. Reload the page and try again.")
    return version


def read_passage_query(form: MultiDict[str, str]) -> PassageQuery:
    """Return the passage that a form asks for."""
    return PassageQuery(
        quote=form.get("quote", ""),
        start=read_number(form.get("start")),
        prefix=form.get("prefix", "")[-CONTEXT_READ:],
        suffix=form.get("suffix", "")[:CONTEXT_READ],
    )


def read_key(value: str) -> str:
    """Return the key that a form was given, to be sent again with.

    Raises: Invalid (there is none, or it is too long).
    """
    if not value or len(value) > KEY_LIMIT or not value.isprintable():
        raise Invalid("", "The form has no key of its own. Reload the page and try again.")
    return value
