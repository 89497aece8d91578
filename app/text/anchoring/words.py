"""A text cut into words and sentences, to be compared with another."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from rapidfuzz.distance import Indel

from app.frozen import frozen
from app.text.sentences import sentence_bounds

_WORD = re.compile(r"\w+(?:['-]\w+)*|[^\w\s]")
_LINE = re.compile(r"[^\n]+")
# What a correction changes without changing a word; one character for one.
_PLAIN = dict.fromkeys("‘’‚‛", "'") | dict.fromkeys("“”„‟", '"')

# An index of words or sentences that no other continues, or is continued by.
NONE = -1
# Comparing takes memory by the product of the two lengths: what exceeds this (25 MB) is not
# compared as a whole.
COMPARED_AT_MOST = 200_000_000


@frozen
class Sentence:
    """The words `[first, last)` of a sentence, and their keys as one string."""

    first: int
    last: int
    key: str

    @property
    def length(self) -> int:
        """Count the words."""
        return self.last - self.first


@frozen
class WordList:
    """A text cut into words and marks.

    `starts` and `ends` are code points into the text, `keys` what is compared: case and the shape
    of quotation marks do not count. `sentences` hold every word, in order.
    """

    text: str
    starts: list[int]
    ends: list[int]
    keys: list[str]
    sentences: list[Sentence]
    sentence_starts: frozenset[int]

    def keys_of(self, place: int) -> list[str]:
        """Give the keys of a sentence's words."""
        sentence = self.sentences[place]
        return self.keys[sentence.first : sentence.last]

    def begins_sentence(self, place: int) -> bool:
        """Say whether a sentence begins at a word; after the last word one would."""
        return place in self.sentence_starts or place == len(self.keys)

    def between(self, first: int, last: int) -> str:
        """Give the text from the word `first` to the one before `last`."""
        return self.text[self.starts[first] : self.ends[last - 1]]

    def words_at(self, start: int, end: int) -> tuple[int, int]:
        """Give the words `[first, last)` that a range of the text touches."""
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_left(self.starts, end))

    def written(self, place: int) -> str:
        """Give a word as it is written."""
        return self.text[self.starts[place] : self.ends[place]]


def split(text: str) -> WordList:
    """Cut a text into words and sentences."""
    plain = text
    for mark, equal in _PLAIN.items():
        plain = plain.replace(mark, equal)
    # Spans, not matches: a hundred thousand of those take longer to keep than to find.
    spans = [word.span() for word in _WORD.finditer(plain)]
    starts = [start for start, _ in spans]
    ends = [end for _, end in spans]
    keys = [plain[start:end].casefold() for start, end in spans]
    sentences: list[Sentence] = []
    for line in _LINE.finditer(text):
        for start, end in sentence_bounds(line.group()):
            first = bisect_left(starts, line.start() + start)
            last = bisect_left(starts, line.start() + end)
            if first < last:
                sentences.append(Sentence(first, last, " ".join(keys[first:last])))
    begins = frozenset(sentence.first for sentence in sentences)
    return WordList(text, starts, ends, keys, sentences, begins)


def equal_runs(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int]]:
    """List what two sequences have in common, in order: where in each, and how many."""
    return [
        (code.src_start, code.dest_start, code.src_end - code.src_start)
        for code in Indel.opcodes(one, other)
        if code.tag == "equal"
    ]
