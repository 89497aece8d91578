"""A text cut into parts at its blank lines, and its characters counted without white space."""

from itertools import accumulate, compress

from app.frozen import frozen
from app.text.readers.text_lines import is_blank


@frozen
class Written:
    """A text and its parts: the lines between two blank ones.

    `parts` are ranges `[start, end)` in code points, in order. Characters that show something have
    ranks 0, 1, 2 …, and so has the end of each part but the last: `ranks[place]` counts them before
    a place, and before the end of the text; `places` are theirs. Ranks stay what they are when only
    white space changes: joining lines or leaving out blank ones moves offsets, and no rank.
    """

    text: str
    parts: list[tuple[int, int]]
    ranks: list[int]
    places: list[int]

    def text_of(self, part: int) -> str:
        """Give a part as it is written."""
        start, end = self.parts[part]
        return self.text[start:end]

    def key_of(self, part: int) -> str:
        """Give what is compared of a part: its words, whatever white space parts them."""
        return " ".join(self.text_of(part).split())

    def ranks_of(self, part: int) -> tuple[int, int]:
        """Give the ranks `[first, last)` of a part's characters."""
        start, end = self.parts[part]
        return self.ranks[start], self.ranks[end]

    def shown(self, first: int, last: int) -> str:
        """Give the characters of the ranks `[first, last)`, without the white space in them."""
        return "".join(self.text[place] for place in self.places[first:last])


def cut(text: str) -> Written:
    """Cut a normalised text at its blank lines: those that show nothing."""
    parts = _parts(text)
    visible = {character for character in set(text) if not is_blank(character)}
    has_rank = bytearray(map(visible.__contains__, text))
    for _, end in parts[:-1]:
        has_rank[end] = True
    ranks = list(accumulate(has_rank, initial=0))
    return Written(text, parts, ranks, list(compress(range(len(text)), has_rank)))


def count_parts(text: str) -> int:
    """Count what blank lines part in a normalised text, in little time."""
    return len(_parts(text))


def _parts(text: str) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    place = 0
    goes_on = False
    for line in text.split("\n"):
        end = place + len(line)
        if is_blank(line):
            goes_on = False
        elif goes_on:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((place, end))
            goes_on = True
        place = end + 1
    return parts
