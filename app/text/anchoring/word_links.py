"""Which words continue which, inside paired sentences and beside them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.text.anchoring.words import COMPARED_AT_MOST, NONE, Sentence, WordList, equal_runs

# The share of their words that two sentences have in common, in order, for a word to be known
# again that changed its place inside, and the least length of such a word.
_ALIKE_FOR_SWAPS = 0.6
_SWAPPED_LENGTH = 4
# How many words a sentence may lose when it is joined to another: its full stop.
_LOST_AT_JOIN = 1
# Words in a row that are known again in another sentence.
_STRAY = 5


class WordLinks:
    """The words of two texts, and which continues which."""

    def __init__(self, old: WordList, new: WordList) -> None:
        self.old, self.new = old, new
        self.to_new = [NONE] * len(old.keys)
        self.to_old = [NONE] * len(new.keys)

    def _link(self, i: int, j: int) -> None:
        self.to_new[i] = j
        self.to_old[j] = i

    def add_sentence(self, i: int, j: int) -> None:
        """Link the words that a pair of sentences has in common."""
        one, other = self.old.sentences[i], self.new.sentences[j]
        if one.key == other.key:
            for k in range(one.length):
                self._link(one.first + k, other.first + k)
            return
        if one.length * other.length > COMPARED_AT_MOST:
            return
        olds, news = self.old.keys_of(i), self.new.keys_of(j)
        runs = equal_runs(olds, news)
        for a, b, length in runs:
            for k in range(length):
                self._link(one.first + a + k, other.first + b + k)
        common = sum(length for _, _, length in runs)
        if 2 * common >= _ALIKE_FOR_SWAPS * (one.length + other.length):
            self._link_swapped(one, other)

    def _link_swapped(self, one: Sentence, other: Sentence) -> None:
        """Link words that changed their place: they occur once in either sentence."""
        olds = Counter(self.old.keys[one.first : one.last])
        news = Counter(self.new.keys[other.first : other.last])
        places = {self.new.keys[j]: j for j in range(other.first, other.last)}
        for i in range(one.first, one.last):
            key = self.old.keys[i]
            if (
                self.to_new[i] == NONE
                and len(key) >= _SWAPPED_LENGTH
                and olds[key] == news[key] == 1
                and self.to_old[places[key]] == NONE
            ):
                self._link(i, places[key])

    def add_joined(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Link the words of sentences that were joined to a neighbour, or parted from one.

        `pairs` are the sentences that continue each other. One beside a pair that no other
        continues may stand in the rest of its neighbour's partner.
        """
        to_new = dict(pairs)
        to_old = {j: i for i, j in pairs}
        for i, j in pairs:
            for step in (-1, 1):
                if i + step not in to_new:
                    self._link_joined(i + step, j, are_swapped=False)
                if j + step not in to_old:
                    self._link_joined(j + step, i, are_swapped=True)

    def _link_joined(self, lone: int, partner: int, *, are_swapped: bool) -> None:
        """Link a sentence that no other continues to the free words of a longer one."""
        ones, others = (self.new, self.old) if are_swapped else (self.old, self.new)
        if not 0 <= lone < len(ones.sentences):
            return
        one, other = ones.sentences[lone], others.sentences[partner]
        links = self.to_old if not are_swapped else self.to_new
        free = [k for k in range(other.first, other.last) if links[k] == NONE]
        if not free or one.length > len(free) + _LOST_AT_JOIN:
            return
        words = ones.keys_of(lone)
        runs = equal_runs(words, [others.keys[k] for k in free])
        if sum(length for _, _, length in runs) < one.length - _LOST_AT_JOIN:
            return
        for a, b, length in runs:
            for k in range(length):
                place = one.first + a + k, free[b + k]
                self._link(*(reversed(place) if are_swapped else place))

    def add_strays(self) -> None:
        """Link runs of words that nothing else continues and that occur once so in either text."""
        places = _free_runs(self.new.keys, self.to_old)
        for run, i in _free_runs(self.old.keys, self.to_new).items():
            j = places.get(run, NONE)
            if NONE not in {i, j}:
                for k in range(_STRAY):
                    if self.to_new[i + k] == self.to_old[j + k] == NONE:
                        self._link(i + k, j + k)

    def grow(self) -> None:
        """Link equal words beside linked ones."""
        for start, end in _unlinked(self.to_new):
            first, last = start, end - 1
            while first < end and self._link_beside(first, 1):
                first += 1
            while last >= first and self._link_beside(last, -1):
                last -= 1

    def _link_beside(self, i: int, step: int) -> bool:
        """Link an old word to the new one beside its neighbour's, if they are equal."""
        neighbour = i - step
        if not 0 <= neighbour < len(self.to_new) or self.to_new[neighbour] == NONE:
            return False
        j = self.to_new[neighbour] + step
        if not 0 <= j < len(self.to_old) or self.to_old[j] != NONE:
            return False
        if self.old.keys[i] == self.new.keys[j]:
            self._link(i, j)
            return True
        return False

    def prefer_first_copies(self) -> None:
        """Where new words repeat those before them, let the first of the two be the old ones."""
        for start, end in _unlinked(self.to_old):
            first, after = start, end
            while (
                first > 0
                and after < len(self.to_old)
                and self.to_old[after] != NONE
                and self.to_old[first - 1] == self.to_old[after] - 1 != NONE
                and self.new.keys[first] == self.new.keys[after]
            ):
                self._link(self.to_old[after], first)
                self.to_old[after] = NONE
                first += 1
                after += 1

    def doubtful(self) -> Iterator[int]:
        """Yield the old words that may as well have been deleted as equal ones near them."""
        keys = self.old.keys
        for start, end in _unlinked(self.to_new):
            is_plain = (
                start > 0
                and end < len(keys)
                and NONE != self.to_new[start - 1] == self.to_new[end] - 1
            )
            if not is_plain:
                continue
            first, last = start - 1, end - 1
            while first >= 0 and self.to_new[first] != NONE and keys[first] == keys[last]:
                yield first
                first -= 1
                last -= 1
            first, last = start, end
            while last < len(keys) and self.to_new[last] != NONE and keys[first] == keys[last]:
                yield last
                first += 1
                last += 1


def _free_runs(keys: list[str], links: list[int]) -> dict[tuple[str, ...], int]:
    """Give where each run of unlinked words stands, NONE for one that occurs several times."""
    places: dict[tuple[str, ...], int] = {}
    for start, end in _unlinked(links):
        for place in range(start, end - _STRAY + 1):
            run = tuple(keys[place : place + _STRAY])
            places[run] = NONE if run in places else place
    return places


def _unlinked(links: list[int]) -> list[tuple[int, int]]:
    """List the longest runs `[start, end)` of places without a link."""
    linked = [place for place, link in enumerate(links) if link != NONE]
    ends = [NONE, *linked, len(links)]
    return [(one + 1, other) for one, other in pairwise(ends) if one + 1 < other]
