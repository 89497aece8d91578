"""A passage in its sentence, or in those that it runs through, cut where they are long. Pure."""

from collections.abc import Sequence

from app.frozen import frozen

MOST = 400  # code points of a passage with its sentences
AROUND = 60  # of these on either side of a passage that is long itself
CUT = "…"


@frozen
class BlockText:
    """A block's text, where it starts in the article's, and the bounds of its sentences in it."""

    start: int
    text: str
    sentences: Sequence[tuple[int, int]]


@frozen
class InSentence:
    """A passage with the words around it; `rest` is what follows where it was cut, else ""."""

    before: str
    passage: str
    rest: str
    after: str


def bounds_of(written: str) -> list[tuple[int, int]]:
    """Return the start and end of each sentence of a block, as its row keeps them."""
    numbers = list(map(int, written.split()))
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def in_sentence(quote: str, start: int, end: int, first: BlockText, last: BlockText) -> InSentence:
    """Show the passage `[start, end)`, whose words are the quote, from block `first` to `last`.

    All offsets are code points of the article's text. No more than MOST are shown, and a CUT stands
    where some are left out.
    """
    here = start - first.start
    begins = max((one for one, _end in first.sentences if one <= here), default=0)
    there = end - last.start
    stops = min((stop for _start, stop in last.sentences if stop >= there), default=len(last.text))
    before, after = first.text[begins:here].lstrip(), last.text[there : max(stops, there)].rstrip()
    if len(before) + len(quote) + len(after) <= MOST:
        return InSentence(before, quote, "", after)
    room = MOST - len(quote)
    if room >= 2 * AROUND:
        before, after = _share(before, after, room)
        return InSentence(before, quote, "", after)
    before, after = _last_of(before, AROUND), _first_of(after, AROUND)
    half = (MOST - len(before) - len(after)) // 2
    if len(quote) <= 2 * half:
        return InSentence(before, quote, "", after)
    return InSentence(before, _first_of(quote, half), quote[-half:].lstrip(), after)


def _share(before: str, after: str, room: int) -> tuple[str, str]:
    """Cut what stands before and after to so many code points in all."""
    half = room // 2
    left = min(len(before), max(half, room - len(after)))
    return _last_of(before, left), _first_of(after, room - left)


def _first_of(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + CUT


def _last_of(text: str, most: int) -> str:
    return text if len(text) <= most else CUT + text[len(text) - most + 1 :].lstrip()
