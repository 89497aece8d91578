"""Names as they are typed, and as those who share one are told apart."""

from collections import Counter
from collections.abc import Iterable

SEPARATOR = ";"  # between the names of several, in forms and files
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def clean_line(text: str) -> str:
    """Return what somebody typed into one line, with single spaces and nothing that is not seen.

    The two joiners of letters stay: Persian, Hindi and others are written with them.
    """
    seen = "".join(c if c.isprintable() or c in JOINERS else " " for c in text)
    cleaned = " ".join(seen.split())
    return cleaned if cleaned.strip(JOINERS + " ") else ""


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
