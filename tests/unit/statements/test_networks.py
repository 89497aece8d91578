"""The networks of who says what: ten tables worked out by hand, then a plain and slow reference."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.statements.duplicates import CountAs, Duplicates, drop_duplicates
from app.statements.networks import (
    Network,
    NetworkKind,
    NetworkOptions,
    Normalise,
    Relation,
    make_network,
)
from app.statements.statement import Statement

PARTIES, POSITIONS = "ABCD", "PQR"
SIDES = {"+": "for", "-": "against", "?": ""}
MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)

_ONE = re.compile(r"([A-D])([-+?])([P-R])(\d)(?: by (\d))?(?: (\d+)-(\d+))?")


def said(text: str, days: Mapping[int, date] | None = None) -> list[Statement]:
    """Return what a table says, such as "A+P1 by 2 0-9": party, side, position and article.

    After these the member, 1 where none is named, and the words, else words of its own.
    """
    found = []
    for place, one in enumerate(filter(None, map(str.strip, text.replace("\n", ",").split(",")))):
        match = _ONE.fullmatch(one)
        assert match is not None, one
        party, side, position, article, account, start, end = match.groups()
        found.append(
            Statement(
                annotation=place,
                article=int(article),
                account=int(account or 1),
                tag="claim",
                party=PARTIES.index(party),
                organization=None,
                position=POSITIONS.index(position),
                side=SIDES[side],
                day=(days or {}).get(int(article)),
                start=int(start or 1_000 + 10 * place),
                end=int(end or 1_005 + 10 * place),
            )
        )
    return found


def named(network: Network) -> dict[str, float]:
    """Return the weights of a network by the letters of what they are between."""
    rows = POSITIONS if network.options.kind is NetworkKind.POSITION_POSITION else PARTIES
    columns = PARTIES if network.options.kind is NetworkKind.PARTY_PARTY else POSITIONS
    return {rows[one] + columns[other]: weight for (one, other), weight in network.weights.items()}


def weights(
    text: str, options: NetworkOptions | None = None, days: Mapping[int, date] | None = None
) -> dict[str, float]:
    return named(make_network(said(text, days), options or NetworkOptions()))


def test_one_counts_of_each_party_position_side_and_article() -> None:
    """A on P in article 1: for twice, against once, which are two; in 2 without a side: three."""
    table = "A+P1, A+P1, A-P1, A?P2, B+Q1"
    assert weights(table) == {"AP": 3, "BQ": 1}


def test_one_counts_of_each_day_and_an_undated_article_is_a_day_of_its_own() -> None:
    """Articles 1 and 2 are of one day, 3 of another, 4 and 5 of none: four days."""
    table = "A+P1, A+P2, A+P3, A+P4, A+P4, A+P5, B+P1, B-P2"
    days = {1: MARCH, 2: MARCH, 3: APRIL}
    assert weights(table, NetworkOptions(duplicates=Duplicates.DAY), days) == {"AP": 4, "BP": 2}


def test_equal_statements_of_two_members_on_overlapping_words_count_once_always() -> None:
    """The first three chain and are one. One member's own are two, and so are neighbours.

    Those on Q are one, by the longest, which the others overlap.
    """
    table = """
        A+P1 by 1 0-10, A+P1 by 2 5-15, A+P1 by 1 12-20
        A+P1 by 1 30-40, A+P1 by 1 35-45
        A+P1 by 1 50-60, A+P1 by 2 60-70
        A+Q1 by 1 0-30, A+Q1 by 2 5-8, A+Q1 by 2 20-25
        A+P1 by 1 80-90, A-P1 by 2 80-90, B+P1 by 2 80-90, A+P2 by 2 80-90
    """
    options = NetworkOptions(relation=Relation.SUBTRACT, duplicates=Duplicates.ALL)
    assert weights(table, options) == {"AP": 1 + 2 + 2 + 1 - 1 + 1, "AQ": 1, "BP": 1}


def test_parties_meet_where_they_speak_of_the_same_position() -> None:
    """A says P twice and Q once, B P once and Q three times: 2 · 1 + 1 · 3. C says R alone."""
    table = "A+P1, A-P1, A?Q1, B-P1, B+Q1, B+Q2, B+Q3, C+R1"
    network = make_network(said(table), NetworkOptions(kind=NetworkKind.PARTY_PARTY))
    assert named(network) == {"AB": 5}
    assert network.rows == network.columns == (0, 1, 2)


def test_congruence_is_of_the_same_side() -> None:
    """A is for P twice, B three times and once against: 2 · 3. On Q only one has a side."""
    table = "A+P1, A+P2, A-Q1, B+P1, B+P2, B+P3, B-P1, B?Q1, C-P1"
    options = NetworkOptions(kind=NetworkKind.PARTY_PARTY, relation=Relation.CONGRUENCE)
    assert weights(table, options) == {"AB": 6, "BC": 1}


def test_conflict_is_of_opposite_sides() -> None:
    """A and B: A's 2 for by B's 1 against. A and C: 2 · 1. B and C: 3 · 1, and 1 · 0."""
    table = "A+P1, A+P2, A-Q1, B+P1, B+P2, B+P3, B-P1, B?Q1, C-P1"
    options = NetworkOptions(kind=NetworkKind.PARTY_PARTY, relation=Relation.CONFLICT)
    assert weights(table, options) == {"AB": 2, "AC": 2, "BC": 3}


def test_to_subtract_is_congruence_less_conflict() -> None:
    """The two tables before: 6 - 2, 0 - 2, 1 - 3. Where they are equal there is no weight."""
    table = "A+P1, A+P2, A-Q1, B+P1, B+P2, B+P3, B-P1, B?Q1, C-P1"
    options = NetworkOptions(kind=NetworkKind.PARTY_PARTY, relation=Relation.SUBTRACT)
    assert weights(table, options) == {"AB": 4, "AC": -2, "BC": -2}
    assert weights("A+P1, A+Q1, B+P1, B-Q1", options) == {}


def test_positions_meet_where_a_party_speaks_of_both() -> None:
    """P and Q: A 2 · 1, B 1 · 1. By sides: A is for P twice and against Q, B for both."""
    table = "A+P1, A+P2, A-Q1, B+P1, B+Q1, C?R1"
    kind = NetworkKind.POSITION_POSITION
    assert weights(table, NetworkOptions(kind=kind)) == {"PQ": 3}
    assert weights(table, NetworkOptions(kind=kind, relation=Relation.CONGRUENCE)) == {"PQ": 1}
    assert weights(table, NetworkOptions(kind=kind, relation=Relation.CONFLICT)) == {"PQ": 2}
    assert weights(table, NetworkOptions(kind=kind, relation=Relation.SUBTRACT)) == {"PQ": -1}


def test_a_party_is_for_less_against() -> None:
    """What has no side is left out, and who said it stands there with nothing."""
    table = "A+P1, A+P2, A-P1, A?P1, B-P1, B+Q1, B-Q1, C?R1"
    network = make_network(said(table), NetworkOptions(relation=Relation.SUBTRACT))
    assert named(network) == {"AP": 1, "BP": -1}
    assert (network.rows, network.columns) == ((0, 1, 2), (0, 1, 2))


def test_normalisations_divide_as_the_manual_of_dna_says() -> None:
    """A says P 3 times and Q once, B P twice and R 5 times: the weight is 3 · 2 = 6.

    Average: ½ (4 + 7). Jaccard: Q alone 1, R alone 5, together 6. Cosine: 4 · 7.
    """
    table = "A+P1, A+P2, A+P3, A+Q1, B+P1, B+P2, B+R1, B+R2, B+R3, B+R4, B+R5"
    divided = {
        each: weights(table, NetworkOptions(kind=NetworkKind.PARTY_PARTY, normalise=each))
        for each in Normalise
    }
    assert divided == {
        Normalise.NONE: {"AB": 6},
        Normalise.AVERAGE: {"AB": 6 / 5.5},
        Normalise.JACCARD: {"AB": 6 / 12},
        Normalise.COSINE: {"AB": 6 / 28},
    }


def test_what_is_normalised_by_side_counts_what_has_a_side() -> None:
    """A is for P twice; B is once for it and once against: 2 agree and 2 conflict.

    Average: ½ (2 + 2). Jaccard: of B's 1 against alone, 2 together. Cosine: 2 · 2.
    """
    table = "A+P1, A+P2, A?Q1, B+P1, B-P1"
    divisors = {Normalise.AVERAGE: 2, Normalise.JACCARD: 3, Normalise.COSINE: 4}
    for relation, normalise in product((Relation.CONGRUENCE, Relation.CONFLICT), divisors):
        options = NetworkOptions(NetworkKind.PARTY_PARTY, relation, normalise=normalise)
        assert weights(table, options) == {"AB": 2 / divisors[normalise]}


def test_people_stand_for_the_organisation_that_they_spoke_for() -> None:
    """A and B spoke for D in article 1, where they count once; A spoke for nobody in article 2."""
    one, two, three = said("A+P1, B+P1, A+P2")
    of_d = [replace(one, organization=3), replace(two, organization=3), three]
    network = make_network(of_d, NetworkOptions(by=CountAs.ORGANIZATION))
    assert named(network) == {"AP": 1, "DP": 1}
    assert network.rows == (0, 3)


def test_a_time_leaves_out_what_has_no_date_and_says_how_much() -> None:
    table = "A+P1, A+P2, B+P3, B?Q3, C+R1"
    days = {1: MARCH, 2: APRIL}
    for options, expected, undated in (
        (NetworkOptions(), {"AP": 2, "BP": 1, "BQ": 1, "CR": 1}, 0),
        (NetworkOptions(since=MARCH, until=MARCH), {"AP": 1, "CR": 1}, 2),
        (NetworkOptions(since=APRIL), {"AP": 1}, 2),
        (NetworkOptions(until=date(2025, 2, 28)), {}, 2),
    ):
        network = make_network(said(table, days), options)
        assert named(network) == expected
        assert network.undated == undated


@pytest.mark.parametrize(
    "wrong",
    [
        {"normalise": Normalise.AVERAGE},
        {"relation": Relation.CONGRUENCE},
        {"relation": Relation.CONFLICT},
        {"since": APRIL, "until": MARCH},
    ],
)
def test_what_is_not_defined_is_refused_in_one_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=r"^[A-Z][^.]+\.$"):
        NetworkOptions(**wrong)


# The reference: word for word what is asked for, every triple looked at, and slow.

DAYS = {1: MARCH, 2: MARCH, 3: APRIL, 4: None, 5: None}


def statements() -> st.SearchStrategy[list[Statement]]:
    one = st.builds(
        lambda article, start, length, **values: Statement(
            annotation=0,
            tag="claim",
            article=article,
            day=DAYS[article],
            start=start,
            end=start + length,
            **values,
        ),
        article=st.sampled_from(sorted(DAYS)),
        start=st.integers(0, 9),
        length=st.integers(1, 4),
        account=st.integers(1, 3),
        party=st.integers(1, 4),
        organization=st.sampled_from([None, None, 3, 4, 5]),
        position=st.sampled_from([None, 1, 2, 3]),
        side=st.sampled_from(["", "for", "for", "against"]),
    )
    return st.lists(one, max_size=25)


def options() -> st.SearchStrategy[NetworkOptions]:
    day = st.sampled_from([None, None, MARCH, APRIL])
    values = {
        "relation": st.sampled_from(Relation),
        "duplicates": st.sampled_from(Duplicates),
        "by": st.sampled_from(CountAs),
        "since": day,
    }
    one_mode = st.builds(
        NetworkOptions,
        kind=st.sampled_from([NetworkKind.PARTY_PARTY, NetworkKind.POSITION_POSITION]),
        normalise=st.sampled_from(Normalise),
        **values,
    )
    relation = st.sampled_from([Relation.NONE, Relation.SUBTRACT])
    return st.one_of(one_mode, st.builds(NetworkOptions, **{**values, "relation": relation}))


@given(statements(), options())
@settings(max_examples=60)
def test_networks_are_those_of_the_reference(
    found: list[Statement], options: NetworkOptions
) -> None:
    network = make_network(found, options)
    matrix = reference(found, options)
    assert set(matrix) == set(product(network.rows, network.columns))
    for (row, column), weight in matrix.items():
        assert network.weight(row, column) == float(weight)


@given(statements(), st.sampled_from(Duplicates))
@settings(max_examples=50)
def test_equal_statements_are_as_many_as_those_of_the_reference(
    found: list[Statement], duplicates: Duplicates
) -> None:
    alike = [replace(each, party=1, position=1, side="for") for each in found]
    dropped = drop_duplicates(alike, duplicates)
    assert len(dropped) == count_slowly(alike, duplicates)
    assert {id(each) for each in dropped} <= {id(each) for each in alike}


def reference(
    all_of_them: Sequence[Statement], options: NetworkOptions
) -> dict[tuple[int, int], Fraction]:
    """Return every cell of a network, worked out by going through everything again and again."""
    kept = [
        (
            each.organization or each.party if options.by is CountAs.ORGANIZATION else each.party,
            each,
        )
        for each in all_of_them
        if each.position is not None
        and (options.since is None or (each.day is not None and each.day >= options.since))
    ]
    parties = {party for party, _ in kept}
    positions = {each.position for _, each in kept if each.position is not None}
    sides = ["", "for", "against"] if options.relation is Relation.NONE else ["for", "against"]

    def n(party: int, position: int, side: str) -> int:
        alike = [
            each for one, each in kept if (one, each.position, each.side) == (party, position, side)
        ]
        return count_slowly(alike, options.duplicates)

    if options.kind is NetworkKind.PARTY_POSITION:
        signs = {"": 1, "for": 1, "against": -1 if options.relation is Relation.SUBTRACT else 1}
        return {
            (a, p): Fraction(sum(signs[side] * n(a, p, side) for side in sides))
            for a, p in product(parties, positions)
        }
    nodes, others = parties, positions
    if options.kind is NetworkKind.POSITION_POSITION:
        nodes, others = positions, parties
    x = {
        node: [
            [n(node, other, side) for side in sides]
            if options.kind is NetworkKind.PARTY_PARTY
            else [n(other, node, side) for side in sides]
            for other in others
        ]
        for node in nodes
    }
    if options.relation is Relation.NONE:
        x = {node: [[sum(levels)] for levels in x[node]] for node in nodes}
    return {
        (a, b): Fraction(0) if a == b else _weight(x[a], x[b], options)
        for a, b in product(nodes, nodes)
    }


def _weight(a: list[list[int]], b: list[list[int]], options: NetworkOptions) -> Fraction:
    pairs = [pair for one, two in zip(a, b, strict=True) for pair in zip(one, two, strict=True)]
    turned = [
        pair for one, two in zip(a, b, strict=True) for pair in zip(one, two[::-1], strict=True)
    ]
    same = sum(one * two for one, two in pairs)
    opposite = sum(one * two for one, two in turned)
    weight = {
        Relation.NONE: same,
        Relation.CONGRUENCE: same,
        Relation.CONFLICT: opposite,
        Relation.SUBTRACT: same - opposite,
    }[options.relation]
    if not weight:
        return Fraction(0)
    sum_a, sum_b = sum(one for one, _ in pairs), sum(two for _, two in pairs)
    alone = sum(one for one, two in pairs if not two) + sum(two for one, two in pairs if not one)
    return (
        weight
        / {
            Normalise.NONE: Fraction(1),
            Normalise.AVERAGE: Fraction(sum_a + sum_b, 2),
            Normalise.JACCARD: Fraction(alone + same),
            Normalise.COSINE: Fraction(sum_a * sum_b),
        }[options.normalise]
    )


def count_slowly(alike: Sequence[Statement], duplicates: Duplicates) -> int:
    """Count equal statements: join two that are one, until nothing more is to be joined."""
    groups = [{place} for place in range(len(alike))]

    def is_one(one: Statement, two: Statement) -> bool:
        if duplicates is Duplicates.DOCUMENT:
            return one.article == two.article
        if duplicates is Duplicates.DAY and one.day is not None and one.day == two.day:
            return True
        if duplicates is Duplicates.DAY and one.article == two.article:
            return True
        words = set(range(one.start, one.end)) & set(range(two.start, two.end))
        return one.article == two.article and one.account != two.account and bool(words)

    for one, two in combinations(range(len(alike)), 2):
        if is_one(alike[one], alike[two]):
            together = next(group for group in groups if one in group)
            together |= next(group for group in groups if two in group)
            groups = [each for each in groups if not each <= together] + [together]
    return len(groups)
