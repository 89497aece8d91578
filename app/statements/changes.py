"""Changes: where a party is for a position in one passage, and against it in another. Pure.

A pair is two statements of one party on one position, one for and one against. There may be as many
of a party and a position as there are statements for it times those against: none is put together
before it is asked for.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from app.frozen import frozen
from app.statements.statement import AGAINST, FOR, Statement


class Which(StrEnum):
    """Which pairs are meant: those of two articles, or those that stand in one."""

    TIME = "time"
    ARTICLE = "article"


class TimePlace(NamedTuple):
    """Where a statement stands in time, 0 without a date: by day, then article, then place in it.

    Those of one day in different articles stand in the order of the articles' ids.
    """

    day: int
    article: int
    start: int
    annotation: int


def place_of(statement: Statement) -> TimePlace:
    """Return where a statement stands in time."""
    day = statement.day.toordinal() if statement.day else 0
    return TimePlace(day, statement.article, statement.start, statement.annotation)


class Rank(NamedTuple):
    """By what pairs stand, the highest first: dated ones before others, then by their statements.

    `is_dated` is 1 where the articles of both have a date, else 0.
    """

    is_dated: int
    later: TimePlace
    earlier: TimePlace


class PairKey(NamedTuple):
    """A pair by its annotations."""

    supporting: int
    opposing: int


@frozen
class Pair:
    """Two statements of a party on a position, one for and one against it.

    In one article the one that stands first is the earlier one.
    """

    earlier: Statement
    later: Statement

    @property
    def key(self) -> PairKey:
        """Return the pair by its annotations."""
        one, other = self.earlier.annotation, self.later.annotation
        return PairKey(one, other) if self.earlier.side == FOR else PairKey(other, one)

    @property
    def rank(self) -> Rank:
        """Return by what it stands among others."""
        is_dated = self.earlier.day is not None and self.later.day is not None
        return Rank(int(is_dated), place_of(self.later), place_of(self.earlier))

    @property
    def is_in_one_article(self) -> bool:
        """Say whether both stand in one article."""
        return self.earlier.article == self.later.article


@frozen
class WantedPairs:
    """Which pairs are wanted: of a kind, and with a side in an article; None for any."""

    which: Which | None = None
    article: int | None = None

    def includes(self, pair: Pair) -> bool:
        """Say whether a pair is wanted."""
        if self.article not in {None, pair.earlier.article, pair.later.article}:
            return False
        return self.which is None or pair.is_in_one_article == (self.which is Which.ARTICLE)


class Change:
    """What one party says both for and against one position: `statements`, the earliest first."""

    def __init__(self, party: int, position: int, statements: Iterable[Statement]) -> None:
        self.party = party
        self.position = position
        self.statements = sorted(statements, key=place_of)

    def count(self, wanted: WantedPairs) -> int:
        """Return how many pairs are wanted."""
        numbers = Counter((one.side, one.article) for one in self.statements)
        together = {
            article: number * numbers[AGAINST, article]
            for (side, article), number in numbers.items()
            if side == FOR
        }
        if wanted.article is None:
            supporting = sum(one.side == FOR for one in self.statements)
            number = supporting * (len(self.statements) - supporting)
            in_one = sum(together.values())
        else:
            here = wanted.article
            in_one = together.get(here, 0)
            number = numbers[FOR, here] * self._number(AGAINST) - in_one
            number += numbers[AGAINST, here] * self._number(FOR)
        if wanted.which is None:
            return number
        return in_one if wanted.which is Which.ARTICLE else number - in_one

    def pairs(self, wanted: WantedPairs, after: Rank | None = None) -> Iterator[Pair]:
        """Yield the pairs that are wanted, the highest rank first; those below a rank alone.

        The first without any wish is that of the latest statement of each side.
        """
        for is_dated in (1, 0):
            if after is not None and after.is_dated < is_dated:
                continue
            bound = after if after is not None and after.is_dated == is_dated else None
            for later in reversed(self.statements):
                place = place_of(later)
                if bound is not None and place > bound.later:
                    continue
                if bound is not None and place == bound.later:
                    place = bound.earlier
                for earlier in self._before(place, later, wanted, is_dated):
                    pair = Pair(earlier, later)
                    if wanted.includes(pair):
                        yield pair

    def find(self, key: PairKey) -> Pair | None:
        """Return the pair of two annotations, None where it is none of these."""
        both = [one for number in key if (one := self._by_annotation.get(number))]
        if [one.side for one in both] != [FOR, AGAINST]:
            return None
        return Pair(*sorted(both, key=place_of))

    def _before(
        self, place: TimePlace, later: Statement, wanted: WantedPairs, is_dated: int
    ) -> Iterator[Statement]:
        """Return what stands before a place and may be wanted with a statement, latest first."""
        article = wanted.article
        if wanted.which is Which.ARTICLE:
            article = later.article
        elif article == later.article:
            article = None
        opposite = AGAINST if later.side == FOR else FOR
        others = self._others.get((opposite, article, is_dated), ())
        return reversed(others[: bisect_left(others, place, key=place_of)])

    def _number(self, side: str) -> int:
        return sum(one.side == side for one in self.statements)

    @cached_property
    def _others(self) -> Mapping[tuple[str, int | None, int], Sequence[Statement]]:
        """Return the statements by side, by article or for all, and whether they are dated."""
        found: dict[tuple[str, int | None, int], list[Statement]] = defaultdict(list)
        for one in self.statements:
            is_dated = int(one.day is not None)
            found[one.side, one.article, is_dated].append(one)
            found[one.side, None, is_dated].append(one)
        return found

    @cached_property
    def _by_annotation(self) -> Mapping[int, Statement]:
        return {one.annotation: one for one in self.statements}


def find_changes(statements: Iterable[Statement]) -> list[Change]:
    """Return what each party says both for and against a position, in no order.

    Each passage counts that someone has tagged: pairs are of annotations, on which people decide.
    """
    said: dict[tuple[int, int], list[Statement]] = defaultdict(list)
    for one in statements:
        if one.position is not None and one.side:
            said[one.party, one.position].append(one)
    return [
        Change(party, position, some)
        for (party, position), some in said.items()
        if len({one.side for one in some}) > 1
    ]
