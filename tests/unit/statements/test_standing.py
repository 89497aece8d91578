"""With whom a party stands: positions that both take a side of, and on which side."""

from app.statements.standing import BOTH, Shared, compare, sides_taken


def test_who_takes_both_sides_of_a_position_counts_for_neither() -> None:
    said = [
        (1, 11, "for"),
        (1, 12, "against"),
        (1, 13, "for"),
        (1, 13, "against"),
        (2, 11, "for"),
        (2, 11, "for"),
        (2, 12, "for"),
        (2, 13, "for"),
        (3, 14, "for"),
        (4, 11, "for"),
        (4, 11, "against"),
    ]
    sides = sides_taken(said)
    assert sides[1] == {11: "for", 12: "against", 13: BOTH}
    others = {party: taken for party, taken in sides.items() if party != 1}
    # With 2 of three that are shared one is the same, and one the opposite; with 3 none is shared.
    assert compare(sides[1], others) == [Shared(2, 1, 1, 3), Shared(4, 0, 0, 1)]
