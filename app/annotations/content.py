"""What somebody says of a passage: the fields that a form sends, each with its rule."""

from collections.abc import Callable, Mapping

from app.annotations.models import NOTE_LIMIT
from app.annotations.tags import Tag
from app.core.errors import Invalid


def _clean_tag(tag: str) -> str:
    try:
        return Tag(tag).value
    except ValueError:
        message = "Choose one of the four tags: claim, demand, assumption or citation."
        raise Invalid("tag", message) from None


def _clean_note(note: str) -> str:
    cleaned = note.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    if len(cleaned) > NOTE_LIMIT:
        message = (
            f"A note has at most {NOTE_LIMIT:,} characters; this has {len(cleaned):,}. "
            "Shorten it; nothing of it is lost yet."
        )
        raise Invalid("note", message)
    return cleaned


RULES: Mapping[str, Callable[[str], str]] = {"tag": _clean_tag, "note": _clean_note}
"""How each field is cleaned, by its name in forms and in `AnnotationState`."""
EMPTY: Mapping[str, str] = dict.fromkeys(RULES, "")


def read(form: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that a form sends, as they were typed."""
    return {name: form[name] for name in RULES if name in form}


def clean(typed: Mapping[str, str | None]) -> dict[str, str]:
    """Return the fields that are given, not None, as they are kept.

    Raises: Invalid (one of them cannot be used).
    """
    return {name: RULES[name](value) for name, value in typed.items() if value is not None}
