"""The matrix of positions by parties: what it counts, and in which order everything stands."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import unescape
from itertools import pairwise
from math import sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.statements.matrix import (
    LEAST_SHARED,
    MOST_STEPS,
    NOBODY,
    STILL,
    Bloc,
    Matrix,
    Order,
    build_matrix,
)
from app.statements.statement import Statement
from tests.harness.shared import SHARED

Said = tuple[int, int | None, str]  # party, position, side

some_said = st.lists(
    st.tuples(
        st.integers(1, 7),
        st.none() | st.integers(101, 106),
        st.sampled_from(["for", "against", ""]),
    ),
    max_size=40,
)


def statements_of(said: Sequence[Said]) -> list[Statement]:
    return [
        Statement(number, 1, 1, "claim", party, None, position, side, None, 0, 1)
        for number, (party, position, side) in enumerate(said)
    ]


def matrix_of(said: Sequence[Said], order: Order = Order.BLOCS) -> Matrix:
    """Build a matrix in which everything is called by its number."""
    return build_matrix(
        statements_of(said),
        order=order,
        party_name=lambda party: f"{party:04}",
        position_name=lambda position: f"{position:04}",
    )


def vectors_of(matrix: Matrix) -> tuple[Mapping[int, float], Mapping[int, float]]:
    """Return u and v by the rule as it is written down, row by row over the whole matrix."""
    parties, positions = sorted(matrix.parties.ids), sorted(matrix.positions.ids)

    def lean(party: int, position: int) -> float:
        return matrix.cells.get((party, position), NOBODY).lean

    def times(v: Mapping[int, float]) -> dict[int, float]:
        return {a: sum(lean(a, p) * v[p] for p in positions) for a in parties}

    first = max(positions, key=lambda p: (matrix.positions.sums[p].all, -p), default=None)
    v = {p: float(p == first) for p in positions}
    for _step in range(MOST_STEPS):
        u = times(v)
        turned = {p: sum(lean(a, p) * u[a] for a in parties) for p in positions}
        length = sqrt(sum(part**2 for part in turned.values()))
        if not length:
            break
        before, v = v, {p: turned[p] / length for p in positions}
        if all(abs(v[p] - before[p]) < STILL for p in positions):
            break
    return times(v), v


@settings(max_examples=50)
@given(some_said, st.sampled_from(Order))
def test_each_cell_and_each_sum_counts_what_was_said(said: list[Said], order: Order) -> None:
    matrix = matrix_of(said, order)
    counted = Counter(one for one in said if one[1] is not None and one[2])
    assert set(matrix.cells) == {(party, position) for party, position, _side in counted}
    for (party, position), cell in matrix.cells.items():
        found = counted[party, position, "for"], counted[party, position, "against"]
        assert cell == found
    for axis, place in ((matrix.parties, 0), (matrix.positions, 1)):
        assert set(axis.ids) == {one[place] for one in counted}
        assert len(set(axis.ids)) == len(axis.ids)
        for one in axis.ids:
            of_it = {key: n for key, n in counted.items() if key[place] == one}
            assert axis.sums[one].supporting == sum(n for k, n in of_it.items() if k[2] == "for")
            assert axis.sums[one].all == sum(of_it.values())
    assert matrix.total.all == sum(counted.values())
    said_by = [{party for party, there in matrix.cells if there == p} for p in matrix.positions.ids]
    assert matrix.shared == sum(len(parties) > 1 for parties in said_by)


@settings(max_examples=50)
@given(some_said, st.randoms(use_true_random=False))
def test_the_order_is_that_of_the_rule_however_the_statements_come(
    said: list[Said], random: Random
) -> None:
    matrix = matrix_of(said)
    shuffled = random.sample(said, len(said))
    assert matrix_of(shuffled) == matrix
    u, v = vectors_of(matrix)
    for ids, parts in ((matrix.positions.ids, v), (matrix.parties.ids, u)):
        sides = [side_of(matrix, one, u, v) for one in ids]
        assert sides == sorted(sides)
        by_side = [[parts[one] for one in ids if side_of(matrix, one, u, v) == n] for n in range(3)]
        assert all(a >= b - 1e-7 for some in by_side for a, b in pairwise(some))


def side_of(matrix: Matrix, one: int, u: Mapping[int, float], v: Mapping[int, float]) -> int:
    """Return whether something stands first (0) or last (2), or points neither way clearly (1)."""
    part = v[one] if one in v else u[one]
    terms = [cell.lean * v[p] for (party, p), cell in matrix.cells.items() if party == one]
    if abs(part) < STILL or abs(sum(terms)) < sum(map(abs, terms)) / 2 - STILL:
        return 1
    return 0 if part > 0 else 2


def camps(shared: int) -> list[Said]:
    """Return what two for and two against each of some positions say."""
    sides = {1: "for", 2: "for", 3: "against", 4: "against"}
    return [
        (party, 100 + number, side) for number in range(shared) for party, side in sides.items()
    ]


def test_those_who_agree_stand_together_and_a_line_parts_them_from_the_others() -> None:
    both_ways = [(5, 100 + number, "for" if number % 2 else "against") for number in range(10)]
    elsewhere: list[Said] = [(6, 999, "for")]
    matrix = matrix_of([*camps(LEAST_SHARED), *both_ways, *elsewhere])
    assert matrix.parties.ids == [1, 2, 5, 6, 3, 4]
    assert [matrix.parties.blocs[party] for party in matrix.parties.ids] == [
        Bloc.ONE,
        Bloc.ONE,
        Bloc.BETWEEN,
        Bloc.BETWEEN,
        Bloc.TWO,
        Bloc.TWO,
    ]
    assert matrix.positions.ids[-1] == 999  # nobody of the others says anything on it
    assert matrix.positions.blocs[999] is Bloc.BETWEEN


@pytest.mark.parametrize(("shared", "has_lines"), [(LEAST_SHARED - 1, False), (LEAST_SHARED, True)])
def test_lines_are_drawn_from_ten_shared_positions_on(shared: int, *, has_lines: bool) -> None:
    alone: list[Said] = [(1, 900 + number, "for") for number in range(20)]
    matrix = matrix_of([*camps(shared), *alone])
    assert matrix.shared == shared
    assert bool(matrix.parties.blocs) is bool(matrix.positions.blocs) is has_lines
    assert not matrix_of(camps(shared), Order.NAME).parties.blocs


def test_the_order_by_number_and_by_name() -> None:
    said: list[Said] = [(1, 102, "for"), (2, 101, "for"), (2, 102, "against"), (3, 102, "for")]
    assert matrix_of(said, Order.MOST).parties.ids == [2, 1, 3]
    assert matrix_of(said, Order.MOST).positions.ids == [102, 101]
    assert matrix_of(said, Order.NAME).parties.ids == [1, 2, 3]
    assert matrix_of([]).parties.ids == []


def test_the_order_is_the_one_that_was_drawn_by_hand() -> None:
    """The page of the design, whose order was worked out apart from this code."""
    page = SHARED / "design" / "positions.html"
    if not page.is_file():
        pytest.skip("the design is not beside the checkout")
    drawn = page.read_text(encoding="utf-8")
    parties = re.findall(r'<th scope="col" class="name[^"]*"><a[^>]*>(.*?)</a>', drawn)
    rows = re.findall(r'<tr[^>]*><th scope="row"><a[^>]*>(.*?)</a></th>(.*?)</tr>', drawn)
    by_name = {name: number for number, name in enumerate(sorted(map(unescape, parties)))}
    positions = {name: 100 + n for n, name in enumerate(sorted(unescape(row[0]) for row in rows))}
    said: list[Said] = []
    for position, cells in rows:
        for party, cell in zip(
            parties,
            re.findall(r'<td(?: class="first")?>(.*?)</td>', cells)[: len(parties)],
            strict=True,
        ):
            for side, sign in (("for", "[+]"), ("against", "−")):
                times = sum(map(int, re.findall(rf'"sign {side}">{sign}(\d+)', cell)))
                said += [(by_name[unescape(party)], positions[unescape(position)], side)] * times
    matrix = matrix_of(said)
    assert [matrix.total.supporting, matrix.total.opposing] == [81, 72]
    assert matrix.parties.ids == [by_name[unescape(name)] for name in parties]
    assert matrix.positions.ids == [positions[unescape(name)] for name, _cells in rows]
    sides = [matrix.parties.blocs[party] for party in matrix.parties.ids]
    assert sides == [Bloc.ONE] * 11 + [Bloc.TWO] * 9
