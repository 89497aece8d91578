"""Which way a text runs: from the left, or from the right as Hebrew and Arabic do."""

import re
from collections.abc import Sequence
from enum import StrEnum

# Hebrew, Arabic, Syriac, Thaana, N'Ko, Samaritan, Mandaic and what belongs to them, with the forms
# of old encodings; beyond the first plane all from Cypriot to Yezidi, and Adlam. Digits and marks
# of punctuation, which take the direction of what is around them, are left out.
_LETTERS = (
    r"\u05be-\u05f4\u0608-\u065f\u066d-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
    r"\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_RIGHT_TO_LEFT = re.compile(f"[{_LETTERS}]")
_STEERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FIRST = 2_000  # characters that tell which way a text runs
_LANGUAGES = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "glk", "he", "iw", "ji", "lrc", "mzn", "nqo", "pnb", "ps"}
    | {"prs", "sd", "syr", "ug", "ur", "yi"}
)
_SCRIPTS = frozenset({"adlm", "arab", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"})


class Direction(StrEnum):
    """Which way lines run, as HTML says it."""

    LEFT_TO_RIGHT = "ltr"
    RIGHT_TO_LEFT = "rtl"

    @property
    def onward(self) -> str:
        """Return the arrow that points where lines go."""
        return "←" if self is Direction.RIGHT_TO_LEFT else "→"


def has_right_to_left(text: str) -> bool:
    """Say whether anything in a text is written from the right."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def isolated(words: str) -> str:
    """Return words that stand in a sentence so that they turn nothing around them.

    What would steer the direction goes out of them. See
    https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates.
    """
    if words.isascii():
        return words
    plain = _STEERING.sub("", words)
    return f"\u2068{plain}\u2069" if has_right_to_left(plain) else plain


def direction_of(text: str) -> Direction | None:
    """Say which way most letters at the beginning of a text run, None where it has none."""
    first = text[:_FIRST]
    from_right = len(_RIGHT_TO_LEFT.findall(first))
    from_left = sum(map(str.isalpha, _RIGHT_TO_LEFT.sub("", first)))
    if from_right == from_left == 0:
        return None
    return Direction.RIGHT_TO_LEFT if from_right > from_left else Direction.LEFT_TO_RIGHT


def direction_of_all(directions: Sequence[str], language: str) -> Direction:
    """Say which way an article runs whose first blocks run so: as its language does, or as most.

    A direction may be empty; a language without a letter of its script in the text says nothing.
    """
    from_right = directions.count(Direction.RIGHT_TO_LEFT)
    from_left = directions.count(Direction.LEFT_TO_RIGHT)
    if from_right > from_left or (from_right and runs_from_right(language)):
        return Direction.RIGHT_TO_LEFT
    return Direction.LEFT_TO_RIGHT


def runs_from_right(language: str) -> bool:
    """Say whether a language, by its tag such as "he" or "ku-Arab", is written from the right."""
    subtags = language.lower().replace("_", "-").split("-")
    script = next((subtag for subtag in subtags[1:] if len(subtag) == 4 and subtag.isalpha()), "")  # noqa: PLR2004  (ISO 15924)
    return script in _SCRIPTS if script else subtags[0] in _LANGUAGES
