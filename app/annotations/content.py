"""What somebody says of a passage: the fields that a form sends, each with its rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.annotations.models import NOTE_LIMIT, Annotation
from app.annotations.state import AnnotationState
from app.annotations.tags import Tag
from app.core.errors import Invalid
from app.text.normalise import normalise
from app.themes.models import SEPARATOR

MOST_THEMES = 20  # that one annotation carries


@dataclass(frozen=True, slots=True)
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
    cleaned = normalise(note).strip()
    if len(cleaned) > NOTE_LIMIT:
        message = (
            f"A note has at most {NOTE_LIMIT:,} characters; this has {len(cleaned):,}. "
            "Shorten it; nothing of it is lost yet."
        )
        raise Invalid("note", message)
    return cleaned


def _clean_themes(ids: str) -> tuple[int, ...]:
    parts = [part.strip() for part in ids.split(SEPARATOR) if part.strip()]
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):  # noqa: PLR2004  (a 32-bit number)
        raise Invalid("themes", "The form names no themes. Reload the page and try again.")
    cleaned = tuple(sorted(set(map(int, parts))))
    if len(cleaned) > MOST_THEMES:
        message = (
            f"An annotation has at most {MOST_THEMES} themes; these are {len(cleaned):,}. "
            "Take some away."
        )
        raise Invalid("themes", message)
    return cleaned


def read_ids(ids: str) -> tuple[int, ...]:
    """Return the ids of themes that a form sends, none where it cannot be read."""
    try:
        return _clean_themes(ids)
    except Invalid:
        return ()


def write_ids(ids: tuple[int, ...]) -> str:
    """Return the ids of themes as a form sends them: "3;17"."""
    return SEPARATOR.join(map(str, ids))


RULES: Mapping[str, Rule] = {
    "tag": Rule(_clean_tag, {"type": "string", "enum": list(Tag)}),
    "note": Rule(_clean_note, {"type": "string", "maxLength": NOTE_LIMIT}),
    "themes": Rule(
        _clean_themes,
        {"type": "array", "items": {"type": "integer"}, "maxItems": MOST_THEMES},
        write_ids,
    ),
}
"""The rule of each field, by its name in forms and in `AnnotationState`."""
EMPTY: Mapping[str, str] = dict.fromkeys(RULES, "")
BESIDE_TAG = tuple(name for name in RULES if name != "tag")


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
