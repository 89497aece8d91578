"""Words in context: what stands to the left and right of a place, and what lines are sorted by."""

from enum import StrEnum

from app.frozen import frozen
from app.text.search_words import list_words

WIDTH = 120  # characters beside the word: more than a wide window shows
CUT = "…"


class Side(StrEnum):
    """By the words on which side lines are sorted."""

    LEFT = "left"
    RIGHT = "right"


@frozen
class Context:
    """A line: the words of a place, and what stands before and after them."""

    left: str
    words: str
    right: str

    @classmethod
    def of(
        cls, text: str, start: int, end: int, *, first: int, last: int, width: int = WIDTH
    ) -> "Context":
        """Return the context of `[start, end)` in the part `[first, last)` of a text.

        Line breaks and tabs become spaces, so that all stands in one line. Where more than `width`
        characters stand on a side it is cut between words, with a CUT.
        """
        left = _in_line(text[max(first, start - width) : start])
        right = _in_line(text[end : min(last, end + width)])
        if first < start - width:
            left = CUT + left[left.find(" ") + 1 :]
        if end + width < last:
            right = right[: right.rfind(" ") if " " in right else len(right)] + CUT
        return cls(left, _in_line(text[start:end]), right)

    def sort_key(self, side: Side, nth: int) -> tuple[str, ...]:
        """Return what it is sorted by: the word that is the nth from the place, and those after it.

        Words are folded, and without signs; lines with no such word come first.
        """
        words = [each.word for each in list_words(self.left if side is Side.LEFT else self.right)]
        return tuple((words[::-1] if side is Side.LEFT else words)[nth - 1 :])

    def sorted_word(self, side: Side, nth: int) -> tuple[int, int] | None:
        """Return where the nth word stands in its side, `[start, end)`; None for no such word."""
        words = list_words(self.left if side is Side.LEFT else self.right)
        if len(words) < nth:
            return None
        word = words[-nth] if side is Side.LEFT else words[nth - 1]
        return word.start, word.end


def _in_line(text: str) -> str:
    return "".join(" " if c.isspace() else c for c in text)
