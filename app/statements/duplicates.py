"""Which statements are one: what counts once in matrix and networks."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum

from app.statements.statement import Statement


class Duplicates(StrEnum):
    """Within what equal statements count once: those of a party on a position with a side."""

    DOCUMENT = "document"
    DAY = "day"
    ALL = "all"


class CountAs(StrEnum):
    """Whether people stand for themselves, or for the organisations that they spoke for."""

    PERSON = "person"
    ORGANIZATION = "organization"


def counted_as(statement: Statement, by: CountAs) -> Statement:
    """Return a statement under the party as which it counts.

    Whoever spoke for no organisation stands for themselves.
    """
    if by is CountAs.PERSON or statement.organization is None:
        return statement
    return replace(statement, party=statement.organization)


def drop_duplicates(statements: Iterable[Statement], duplicates: Duplicates) -> list[Statement]:
    """Return the first of those statements that are one, for each.

    Equal ones of an article (`DOCUMENT`) or a day (`DAY`) are one; an article without a date is a
    day of its own. Equal ones of two members on overlapping words of an article always are, and
    whatever overlaps one of them is one with it.
    """
    alike: dict[tuple[int, int | None, str], list[Statement]] = defaultdict(list)
    for each in statements:
        alike[each.party, each.position, each.side].append(each)
    return [one for some in alike.values() for one in _different(some, duplicates)]


def _different(alike: Collection[Statement], duplicates: Duplicates) -> Iterable[Statement]:
    if duplicates is Duplicates.DOCUMENT:
        return _first_by(alike, lambda one: one.article)
    if duplicates is Duplicates.DAY:
        return _first_by(alike, lambda one: one.day or one.article)
    by_article: dict[int, list[Statement]] = defaultdict(list)
    for each in alike:
        by_article[each.article].append(each)
    return (one for some in by_article.values() for one in _different_passages(some))


def _first_by(
    alike: Iterable[Statement], key: Callable[[Statement], date | int]
) -> Iterable[Statement]:
    first: dict[date | int, Statement] = {}
    for each in alike:
        first.setdefault(key(each), each)
    return first.values()


def _different_passages(alike: Iterable[Statement]) -> Iterator[Statement]:
    """Yield the first, by where it starts, of each passage that equal statements are on."""
    passages: list[list[Statement]] = []  # those that what comes may still overlap
    for each in sorted(alike, key=lambda one: one.start):
        overlapping, others = [], []
        for passage in passages:
            if any(_is_same(each, other) for other in passage):
                overlapping += passage
            elif any(other.end > each.start for other in passage):
                others.append(passage)
            else:
                yield passage[0]
        passages = [*others, [*overlapping, each]]
    for passage in passages:
        yield passage[0]


def _is_same(one: Statement, other: Statement) -> bool:
    """Say whether two members mean the same words, or some that they share."""
    overlaps = one.start < other.end and other.start < one.end
    return overlaps and one.account != other.account
