"""How long a text is: in words, or in characters where its script has no spaces between words."""

import re
from functools import cache
from typing import NamedTuple

# Chinese and Japanese; Thai, Lao, Myanmar and Khmer. Korean has spaces.
_UNSPACED = (
    r"[\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d"
    r"\U0001b000-\U0001b16f\U00020000-\U000323af"
    r"\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u109f\u1780-\u17d3]"
)
_CHARACTERS_IN_A_WORD = 2  # about, in such scripts


class Length(NamedTuple):
    """How many words a text has; `characters` is None where its words have spaces between them.

    Where they have none, `words` is about how many there may be, to sort by.
    """

    words: int
    characters: int | None

    def __str__(self) -> str:
        """Say it as people read it."""
        unit = "word" if self.characters is None else "character"
        count = self.words if self.characters is None else self.characters
        return f"{count:,} {unit}{'' if count == 1 else 's'}"


def length_of(text: str) -> Length:
    """Count what a text has most of; white space is no character."""
    words = text.split()
    if text.isascii():
        return Length(len(words), None)
    unspaced = len(_unspaced().findall(text))
    if 2 * unspaced <= sum(map(str.isalpha, text)):
        return Length(len(words), None)
    characters = sum(map(len, words))
    return Length(-(-characters // _CHARACTERS_IN_A_WORD), characters)


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(_UNSPACED)
