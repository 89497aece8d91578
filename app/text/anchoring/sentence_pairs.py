"""Which sentences of a corrected text continue which sentences of the old one."""

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rapidfuzz.distance import Indel

from app.text.anchoring.words import COMPARED_AT_MOST, NONE, Sentence, WordList, equal_runs

# A sentence of fewer characters says too little to be known again in another place.
_TELLING = 10
# The share of their words that two sentences have in common, in order, to be one sentence
# changed: beside a pair, beside a pair but for one sentence between, and anywhere.
_ALIKE_BESIDE = 0.5
_ALIKE_NEAR = 0.6
_ALIKE_ANYWHERE = 0.55
# Words in a row by which a changed sentence is looked for, how common they may be, and how many
# of the sentences that have most of them are compared.
_SHINGLE = 3
_COMMON = 20
_CANDIDATES = 4


class SentencePairs:
    """The sentences of two texts, and which belongs to which."""

    def __init__(self, old: WordList, new: WordList) -> None:
        self.old, self.new = old, new
        self.to_new = [NONE] * len(old.sentences)
        self.to_old = [NONE] * len(new.sentences)

    def find(self) -> list[tuple[int, int]]:
        """Pair the sentences; each stands in one pair at most."""
        self._pair_unique()
        self._grow(exact=True)
        self._pair_in_order()
        self._grow(exact=True)
        self._pair_alike()
        self._grow(exact=False)
        self._pair_copies()
        return [(i, j) for i, j in enumerate(self.to_new) if j != NONE]

    def _pair(self, i: int, j: int) -> None:
        self.to_new[i] = j
        self.to_old[j] = i

    def _free(self) -> tuple[list[int], list[int]]:
        return (
            [i for i, j in enumerate(self.to_new) if j == NONE],
            [j for j, i in enumerate(self.to_old) if i == NONE],
        )

    def _pair_unique(self) -> None:
        """Pair what occurs once in either text, wherever it stands."""
        places = _once(self.new.sentences)
        for key, i in _once(self.old.sentences).items():
            if key in places and len(key) >= _TELLING:
                self._pair(i, places[key])

    def _pair_in_order(self) -> None:
        """Pair runs of at least two sentences that stand in both texts in one order."""
        for olds, news in self._gaps():
            if len(olds) * len(news) > COMPARED_AT_MOST:
                continue
            one = [self.old.sentences[i].key for i in olds]
            other = [self.new.sentences[j].key for j in news]
            for a, b, length in equal_runs(one, other):
                if length > 1:
                    for k in range(length):
                        self._pair(olds[a + k], news[b + k])

    def _gaps(self) -> Iterator[tuple[list[int], list[int]]]:
        """Give what lies between the pairs that stand in one order."""
        paired = [(i, j) for i, j in enumerate(self.to_new) if j != NONE]
        ordered = [paired[k] for k in _longest_rise([j for _, j in paired])]
        ends = (len(self.to_new), len(self.to_old))
        for (i, j), (next_i, next_j) in pairwise([(-1, -1), *ordered, ends]):
            olds = [place for place in range(i + 1, next_i) if self.to_new[place] == NONE]
            news = [place for place in range(j + 1, next_j) if self.to_old[place] == NONE]
            if olds and news:
                yield olds, news

    def _grow(self, *, exact: bool) -> None:
        """Pair the sentences beside pairs, and beside the two ends of the texts."""
        waiting = deque([(-1, -1), (len(self.to_new), len(self.to_old))])
        waiting.extend((i, j) for i, j in enumerate(self.to_new) if j != NONE)
        while waiting:
            i, j = waiting.popleft()
            for step in (1, -1):
                found = self._beside(i, j, step, exact=exact)
                if found:
                    self._pair(*found)
                    waiting.append(found)

    def _beside(self, i: int, j: int, step: int, *, exact: bool) -> tuple[int, int] | None:
        if exact:
            place = i + step, j + step
            return place if self._is_free(*place) and self._is_same(*place) else None
        for over_i, over_j, floor in (
            (1, 1, _ALIKE_BESIDE),
            (1, 2, _ALIKE_NEAR),
            (2, 1, _ALIKE_NEAR),
        ):
            place = i + over_i * step, j + over_j * step
            if self._is_free(*place) and self._likeness(*place, floor) >= floor:
                return place
        return None

    def _is_free(self, i: int, j: int) -> bool:
        return (
            0 <= i < len(self.to_new)
            and 0 <= j < len(self.to_old)
            and self.to_new[i] == self.to_old[j] == NONE
        )

    def _is_same(self, i: int, j: int) -> bool:
        return self.old.sentences[i].key == self.new.sentences[j].key

    def _likeness(self, i: int, j: int, floor: float) -> float:
        """Give the share of words in common, from 0 to 1, or 0 below the floor."""
        return _likeness(self.old.keys_of(i), self.new.keys_of(j), floor)

    def _pair_alike(self) -> None:
        """Pair changed sentences with those that they resemble most, anywhere."""
        olds, news = self._free()
        index: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for j in news:
            for shingle in _shingles(self.new.keys_of(j)):
                index[shingle].append(j)
        rated: list[tuple[float, int, int, int]] = []
        for i in olds:
            shared: Counter[int] = Counter()
            for shingle in _shingles(self.old.keys_of(i)):
                places = index.get(shingle, ())
                if len(places) <= _COMMON:
                    shared.update(places)
            for j, _ in shared.most_common(_CANDIDATES):
                likeness = self._likeness(i, j, _ALIKE_ANYWHERE)
                if likeness:
                    rated.append((-likeness - self._bonus(i, j), abs(i - j), i, j))
        for _, _, i, j in sorted(rated):
            if self._is_free(i, j):
                self._pair(i, j)

    def _bonus(self, i: int, j: int) -> float:
        """Favour a place whose neighbours are paired already."""
        before = i > 0 and j > 0 and self.to_new[i - 1] == j - 1
        after = i + 1 < len(self.to_new) and self.to_new[i + 1] == j + 1
        return 0.1 * (before + after)

    def _pair_copies(self) -> None:
        """Pair what is left of sentences that occur several times, in order."""
        olds, news = self._free()
        waiting: defaultdict[str, deque[int]] = defaultdict(deque)
        for j in news:
            waiting[self.new.sentences[j].key].append(j)
        for i in olds:
            places = waiting.get(self.old.sentences[i].key)
            if places and len(self.old.sentences[i].key) >= _TELLING:
                self._pair(i, places.popleft())


def _once(sentences: Sequence[Sentence]) -> dict[str, int]:
    """Give the place of each sentence that occurs once."""
    counts = Counter(sentence.key for sentence in sentences)
    return {s.key: place for place, s in enumerate(sentences) if counts[s.key] == 1}


def _shingles(keys: list[str]) -> set[tuple[str, ...]]:
    """Give all runs of a few words, or all the words where there are fewer."""
    if len(keys) < _SHINGLE:
        return {tuple(keys)}
    return set(zip(keys, keys[1:], keys[2:], strict=False))


def _likeness(one: Sequence[str], other: Sequence[str], floor: float) -> float:
    if 2 * min(len(one), len(other)) < floor * (len(one) + len(other)):
        return 0.0
    return Indel.normalized_similarity(one, other, score_cutoff=floor)


def _longest_rise(values: Sequence[int]) -> list[int]:
    """Give the places of a longest rising part of distinct values (patience sorting)."""
    tops: list[int] = []
    top_places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        pile = bisect_left(tops, value)
        before.append(top_places[pile - 1] if pile else NONE)
        tops[pile : pile + 1] = [value]
        top_places[pile : pile + 1] = [place]
    rise: list[int] = []
    place = top_places[-1] if top_places else NONE
    while place != NONE:
        rise.append(place)
        place = before[place]
    return rise[::-1]
