"""Which parts of an edited text are parts of the old one, word for word."""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

from app.text.anchoring.words import COMPARED_AT_MOST, NONE, equal_runs
from app.text.revising.written import Written

# In how many places the parts of one block are looked for.
_PLACES = 8


def equal_parts(old: Written, new: Written, blocks: Sequence[Sequence[int]]) -> list[int]:
    """Give each new part the old one of the same words, NONE where there is none left.

    `blocks` are the old parts of each block.
    """
    olds = [old.key_of(part) for part in range(len(old.parts))]
    news = [new.key_of(part) for part in range(len(new.parts))]
    sources = [NONE] * len(news)
    for one, other, length in _equal_in_order(olds, news):
        sources[other : other + length] = range(one, one + length)
    found = {source: part for part, source in enumerate(sources) if source != NONE}
    for parts in blocks:
        if len(parts) > 1:
            places = [found.get(part, NONE) for part in parts]
            _keep_together([olds[part] for part in parts], parts[0], places, news, sources)
    taken = set(sources)
    waiting: defaultdict[str, deque[int]] = defaultdict(deque)
    for part, key in enumerate(olds):
        if part not in taken:
            waiting[key].append(part)
    for part, key in enumerate(news):
        if sources[part] == NONE and waiting.get(key):
            sources[part] = waiting[key].popleft()
    return sources


def _keep_together(
    keys: Sequence[str], first: int, places: Sequence[int], news: Sequence[str], sources: list[int]
) -> None:
    """Let the parts of a block be continued in one place, if all of them stand there.

    Where blocks have parts in common, the longest order may take some from each. `keys` are those
    of the block's parts, of which the first is the old part `first`; they were found at `places`.
    """
    begins = {place - nth for nth, place in enumerate(places) if place >= nth}
    if len(begins) > _PLACES:
        return
    for begin in sorted(begins):
        if news[begin : begin + len(keys)] == keys:
            for nth, place in enumerate(places):
                if place != NONE and sources[place] == first + nth:
                    sources[place] = NONE
            sources[begin : begin + len(keys)] = range(first, first + len(keys))
            return


def _equal_in_order(olds: Sequence[str], news: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Yield what two lists have in common, in order: where in each, and how many."""
    most = min(len(olds), len(news))
    head = next((k for k in range(most) if olds[k] != news[k]), most)
    most -= head
    tail = next((k for k in range(most) if olds[-1 - k] != news[-1 - k]), most)
    yield 0, 0, head
    one, other = olds[head : len(olds) - tail], news[head : len(news) - tail]
    if len(one) * len(other) <= COMPARED_AT_MOST:
        for i, j, length in equal_runs(one, other):
            yield head + i, head + j, length
    yield len(olds) - tail, len(news) - tail, tail
