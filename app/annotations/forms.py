"""What the forms of annotations send. The rules are the service's; here are their names."""

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app.annotations import content
from app.annotations.queries.anchors import PassageQuery
from app.core.choosing import Chosen
from app.core.errors import Invalid
from app.text.anchoring import CONTEXT_READ
from app.web.responses import read_number

KEY_LIMIT = 64


@dataclass(frozen=True, slots=True)
class CreateForm:
    """A passage to tag. `sentences` are the numbers ticked in the block `block`, if any.

    `typed` are the fields of app/annotations/content.py as they were typed.
    `revision` is the number of the text that was on the page, None where it is not said.
    """

    asked: PassageQuery
    typed: Mapping[str, str]
    client_key: str
    themes: Chosen | None
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
            typed={**content.EMPTY, **content.read(form)},
            client_key=read_key(form.get("client_key", "")),
            themes=read_themes(form),
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


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """Changes of an annotation at a version: the fields that the form changes, and its place."""

    version: int
    typed: Mapping[str, str]
    asked: PassageQuery | None
    themes: Chosen | None

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "ChangeForm":
        """Read the form as it was sent.

        Raises: Invalid (no version).
        """
        return cls(
            version=read_version(form),
            typed=content.read(form),
            asked=read_passage_query(form) if "quote" in form else None,
            themes=read_themes(form),
        )


def read_themes(form: MultiDict[str, str]) -> Chosen | None:
    """Return what a form says of themes beside their ids, None where it says nothing."""
    if not {"drop", "theme_names", "theme_answer"} & set(form):
        return None
    return Chosen(
        ids=form.get("themes", ""),
        dropped=form.get("drop", ""),
        names=form.get("theme_names", ""),
        answers=form.getlist("theme_answer"),
    )


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
