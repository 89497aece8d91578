"""Which part of an edited text continues which part of the old one.

Equal parts first, in order, then wherever they stand. The words of what is left are aligned once,
and a part continues the one that its words come from: so a part that was split is known in both
halves, and two that were joined are known in one. Last come short parts whose every word was
changed a little, between the same neighbours.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from app.frozen import frozen
from app.text.anchoring.alignment import Alignment, align
from app.text.anchoring.words import NONE, WordList
from app.text.revising.equal_parts import equal_parts
from app.text.revising.written import Written

# The share of a part's letters that come from old parts, to continue one of them; or the share of
# an old part that is left in a part, if it is so many words.
_CONTINUED = 0.5
_MANY = 5
# How alike, of 100, two short parts must be that have few words in common, how long they may be,
# and with how many old ones a new one is compared: the time stays linear in the number of parts.
_ALIKE = 70.0
_SHORT = 400
_COMPARED = 8


@dataclass(frozen=True, slots=True, order=True)
class CommonRun:
    """Characters that stand in both texts in a row, by their ranks: where in each, how many."""

    old: int
    new: int
    length: int


@frozen
class Continuation:
    """What continues what.

    `sources[n]` is the old part that the new part `n` continues, or NONE. `runs` are in the order
    of the old text. `doubtful` are the ranks of old words that stand for others just as well, in
    order; no run holds them.
    """

    sources: list[int]
    runs: list[CommonRun]
    doubtful: list[int]


def find_sources(old: Written, new: Written, blocks: Sequence[Sequence[int]]) -> Continuation:
    """Find the source of each part, and the characters that stand in both texts.

    `blocks` are the old parts of each block. Takes time by the length of the texts: keys of parts
    are compared each with each in C++, at most `COMPARED_AT_MOST` pairs of them, and a new part
    that nothing else explains with a few old ones.
    """
    sources = equal_parts(old, new, blocks)
    runs = [
        _run_of(old.ranks_of(source), new.ranks_of(part))
        for part, source in enumerate(sources)
        if source != NONE
    ]
    taken = set(sources)
    rest = _Rest(
        old,
        new,
        [part for part in range(len(old.parts)) if part not in taken],
        [part for part, source in enumerate(sources) if source == NONE],
    )
    rest.add_sources(sources)
    _add_alike(old, new, sources)
    return Continuation(sources, sorted([*runs, *rest.runs()]), rest.doubtful())


def _run_of(olds: tuple[int, int], news: tuple[int, int]) -> CommonRun:
    return CommonRun(olds[0], news[0], olds[1] - olds[0])


# Parts whose words come from elsewhere


class _Rest:
    """The parts of either text that no equal one continues, and their words."""

    def __init__(
        self, old: Written, new: Written, old_parts: list[int], new_parts: list[int]
    ) -> None:
        self._old, self._new = old, new
        self._alignment: Alignment = align(_join(old, old_parts), _join(new, new_parts))
        self._olds = list(_locate(old, old_parts, self._alignment.old))
        self._news = list(_locate(new, new_parts, self._alignment.new))

    def _links(self) -> Iterator[tuple[int, int]]:
        return ((i, j) for j, i in enumerate(self._alignment.to_old) if i != NONE)

    def add_sources(self, sources: list[int]) -> None:
        """Give each new part the first old one that it holds most of, or that it comes from."""
        shared: defaultdict[int, Counter[int]] = defaultdict(Counter)
        counts: Counter[tuple[int, int]] = Counter()
        for i, j in self._links():
            source, part = self._olds[i][0], self._news[j][0]
            shared[part][source] += self._news[j][2] - self._news[j][1]
            counts[part, source] += 1
        for part, letters in shared.items():
            is_known = sum(letters.values()) >= _CONTINUED * _length(self._new, part)
            # A counter keeps the order in which the words came.
            held = [
                source
                for source in letters
                if letters[source] >= _CONTINUED * _length(self._old, source)
                and (is_known or counts[part, source] >= _MANY)
            ]
            if held:
                sources[part] = held[0]
            elif is_known:
                sources[part] = letters.most_common(1)[0][0]

    def runs(self) -> Iterator[CommonRun]:
        """Yield runs of words that continue each other."""
        last = CommonRun(0, 0, 0)
        for i, j in sorted(self._links()):
            (_, old, old_end), (_, new, new_end) = self._olds[i], self._news[j]
            if i in self._alignment.doubtful or old_end - old != new_end - new:
                continue
            if last.old + last.length == old and last.new + last.length == new:
                last = CommonRun(last.old, last.new, last.length + old_end - old)
                continue
            if last.length:
                yield last
            last = CommonRun(old, new, old_end - old)
        if last.length:
            yield last

    def doubtful(self) -> list[int]:
        """Give the ranks of the old words that stand for others just as well."""
        return sorted(self._olds[i][1] for i in self._alignment.doubtful)


def _join(written: Written, parts: Sequence[int]) -> str:
    return "\n\n".join(map(written.text_of, parts))


def _locate(
    written: Written, parts: Sequence[int], words: WordList
) -> Iterator[tuple[int, int, int]]:
    """Yield of each word of joined parts its part, and its ranks `[first, last)`."""
    at = NONE
    joined_start = joined_end = -2
    for start, end in zip(words.starts, words.ends, strict=True):
        while start >= joined_end:
            at += 1
            joined_start = joined_end + 2
            joined_end = joined_start + len(written.text_of(parts[at]))
        moved = written.parts[parts[at]][0] - joined_start
        yield parts[at], written.ranks[start + moved], written.ranks[end + moved]


def _length(written: Written, part: int) -> int:
    first, last = written.ranks_of(part)
    return last - first


# Short parts without a word in common


def _add_alike(old: Written, new: Written, sources: list[int]) -> None:
    """Let short parts continue those that they resemble, after what the part before continues."""
    taken = set(sources)
    after = 0
    for part, source in enumerate(sources):
        if source != NONE:
            after = source + 1
            continue
        key = new.key_of(part)
        for other in range(after, min(after + _COMPARED, len(old.parts))):
            if other in taken:
                break
            if _is_alike(old.key_of(other), key):
                sources[part] = other
                taken.add(other)
                after = other + 1
                break


def _is_alike(one: str, other: str) -> bool:
    if max(len(one), len(other)) > _SHORT:
        return False
    return fuzz.ratio(one, other, score_cutoff=_ALIKE) >= _ALIKE
