"""What is said of a party and of a position, each with its rule."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from app.core.errors import Invalid
from app.core.names import clean_line, clean_name_of
from app.core.prose import clean_prose
from app.parties.models import KINDS, NAME_LIMIT, NOTE_LIMIT, SENTENCE_LIMIT, Party, Position
from app.parties.state import Affiliated
from app.text.dates import read_day
from app.text.normalise import normalise


def clean_name(typed: str, field: str = "name") -> str:
    """Return the name of a party as it is kept: one line, single spaces.

    Raises: Invalid (empty, too long, or with a semicolon), about `field`.
    """
    advice = "Shorten it; what else is to be known goes into the note."
    return clean_name_of("party", typed, field, limit=NAME_LIMIT, advice=advice)


def clean_sentence(typed: str, field: str = "sentence") -> str:
    """Return the sentence of a position as it is kept: one line, single spaces.

    Raises: Invalid (empty, or too long), about `field`.
    """
    sentence = clean_line(normalise(typed))
    if not any(map(str.isalnum, sentence)):
        message = "Write the position as one sentence, such as “The harbour stays public.”"
        raise Invalid(field, message)
    if len(sentence) > SENTENCE_LIMIT:
        message = (
            f"A position has at most {SENTENCE_LIMIT} characters; this has {len(sentence):,}. "
            "Shorten it; what else is to be known goes into the note."
        )
        raise Invalid(field, message)
    return sentence


CALLED: Mapping[str, str] = {Party.SUBJECT: "name", Position.SUBJECT: "sentence"}
"""The field that says what one is called, by what it is."""
CLEAN_CALLED: Mapping[str, Callable[[str, str], str]] = {
    Party.SUBJECT: clean_name,
    Position.SUBJECT: clean_sentence,
}
"""The rule of what one is called, by what it is; it takes what was typed and the field's name."""


def _clean_note(typed: str) -> str:
    return clean_prose("A note", typed, "note", limit=NOTE_LIMIT)


def _clean_kind(typed: str) -> str:
    kind = typed.strip()
    if kind not in {"", *KINDS}:
        raise Invalid("kind", "Choose whether the party is a person or an organisation.")
    return kind


_RULES: Mapping[str, Mapping[str, Callable[[str], str]]] = {
    Party.SUBJECT: {"name": clean_name, "kind": _clean_kind, "note": _clean_note},
    Position.SUBJECT: {"sentence": clean_sentence, "note": _clean_note},
}


def clean(about: str, typed: Mapping[str, str]) -> dict[str, str]:
    """Return those of the fields that are given, as they are kept.

    `about` is "party", which has name, kind and note, or "position", which has sentence and note.

    Raises: Invalid.
    """
    return {name: _RULES[about][name](value) for name, value in typed.items()}


def read_affiliations(rows: Iterable[tuple[str, str, str]]) -> tuple[Affiliated, ...]:
    """Return the affiliations in rows of a form: the id of an organisation, and its two days.

    A row without an organisation is none.

    Raises: Invalid (a day is none).
    """
    return tuple(
        Affiliated(int(organization), _read_day("since", since), _read_day("until", until))
        for organization, since, until in rows
        if organization.isascii() and organization.isdigit()
    )


def _read_day(field: str, typed: str) -> date | None:
    day = read_day(typed)
    if day is None and typed.strip():
        raise Invalid(field, "Write a day as year-month-day, such as 2025-01-31.")
    return day
