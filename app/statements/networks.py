"""The networks of who says what: parties and positions, and from statements the weights between.

With n(a, p, s) for the number of statements of party a on position p with side s, once duplicates
are dropped:

- party by position: n(a, p, s) summed over the sides; subtracted, for less against;
- party by party: n(a, p) n(b, p) summed over positions, the sides ignored; as congruence,
  n(a, p, s) n(b, p, s) over positions and sides; as conflict, the same with opposite sides;
  subtracted, congruence less conflict. Position by position likewise, over parties.

Normalisations are those of Leifeld, Gruber and Bossner, "Discourse Network Analyzer Manual" (DNA
2.0, 2018), section 2.4, "Normalisation for One-Mode Networks". A weight w between a and b is
divided, where the sums are over positions and, unless they are ignored, sides:

- average activity: by ½ (Σ n(a) + Σ n(b));
- Jaccard: by Σ n(a) [n(b) = 0] + Σ n(b) [n(a) = 0] + Σ n(a) n(b);
- cosine: by √(Σ n(a))² √(Σ n(b))², which is the product of both sums. The manual has it so; it is
  not the cosine of two vectors.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum

from app.core.errors import Invalid
from app.frozen import frozen
from app.statements.duplicates import CountAs, Duplicates, counted_as, drop_duplicates
from app.statements.statement import AGAINST, FOR, Statement

OPPOSITE = {FOR: AGAINST, AGAINST: FOR}

StatementCounts = Mapping[tuple[int, int, str], int]
"""How many statements there are by party, position and side."""
Weights = Mapping[tuple[int, int], float]
"""The weights other than 0, by row and column; of a one-mode network each once, the lower id first.

They are whole where nothing is normalised.
"""


class NetworkKind(StrEnum):
    """What a network joins."""

    PARTY_POSITION = "party-position"
    PARTY_PARTY = "party-party"
    POSITION_POSITION = "position-position"


class Relation(StrEnum):
    """What of the sides counts."""

    NONE = "none"
    CONGRUENCE = "congruence"
    CONFLICT = "conflict"
    SUBTRACT = "subtract"


class Normalise(StrEnum):
    """By what weights are divided."""

    NONE = "none"
    AVERAGE = "average"
    JACCARD = "jaccard"
    COSINE = "cosine"


@frozen
class NetworkOptions:
    """Which network is asked for. `since` and `until` are days of articles, both included.

    Raises: Invalid (the network is not defined).
    """

    kind: NetworkKind = NetworkKind.PARTY_POSITION
    relation: Relation = Relation.NONE
    duplicates: Duplicates = Duplicates.DOCUMENT
    normalise: Normalise = Normalise.NONE
    by: CountAs = CountAs.PERSON
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.is_two_mode and self.normalise is not Normalise.NONE:
            message = (
                "A network of parties by positions is not normalised: choose none, or join parties "
                "by parties or positions by positions."
            )
            raise Invalid("normalise", message)
        if self.is_two_mode and self.relation in {Relation.CONGRUENCE, Relation.CONFLICT}:
            message = (
                f"A network of parties by positions has no {self.relation}: choose none or "
                "subtract, or join parties by parties or positions by positions."
            )
            raise Invalid("relation", message)
        if self.since and self.until and self.since > self.until:
            message = "The first day comes after the last: change one of them."
            raise Invalid("from", message)

    @property
    def is_two_mode(self) -> bool:
        """Say whether it joins parties with positions, and not like with like."""
        return self.kind is NetworkKind.PARTY_POSITION

    @property
    def is_of_time(self) -> bool:
        """Say whether a time is asked for."""
        return self.since is not None or self.until is not None


@frozen
class Network:
    """A network: its nodes by their ids in ascending order, and its weights.

    `rows` and `columns` are the parties or positions that have a statement in the time asked for,
    with a weight or without. `statements` are those that it is made of, duplicates too, under the
    parties as which they count. `undated` statements are left out, since a time is asked for and
    their articles have no date.
    """

    options: NetworkOptions
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    weights: Weights
    statements: tuple[Statement, ...]
    undated: int

    def weight(self, row: int, column: int) -> float:
        """Return the weight between a row and a column, 0 for none."""
        key = (row, column)
        if not self.options.is_two_mode:
            key = (min(key), max(key))
        return self.weights.get(key, 0)


def make_network(statements: Iterable[Statement], options: NetworkOptions) -> Network:
    """Return the network of the statements that have a position."""
    said = [counted_as(each, options.by) for each in statements if each.position is not None]
    dated = [each for each in said if each.day is not None or not options.is_of_time]
    in_time = [each for each in dated if _is_in_time(each.day, options)]
    parties = tuple(sorted({each.party for each in in_time}))
    positions = tuple(sorted({each.position for each in in_time if each.position is not None}))
    # What has no side is not counted where sides matter, and still is a statement.
    sides_matter = options.relation is not Relation.NONE
    counted = [each for each in in_time if each.side or not sides_matter]
    return Network(
        options,
        rows=positions if options.kind is NetworkKind.POSITION_POSITION else parties,
        columns=parties if options.kind is NetworkKind.PARTY_PARTY else positions,
        weights=weigh(count_statements(counted, options.duplicates), options),
        statements=tuple(counted),
        undated=len(said) - len(dated),
    )


def _is_in_time(day: date | None, options: NetworkOptions) -> bool:
    if day is None:
        return True
    since, until = options.since or day, options.until or day
    return since <= day <= until


def count_statements(statements: Iterable[Statement], duplicates: Duplicates) -> StatementCounts:
    """Return how many statements there are of each party, position and side, without duplicates."""
    return Counter(
        (each.party, each.position, each.side)
        for each in drop_duplicates(statements, duplicates)
        if each.position is not None
    )


def weigh(counts: StatementCounts, options: NetworkOptions) -> Weights:
    """Return the weights of a network of so many statements."""
    if options.is_two_mode:
        return _weigh_two_modes(counts, options.relation)
    profiles = _profiles(counts, options)
    weights = _weigh_pairs(profiles, options.relation)
    if options.normalise is Normalise.NONE:
        return weights
    divide = _DIVIDE[options.normalise]
    return {
        (one, other): divide(weight, profiles[one], profiles[other])
        for (one, other), weight in weights.items()
    }


def _weigh_two_modes(counts: StatementCounts, relation: Relation) -> Weights:
    weights: Counter[tuple[int, int]] = Counter()
    for (party, position, side), number in counts.items():
        is_less = relation is Relation.SUBTRACT and side == AGAINST
        weights[party, position] += -number if is_less else number
    return _without_zeros(weights)


_Profile = Mapping[tuple[int, str], int]
"""What a node has said, or who has said it: numbers by the other mode and the side."""


def _profiles(counts: StatementCounts, options: NetworkOptions) -> Mapping[int, _Profile]:
    """Return the profile of each node, with "" for every side where sides are ignored."""
    profiles: dict[int, Counter[tuple[int, str]]] = defaultdict(Counter)
    for (party, position, side), number in counts.items():
        node, other = party, position
        if options.kind is NetworkKind.POSITION_POSITION:
            node, other = position, party
        profiles[node][other, "" if options.relation is Relation.NONE else side] += number
    return profiles


def _weigh_pairs(profiles: Mapping[int, _Profile], relation: Relation) -> Weights:
    who: dict[tuple[int, str], list[int]] = defaultdict(list)
    for node, profile in profiles.items():
        for key in profile:
            who[key].append(node)
    weights: Counter[tuple[int, int]] = Counter()
    for node, profile in profiles.items():
        for (other, side), number in profile.items():
            for key, sign in what_meets(other, side, relation):
                for partner in who.get(key, ()):
                    if node < partner:
                        weights[node, partner] += sign * number * profiles[partner][key]
    return _without_zeros(weights)


def what_meets(other: int, side: str, relation: Relation) -> Iterator[tuple[tuple[int, str], int]]:
    """Yield with what a statement is multiplied, and with which sign."""
    if relation is not Relation.CONFLICT:
        yield (other, side), 1
    if relation is Relation.CONFLICT:
        yield (other, OPPOSITE[side]), 1
    if relation is Relation.SUBTRACT:
        yield (other, OPPOSITE[side]), -1


def _without_zeros(weights: Mapping[tuple[int, int], int]) -> Weights:
    return {pair: weight for pair, weight in weights.items() if weight}


# Each divides whole numbers once: the same network is the same to the last digit.


def _divide_by_average(weight: float, one: _Profile, other: _Profile) -> float:
    return 2 * weight / (sum(one.values()) + sum(other.values()))


def _divide_by_jaccard(weight: float, one: _Profile, other: _Profile) -> float:
    alone = sum(number for key, number in one.items() if key not in other)
    alone += sum(number for key, number in other.items() if key not in one)
    together = sum(number * other[key] for key, number in one.items() if key in other)
    return weight / (alone + together)


def _divide_by_cosine(weight: float, one: _Profile, other: _Profile) -> float:
    return weight / (sum(one.values()) * sum(other.values()))


_DIVIDE: Mapping[Normalise, Callable[[float, _Profile, _Profile], float]] = {
    Normalise.AVERAGE: _divide_by_average,
    Normalise.JACCARD: _divide_by_jaccard,
    Normalise.COSINE: _divide_by_cosine,
}
