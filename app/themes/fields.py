"""What is said of a theme: its name, definition, example and colour, each with its rule."""

from collections.abc import Iterable, Mapping

from app.accounts.avatars import Colour
from app.core.errors import Invalid
from app.core.names import SEPARATOR, clean_line, clean_name_of
from app.core.prose import clean_prose
from app.text.sorting import fold
from app.themes.models import NAME_LIMIT, TEXT_LIMIT


def clean_name(typed: str, field: str = "name") -> str:
    """Return a name as it is kept: one line, single spaces.

    Raises: Invalid (empty, too long, or with a semicolon), about `field`.
    """
    advice = "Shorten it; what it means goes into the definition."
    return clean_name_of("theme", typed, field, limit=NAME_LIMIT, advice=advice)


def clean(typed: Mapping[str, str]) -> dict[str, str]:
    """Return those of the fields that are given, as they are kept.

    Raises: Invalid.
    """
    return {name: _RULES[name](value) for name, value in typed.items()}


def split_names(typed: str) -> list[str]:
    """Return the names in what somebody typed, one after another with semicolons between.

    Each is cleaned, none is empty, and what differs by case or accents alone comes once.

    Raises: Invalid (one of them is too long).
    """
    parts = (part for part in typed.split(SEPARATOR) if fold(clean_line(part)).strip())
    names = [clean_name(part, "theme_names") for part in parts]
    return list({fold(name): name for name in reversed(names)}.values())[::-1]


def join_names(names: Iterable[str]) -> str:
    """Return names as one line, as `split_names` reads them."""
    return f"{SEPARATOR} ".join(names)


def join_named(ids: Iterable[int], names: Mapping[int, str]) -> str:
    """Return the names of some themes as one line, in order; `names` has them by their ids."""
    return join_names(sorted((names[theme_id] for theme_id in ids), key=fold))


def _clean_colour(typed: str) -> str:
    try:
        return Colour(typed.strip().casefold()).value
    except ValueError:
        message = f"Choose one of the colours: {', '.join(Colour)}."
        raise Invalid("colour", message) from None


_RULES = {
    "name": clean_name,
    "definition": lambda typed: clean_prose("A definition", typed, "definition", limit=TEXT_LIMIT),
    "example": lambda typed: clean_prose("An example", typed, "example", limit=TEXT_LIMIT),
    "colour": _clean_colour,
}
EMPTY: Mapping[str, str] = {"name": "", "definition": "", "example": "", "colour": Colour.SLATE}
"""What a new theme says where nothing is typed."""
