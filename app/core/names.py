"""Names as they are typed, and as those who share one are told apart."""

from collections import Counter
from collections.abc import Iterable

from app.core.errors import Invalid
from app.text.normalise import normalise
from app.text.sorting import fold

SEPARATOR = ";"  # between the names of several, in forms and files
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def clean_line(text: str) -> str:
    """Return what somebody typed into one line, with single spaces and nothing that is not seen.

    The two joiners of letters stay: Persian, Hindi and others are written with them.
    """
    seen = "".join(c if c.isprintable() or c in JOINERS else " " for c in text)
    cleaned = " ".join(seen.split())
    return cleaned if cleaned.strip(JOINERS + " ") else ""


def clean_name_of(thing: str, typed: str, field: str, *, limit: int, advice: str) -> str:
    """Return a name that can stand among several as it is kept: one line, single spaces.

    `thing` is what it names, such as "theme"; `advice` is the sentence for whoever has more to say.

    Raises: Invalid (empty, over `limit` characters, or with a semicolon), about `field`.
    """
    name = clean_line(normalise(typed))
    if not fold(name).strip():
        message = f"Give the {thing} a name."
        raise Invalid(field, message)
    if SEPARATOR in name:
        message = (
            f"The name of a {thing} has no semicolon, since that stands between several. "
            "Leave it out."
        )
        raise Invalid(field, message)
    if len(name) > limit:
        length = f"The name of a {thing} has at most {limit} characters; this has {len(name):,}."
        message = f"{length} {advice}"
        raise Invalid(field, message)
    return name


def disambiguate_names(people: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Tell people of one name apart, by the numbers of their accounts: "Ines Kaya (12)".

    A name is the same in capitals and small letters, so Strauß and STRAUSS are one.
    """
    people = list(people)
    taken = Counter(name.casefold() for _id, name in people)
    return [
        (number, name if taken[name.casefold()] == 1 else f"{name} ({number})")
        for number, name in people
    ]
