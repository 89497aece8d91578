"""What somebody says of a passage: the fields that a form sends, each with its rule."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from app.annotations.models import NOTE_LIMIT, SIDES, Annotation
from app.annotations.state import AnnotationState
from app.annotations.tags import Tag
from app.core.errors import Invalid
from app.core.names import SEPARATOR
from app.core.prose import clean_prose
from app.frozen import frozen

MOST_THEMES = 20  # that one annotation carries
MOST_ADDRESSEES = 20
_LONGEST_ID = 9  # digits: a 32-bit number has no more
_ID = {"type": ["integer", "null"]}


@frozen
class Rule:
    """How a field that was typed is cleaned, and how what is kept is written in a form.

    `schema` is the JSON Schema of the field where a program gives or gets it: of what is kept.
    """

    clean: Callable[[str], Any]
    schema: Mapping[str, Any]
    write: Callable[[Any], str] = str


def _clean_tag(tag: str) -> str:
    try:
        return Tag(tag).value
    except ValueError:
        message = "Choose one of the four tags: claim, demand, assumption or citation."
        raise Invalid("tag", message) from None


def _clean_note(note: str) -> str:
    return clean_prose("A note", note, "note", limit=NOTE_LIMIT)


def _clean_ids(ids: str, field: str) -> tuple[int, ...]:
    """Return the ids in what a form sends, ascending, such as "3;17".

    Raises: Invalid (these are no ids), about `field`.
    """
    parts = [part.strip() for part in ids.split(SEPARATOR) if part.strip()]
    if not all(map(_is_id, parts)):
        message = f"The form names no {field}. Reload the page and try again."
        raise Invalid(field, message)
    return tuple(sorted(set(map(int, parts))))


def _is_id(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= _LONGEST_ID


def _clean_themes(ids: str) -> tuple[int, ...]:
    too_many = "An annotation has at most {most} themes; these are {count:,}. Take some away."
    return _clean_several(ids, "themes", MOST_THEMES, too_many)


def _clean_addressees(ids: str) -> tuple[int, ...]:
    too_many = "A demand has at most {most} addressees; these are {count:,}. Take some away."
    return _clean_several(ids, "addressees", MOST_ADDRESSEES, too_many)


def _clean_several(ids: str, field: str, most: int, too_many: str) -> tuple[int, ...]:
    """Return the ids in what a form sends, ascending.

    Raises: Invalid (these are no ids, or more than `most`, which `too_many` says), about `field`.
    """
    cleaned = _clean_ids(ids, field)
    if len(cleaned) > most:
        raise Invalid(field, too_many.format(most=most, count=len(cleaned)))
    return cleaned


def _clean_party(typed: str) -> int | None:
    return _clean_id(typed, "party", "An annotation has one party. Choose one of them.")


def _clean_position(typed: str) -> int | None:
    return _clean_id(typed, "position", "An annotation has one position. Choose one of them.")


def _clean_id(typed: str, field: str, message: str) -> int | None:
    """Return the one id in what a form sends, None for none.

    Raises: Invalid (there are several, which `message` says, or it is no id), about `field`.
    """
    ids = _clean_ids(typed, field)
    if len(ids) > 1:
        raise Invalid(field, message)
    return ids[0] if ids else None


def _clean_side(typed: str) -> str:
    side = typed.strip()
    if side not in {"", *SIDES}:
        raise Invalid("side", "Choose for, against, or neither of the two.")
    return side


def split_side(typed: str) -> tuple[str, str]:
    """Return the side that the sign before a position says, and the position: "+ No toll".

    Without a sign the side is "".
    """
    bare = typed.strip()
    side = _SIGNS.get(bare[:1], "")
    return (side, bare[1:].strip()) if side else ("", bare)


_SIGNS: Mapping[str, str] = {"+": "for", "-": "against", "\N{MINUS SIGN}": "against"}


def _write_id(row_id: int | None) -> str:
    return "" if row_id is None else str(row_id)


def read_ids(ids: str) -> tuple[int, ...]:
    """Return the ids of themes that a form sends, none where it cannot be read."""
    try:
        return _clean_themes(ids)
    except Invalid:
        return ()


def write_ids(ids: tuple[int, ...]) -> str:
    """Return ids of themes or addressees as a form sends them: "3;17"."""
    return SEPARATOR.join(map(str, ids))


RULES: Mapping[str, Rule] = {
    "tag": Rule(_clean_tag, {"type": "string", "enum": list(Tag)}),
    "note": Rule(_clean_note, {"type": "string", "maxLength": NOTE_LIMIT}),
    "themes": Rule(
        _clean_themes,
        {"type": "array", "items": {"type": "integer"}, "maxItems": MOST_THEMES},
        write_ids,
    ),
    "party": Rule(_clean_party, _ID, _write_id),
    "addressees": Rule(
        _clean_addressees,
        {"type": "array", "items": {"type": "integer"}, "maxItems": MOST_ADDRESSEES},
        write_ids,
    ),
    "position": Rule(_clean_position, _ID, _write_id),
    "side": Rule(_clean_side, {"type": "string", "enum": ["", *SIDES]}),
}
"""The rule of each field, by its name in forms and in `AnnotationState`."""
EMPTY: Mapping[str, str] = dict.fromkeys(RULES, "")
BESIDE_TAG = tuple(name for name in RULES if name != "tag")
OF_TAGS: Mapping[str, frozenset[Tag]] = {"addressees": frozenset({Tag.DEMAND})}
"""The tags that alone have a field, by its name. Others keep what it says, which is not shown."""


def with_sign(position: str, side: str) -> str:
    """Return a position after the sign of a side, as files and sentences say it: "− Dig."."""
    sign = {"for": "+", "against": "\N{MINUS SIGN}"}.get(side, "")
    return f"{sign} {position}".strip()


def has_field(tag: Tag, name: str) -> bool:
    """Say whether annotations of a tag have a field."""
    return tag in OF_TAGS.get(name, {tag})


def shown_of(state: object) -> dict[str, Any]:
    """Return what pages and files say, by field: what its tag lacks is not said.

    `state` has the fields of `RULES` by their names: an AnnotationState, or a row of a query.
    """
    unsaid = {each.name: each.default for each in dataclasses.fields(AnnotationState)}
    tag = Tag(getattr(state, "tag"))  # noqa: B009  (a row has it, too)
    return {name: getattr(state, name) if has_field(tag, name) else unsaid[name] for name in RULES}


def said_of(annotation: Annotation) -> dict[str, str]:
    """Return what an annotation says, by the names of the fields, as a form has it."""
    state = AnnotationState.of(annotation)
    return {name: rule.write(getattr(state, name)) for name, rule in RULES.items()}


def read(form: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that a form sends, as they were typed."""
    return {name: form[name] for name in RULES if name in form}


def clean(typed: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the fields that are given, not None, as they are kept.

    Raises: Invalid (one of them cannot be used).
    """
    return {name: RULES[name].clean(value) for name, value in typed.items() if value is not None}
