"""From a place in a text to the place of the same words in its correction."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from enum import StrEnum

from rapidfuzz import fuzz

from app.frozen import frozen
from app.text.anchoring.alignment import Alignment, align
from app.text.anchoring.order import runs_in_order
from app.text.anchoring.words import NONE

# How many words on each side of a passage are asked where they stand now, and how much farther
# from the place of the passage than from the passage they may stand.
_ASKED = 6
_APART = 3
# How many of them must agree if all words of the passage stand in a row: by their number, at least
# if they occur several times in the old text, and if some of a few were changed.
_AGREEING = {1: 3, 2: 3, 3: 3, 4: 2, 5: 2}
_AGREEING_IF_REPEATED = 4
_AGREEING_IF_CHANGED = 3
# Of so few words one of the two neighbours must still be beside them; of so few characters, which
# stand in every sentence, words on either side must agree.
_SHORT = 2
_TINY = 3
# So many words are known without their neighbours, even if they occur several times.
_LONG = 12
# A whole sentence of so many characters is known without its neighbours if it occurs once.
_TELLING = 10
# How many copies of a quote are looked at.
_COPIES = 50
# The share of a passage's letters that must be left for a place with other words: of a passage of
# at least so many words, unless a sentence of so many is left; else between both of its
# neighbours, else alone if so many words are left, else with neighbours that agree.
_MANY = 8
_KEPT = 0.35
_SENTENCE = 8
_KEPT_IF_HELD = 0.4
_KEPT_IF_ALONE = 0.8
_ALONE = 3
_KEPT_OF_FEW = 0.6
# The share of such a place's words that must come from the passage, and the most that may come
# from words outside of it.
_OWN = 0.4
_FOREIGN = 0.2
# How far two words of any passage may be apart to stand together still.
_GAP = 6
# How alike, of 100, words must be to a passage that they replaced as a whole; so few words must be
# more alike, and have so many characters.
_ALIKE = 70.0
_FEW = 3
_ALIKE_OF_FEW = 80.0
_FEW_LENGTH = 6


class Fate(StrEnum):
    """What became of a passage."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    ORPHANED = "orphaned"


@frozen
class Reanchored:
    """Where a passage stands in the new text, `(start, end)` in code points, and its fate.

    UNCHANGED are the same words between what stood before and after them, MOVED the same words
    elsewhere, CHANGED other words, or what is left of them; ORPHANED has no place.
    """

    place: tuple[int, int] | None
    fate: Fate


def reanchor(old: str, new: str, passages: Sequence[tuple[int, int]]) -> list[Reanchored]:
    """Find each passage `[start, end)` of the old text, in code points, in the new one.

    Returns one answer for each passage, in the order given. The words decide, then what stands
    around them, then their order. A place whose words belong to another passage is refused, and
    short words that their neighbours do not confirm are rather orphaned than guessed.

    Raises: ValueError (a passage is not inside the old text).
    """
    for start, end in passages:
        if not 0 <= start <= end <= len(old):
            message = f"the range {start} to {end} is not inside a text of {len(old)} characters"
            raise ValueError(message)
    if old == new:
        return [Reanchored(passage, Fate.UNCHANGED) for passage in passages]
    alignment = align(old, new)
    order = _Order(alignment)
    return [_reanchored(_Passage(alignment, start, end), order) for start, end in passages]


def _reanchored(passage: "_Passage", order: "_Order") -> Reanchored:
    words = passage.new_words()
    if words is None:
        return Reanchored(None, Fate.ORPHANED)
    place = passage.written_out(*words)
    if not passage.has_words(place):
        return Reanchored(place, Fate.CHANGED)
    is_moved = order.is_crossed((passage.first, passage.last), words)
    return Reanchored(place, Fate.MOVED if is_moved else Fate.UNCHANGED)


class _Order:
    """The words that stand in both texts in one order."""

    def __init__(self, alignment: Alignment) -> None:
        links = ((i, j) for i, j in enumerate(alignment.to_new) if j != NONE)
        self._runs = runs_in_order(links)
        self._starts = [start for start, _, _ in self._runs]
        self._ends = [start + length for start, _, length in self._runs]

    def is_crossed(self, olds: tuple[int, int], news: tuple[int, int]) -> bool:
        """Say whether words before a passage stand after it now, or the other way round."""
        before = bisect_left(self._starts, olds[0]) - 1
        if before >= 0:
            start, new_start, length = self._runs[before]
            if new_start + min(length, olds[0] - start) > news[0]:
                return True
        after = bisect_right(self._ends, olds[1])
        if after == len(self._runs):
            return False
        start, new_start, _ = self._runs[after]
        return new_start + max(0, olds[1] - start) < news[1]


class _Passage:
    """A passage `[start, end)` of the old text: its words are `[first, last)`."""

    def __init__(self, alignment: Alignment, start: int, end: int) -> None:
        self.alignment = alignment
        self.start, self.end = start, end
        self.first, self.last = alignment.old.words_at(start, end)
        self.length = self.last - self.first

    def has_words(self, place: tuple[int, int]) -> bool:
        """Say whether the words at a place of the new text are those of the passage."""
        old = self.alignment.old.text[self.start : self.end]
        return old.split() == self.alignment.new.text[slice(*place)].split()

    def new_words(self) -> tuple[int, int] | None:
        """Give the new words `[first, last)` of the passage, None where it has no place."""
        if not self.length:
            return None
        kept = self._kept_together()
        if not kept:
            return self._copy() or self._replaced()
        news = [self._link(i) for i in kept]
        first, last = min(news), max(news) + 1
        if len(kept) == self.length and last - first == self.length:
            return (first, last) if self._is_confirmed(first, last) else None
        copy = self._copy()
        if copy:
            return copy
        first, last = self._with_replaced_ends(kept, first, last)
        return (first, last) if self._is_enough(kept, first, last) else None

    def _copy(self) -> tuple[int, int] | None:
        """Give the same words in a row that continue nothing outside of the passage."""
        old, new = self.alignment.old, self.alignment.new
        quote = old.between(self.first, self.last)
        best, found = -1, None
        at = new.text.find(quote)
        for _ in range(_COPIES):
            if at < 0:
                break
            first, last = new.words_at(at, at + len(quote))
            if (
                last - first == self.length
                and quote == new.between(first, last)
                and not self._foreign(first, last)
                and sum(self._agreeing(first, last)) > best
                and self._is_confirmed(first, last)
            ):
                best, found = sum(self._agreeing(first, last)), (first, last)
            at = new.text.find(quote, at + 1)
        return found

    def _foreign(self, first: int, last: int) -> int:
        """Count the new words, marks apart, that continue words outside of the passage."""
        old, to_old = self.alignment.old, self.alignment.to_old
        return sum(
            i != NONE and not self.first <= i < self.last and old.keys[i][0].isalnum()
            for i in to_old[first:last]
        )

    def _link(self, place: int) -> int:
        """Give the new word that continues an old one, NONE also outside of the text."""
        links = self.alignment.to_new
        return links[place] if 0 <= place < len(links) else NONE

    def _kept_together(self) -> list[int]:
        """List the old words of the passage that are left and still stand together."""
        left = [i for i in range(self.first, self.last) if self._link(i) != NONE]
        groups: list[list[int]] = []
        for i in sorted(left, key=self._link):
            if groups and self._link(i) - self._link(groups[-1][-1]) <= max(_GAP, self.length):
                groups[-1].append(i)
            else:
                groups.append([i])
        return sorted(max(groups, key=self._weight)) if groups else []

    def _weight(self, places: Iterable[int]) -> int:
        """Count the letters and digits of old words."""
        written = self.alignment.old.written
        return sum(sum(map(str.isalnum, written(place))) for place in places)

    def _is_before(self, first: int) -> bool:
        """Say whether the word before the passage is the one before the new words."""
        before = first - 1
        while self._is_new_mark(before):
            before -= 1
        return self.first > 0 and self._link(self.first - 1) == before != NONE

    def _is_after(self, last: int) -> bool:
        """Say whether the word after the passage is the one after the new words."""
        after = last
        while self._is_new_mark(after):
            after += 1
        return self._link(self.last) == after

    def _is_new_mark(self, place: int) -> bool:
        """Say whether a new word is a mark that was put in, as where two blocks are joined."""
        new, to_old = self.alignment.new, self.alignment.to_old
        is_inside = 0 <= place < len(to_old)
        return is_inside and to_old[place] == NONE and not new.keys[place][0].isalnum()

    def _is_confirmed(self, first: int, last: int) -> bool:
        """Say whether the same words in a row are those of the passage."""
        if self.alignment.doubtful.issuperset(range(self.first, self.last)):
            return False
        asked = self._asked()
        agreeing = sum(self._agreeing(first, last))
        is_held = self.length > _SHORT or self._is_held(first, last)
        if is_held and agreeing >= min(_AGREEING_IF_REPEATED, asked):
            return True
        if self.length < _LONG and self._is_repeated():
            return False
        if self._is_sentence() and self.end - self.start >= _TELLING:
            return True
        return is_held and agreeing >= min(_AGREEING.get(self.length, 0), asked)

    def _is_held(self, first: int, last: int) -> bool:
        """Say whether a neighbour is one still; of a tiny word, also words on either side."""
        if self._asked() and not (self._is_before(first) or self._is_after(last)):
            return False
        if self.end - self.start > _TINY:
            return True
        before, after = self._agreeing(first, last)
        has_after = self.last < len(self.alignment.to_new)
        return before >= bool(self.first) and after >= has_after

    def _asked(self) -> int:
        """Count the words around the passage that are asked."""
        return min(self.first, _ASKED) + min(len(self.alignment.to_new) - self.last, _ASKED)

    def _agreeing(self, first: int, last: int) -> tuple[int, int]:
        """Count the old words before and after the passage that still are so in the new text."""
        before = after = 0
        for distance in range(1, _ASKED + 1):
            new_before = self._link(self.first - distance)
            new_after = self._link(self.last + distance - 1)
            before += new_before != NONE and 0 < first - new_before <= distance + _APART
            after += new_after != NONE and 0 < new_after + 1 - last <= distance + _APART
        return before, after

    def _is_repeated(self) -> bool:
        """Say whether the words of the passage occur several times in the old text."""
        text = self.alignment.old.text
        quote = text[self.start : self.end]
        return text.find(quote) < self.start or text.find(quote, self.start + 1) >= 0

    def _is_sentence(self) -> bool:
        """Say whether the passage is a sentence or several, whole ones."""
        old = self.alignment.old
        return old.begins_sentence(self.first) and old.begins_sentence(self.last)

    def _with_replaced_ends(self, kept: Sequence[int], first: int, last: int) -> tuple[int, int]:
        """Take in the new words that replace the words which the passage lost at its ends."""
        old, new = self.alignment.old, self.alignment.new
        lost = kept[0] - self.first
        if lost and self._link(kept[0]) == first:
            reach = self._free_before(first, 2 * lost + 2)
            are_starts = new.begins_sentence(reach) and old.begins_sentence(self.first)
            first = reach if are_starts or self._is_before(reach) else first
        lost = self.last - 1 - kept[-1]
        if lost and self._link(kept[-1]) == last - 1:
            reach = self._free_after(last, 2 * lost + 2)
            are_ends = new.begins_sentence(reach) and old.begins_sentence(self.last)
            last = reach if are_ends or self._is_after(reach) else last
        return first, last

    def _free_before(self, place: int, most: int) -> int:
        """Go back over new words that continue nothing, to where the sentence begins at most."""
        new, to_old = self.alignment.new, self.alignment.to_old
        until = max(0, place - most)
        while place > until and to_old[place - 1] == NONE and not new.begins_sentence(place):
            place -= 1
        return place

    def _free_after(self, place: int, most: int) -> int:
        """Go on over new words that continue nothing, to where the next sentence begins at most."""
        new, to_old = self.alignment.new, self.alignment.to_old
        until = min(len(to_old), place + most)
        while place < until and to_old[place] == NONE and not new.begins_sentence(place):
            place += 1
        return place

    def _is_enough(self, kept: Sequence[int], first: int, last: int) -> bool:
        """Say whether so much of the passage is left that the place is its own."""
        if self.alignment.doubtful.issuperset(kept):
            return False
        length = last - first
        if self._foreign(first, last) > _FOREIGN * length or len(kept) < _OWN * length:
            return False
        share = self._weight(kept) / max(1, self._weight(range(self.first, self.last)))
        if self.length >= _MANY:
            return share >= _KEPT or length == len(kept) >= _SENTENCE
        if self._is_before(first) and self._is_after(last):
            return share >= _KEPT_IF_HELD
        if len(kept) >= _ALONE and share >= _KEPT_IF_ALONE:
            return True
        floor = _KEPT_IF_HELD if len(kept) >= _ALONE else _KEPT_OF_FEW
        return share >= floor and sum(self._agreeing(first, last)) >= _AGREEING_IF_CHANGED

    def _replaced(self) -> tuple[int, int] | None:
        """Give the words that stand for all of the passage, if its neighbours hold them."""
        first, last = self._link(self.first - 1) + 1, self._link(self.last)
        if not 0 < first < last or last - first > 2 * self.length + 2:
            return None
        old = self.alignment.old.text[self.start : self.end]
        new = self.alignment.new.between(first, last)
        if self.length <= _FEW and len(old) < _FEW_LENGTH:
            return None
        floor = _ALIKE_OF_FEW if self.length <= _FEW else _ALIKE
        return (first, last) if fuzz.ratio(old, new, score_cutoff=floor) else None

    def written_out(self, first: int, last: int) -> tuple[int, int]:
        """Give the place of new words in code points, cut where the passage cuts its words."""
        old, new = self.alignment.old, self.alignment.new
        start, end = new.starts[first], new.ends[last - 1]
        lead = self.start - old.starts[self.first]
        if lead > 0 and old.written(self.first) == new.written(first):
            start += lead
        if lead < 0 and new.text.endswith(old.text[self.start : self.start - lead], 0, start):
            start += lead
        trail = self.end - old.ends[self.last - 1]
        if trail < 0 and old.written(self.last - 1) == new.written(last - 1):
            end += trail
        if trail > 0 and new.text.startswith(old.text[self.end - trail : self.end], end):
            end += trail
        return start, end
