"""Which words of a corrected text continue which words of the old one.

Sentences are paired first: those that stand unchanged, then those that resemble each other, beside
a pair or anywhere. Inside a pair words are compared in order. What no pair holds is continued only
by a run of words that occurs once on either side.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Indel

from app.text.sentences import sentence_bounds

# An index of words that no other word continues, or is continued by.
NONE = -1

_WORD = re.compile(r"\w+(?:['-]\w+)*|[^\w\s]")
_LINE = re.compile(r"[^\n]+")
# What a correction changes without changing a word; one character for one.
_PLAIN = dict.fromkeys("‘’‚‛", "'") | dict.fromkeys("“”„‟", '"')

# Comparing takes memory by the product of the two lengths: what exceeds this (25 MB) is not
# compared as a whole.
_COMPARED_AT_MOST = 200_000_000
# A sentence of fewer characters says too little to be known again in another place.
_TELLING = 10
# The share of their words that two sentences have in common, in order, to be one sentence
# changed: beside a pair, beside a pair but for one sentence between, and anywhere.
_ALIKE_BESIDE = 0.5
_ALIKE_NEAR = 0.6
_ALIKE_ANYWHERE = 0.55
# The same for a word that changed its place inside a sentence, and its least length.
_ALIKE_FOR_SWAPS = 0.6
_SWAPPED_LENGTH = 4
# Words in a row by which a changed sentence is looked for, how common they may be, and how many
# of the sentences that have most of them are compared.
_SHINGLE = 3
_COMMON = 20
_CANDIDATES = 4
# Words in a row that are known again in another sentence.
_STRAY = 5


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words `[first, last)` of a sentence, and their keys as one string."""

    first: int
    last: int
    key: str

    @property
    def length(self) -> int:
        """Count the words."""
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Words:
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


@dataclass(frozen=True, slots=True)
class Alignment:
    """The words of two texts, and which continues which.

    `to_new[i]` is the new word that continues the old word `i`, `to_old[j]` the old word that owns
    the new word `j`; NONE where there is none. `doubtful` are the old words that stand for others
    just as well: of two equal words in a row one was deleted, and nothing says which.
    """

    old: Words
    new: Words
    to_new: list[int]
    to_old: list[int]
    doubtful: frozenset[int]


def split(text: str) -> Words:
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
    return Words(text, starts, ends, keys, sentences, begins)


def align(old: str, new: str) -> Alignment:
    """Find which words of the new text continue those of the old one.

    No new word continues two old ones. Takes time by the length of the texts, but for sentences
    and texts that repeat themselves.
    """
    one, other = split(old), split(new)
    links = _Links(one, other)
    for pair in _Pairs(one, other).find():
        links.add_sentence(*pair)
    links.add_strays()
    links.grow()
    links.prefer_first_copies()
    return Alignment(one, other, links.to_new, links.to_old, frozenset(links.doubtful()))


# --- sentences -------------------------------------------------------------------------------


class _Pairs:
    """The sentences of two texts, and which belongs to which."""

    def __init__(self, old: Words, new: Words) -> None:
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
            if len(olds) * len(news) > _COMPARED_AT_MOST:
                continue
            one = [self.old.sentences[i].key for i in olds]
            other = [self.new.sentences[j].key for j in news]
            for a, b, length in _equal_runs(one, other):
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
        return _likeness(_keys(self.old, i), _keys(self.new, j), floor)

    def _pair_alike(self) -> None:
        """Pair changed sentences with those that they resemble most, anywhere."""
        olds, news = self._free()
        index: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for j in news:
            for shingle in _shingles(_keys(self.new, j)):
                index[shingle].append(j)
        rated: list[tuple[float, int, int, int]] = []
        for i in olds:
            shared: Counter[int] = Counter()
            for shingle in _shingles(_keys(self.old, i)):
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


def _keys(words: Words, place: int) -> list[str]:
    sentence = words.sentences[place]
    return words.keys[sentence.first : sentence.last]


def _shingles(keys: list[str]) -> set[tuple[str, ...]]:
    """Give all runs of a few words, or all the words where there are fewer."""
    if len(keys) < _SHINGLE:
        return {tuple(keys)}
    return set(zip(keys, keys[1:], keys[2:], strict=False))


def _likeness(one: Sequence[str], other: Sequence[str], floor: float) -> float:
    if 2 * min(len(one), len(other)) < floor * (len(one) + len(other)):
        return 0.0
    return Indel.normalized_similarity(one, other, score_cutoff=floor)


def _equal_runs(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int]]:
    """List what two sequences have in common, in order: where in each, and how many."""
    return [
        (code.src_start, code.dest_start, code.src_end - code.src_start)
        for code in Indel.opcodes(one, other)
        if code.tag == "equal"
    ]


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


# --- words -----------------------------------------------------------------------------------


class _Links:
    """The words of two texts, and which continues which."""

    def __init__(self, old: Words, new: Words) -> None:
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
        if one.length * other.length > _COMPARED_AT_MOST:
            return
        olds, news = _keys(self.old, i), _keys(self.new, j)
        runs = _equal_runs(olds, news)
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
