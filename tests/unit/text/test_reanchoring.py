"""Passages in a corrected text: what is kept, what is lost, and never other words instead."""

import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.anchoring import (
    DifferenceKind,
    Fate,
    Reanchored,
    differences,
    locate_all,
    reanchor,
)
from bench.anchoring import judge, place_all
from tests.harness.traced_corrections import Correction, article, correct, passages

REVISIONS = Path(__file__).parents[4] / "shared/data/revisions/revision_cases.dev.json"
OLD = (
    "The harbour was sold in May. Nobody asked the town.\n\n"
    "The mayor said that “the price was fair” 😀 and left. Nobody asked the town.\n\n"
    "The union demands a public hearing before the summer."
)

seeds = st.integers(0, 2**32)
rates = st.sampled_from([0.1, 0.3, 0.6, 0.9, 1.0])


def reanchored(old: str, new: str, quote: str) -> tuple[str | None, Fate]:
    """Place a quote that occurs once in the old text; return the words there and the fate."""
    [(start, end)] = locate_all(old, quote)
    [found] = reanchor(old, new, [(start, end)])
    return found.place and new[slice(*found.place)], found.fate


def dice_of(seed: int) -> random.Random:
    return random.Random(seed)


class Gold:
    """What became of passages, by where each character of the new text comes from."""

    def __init__(self, old: str, correction: Correction) -> None:
        self.old, self.correction = old, correction
        self.left = set(correction.origin)

    def kind(self, passage: tuple[int, int]) -> str:
        """Say whether a passage is deleted, kept in one piece, or kept in part."""
        letters = self.letters(passage)
        if not letters & self.left:
            return "deleted"
        if any(letters <= self.origins(place) for place in self.copies(passage)):
            return "kept"
        return "kept in part"

    def verdict(self, passage: tuple[int, int], place: tuple[int, int] | None) -> str:
        """Say whether a place is right; a place of letters that come from elsewhere is wrong."""
        if place is None:
            return "orphan"
        letters = self.letters(passage)
        if not letters & self.origins(place):
            return "wrong"
        if self.kind(passage) == "kept":
            is_same = self.words(place) == self.old[slice(*passage)].split()
            return "right" if is_same and letters <= self.origins(place) else "partly right"
        return "right"

    def letters(self, passage: tuple[int, int]) -> set[int]:
        """Give the places of the letters and digits of a passage."""
        return {place for place in range(*passage) if self.old[place].isalnum()}

    def origins(self, place: tuple[int, int]) -> set[int]:
        """Give where the characters of a new place come from."""
        return set(self.correction.origin[slice(*place)])

    def words(self, place: tuple[int, int]) -> list[str]:
        """Give the words of a new place."""
        return self.correction.text[slice(*place)].split()

    def copies(self, passage: tuple[int, int]) -> list[tuple[int, int]]:
        """Give where the characters of a passage occur in the new text."""
        return locate_all(self.correction.text, self.old[slice(*passage)])


@pytest.mark.skipif(not REVISIONS.exists(), reason="needs ../shared/data/revisions")
def test_real_corrections_lose_nothing_and_mistake_nothing() -> None:
    given_cases = json.loads(REVISIONS.read_text(encoding="utf-8"))
    counts = judge(given_cases, place_all(given_cases))
    assert counts["cases"] == sum(counts.values()) - counts["cases"] == 151
    assert counts["wrong"] == 0
    assert counts["right"] >= 150


@settings(max_examples=150)
@given(seeds, rates)
def test_what_is_deleted_is_orphaned_and_a_fate_says_what_happened(seed: int, rate: float) -> None:
    dice = dice_of(seed)
    old = article(dice, dice.choice([1, 5, 20]))
    correction = correct(old, dice, rate)
    gold = Gold(old, correction)
    chosen = passages(old, dice, 20)
    for passage, found in zip(chosen, reanchor(old, correction.text, chosen), strict=True):
        words = old[slice(*passage)].split()
        if found.place is None:
            assert found.fate is Fate.ORPHANED
            continue
        start, end = found.place
        assert 0 <= start < end <= len(correction.text)
        is_same = gold.words(found.place) == words
        if found.fate is Fate.CHANGED:
            assert not is_same
        else:
            assert is_same
            assert found.fate in {Fate.UNCHANGED, Fate.MOVED}
        assert gold.kind(passage) != "deleted" or len(words) == 1


@pytest.mark.slow
def test_of_many_corrections_the_rates_hold() -> None:
    dice = dice_of(1)
    counts: Counter[tuple[str, str]] = Counter()
    for _ in range(250):
        old = article(dice, dice.choice([5, 20, 60, 150]))
        correction = correct(old, dice, dice.choice([0.1, 0.3, 0.6, 0.9]))
        gold = Gold(old, correction)
        chosen = passages(old, dice, 100)
        for passage, found in zip(chosen, reanchor(old, correction.text, chosen), strict=True):
            counts[gold.kind(passage), gold.verdict(passage, found.place)] += 1
    totals: Counter[str] = Counter()
    for (kind, _), count in counts.items():
        totals[kind] += count
    assert totals["deleted"] > 2_000
    assert counts["deleted", "wrong"] <= 0.001 * totals["deleted"]
    assert counts["kept", "right"] >= 0.99 * totals["kept"]
    assert counts["kept in part", "wrong"] <= 0.001 * totals["kept in part"]
    assert counts["kept in part", "right"] >= 0.84 * totals["kept in part"]


def test_in_an_article_of_other_words_everything_is_orphaned() -> None:
    dice = dice_of(2)
    old, new = article(dice, 200), article(dice, 200)
    assert {found.fate for found in reanchor(old, new, passages(old, dice, 300))} == {Fate.ORPHANED}


def test_the_same_text_leaves_every_passage_where_it_is() -> None:
    chosen = [(9, 20), (0, 3), (0, len(OLD)), (5, 5), (0, 3)]
    assert reanchor(OLD, OLD, chosen) == [Reanchored(place, Fate.UNCHANGED) for place in chosen]
    assert reanchor("", "", [(0, 0)]) == [Reanchored((0, 0), Fate.UNCHANGED)]
    assert reanchor("", OLD, []) == []


@pytest.mark.parametrize("new", ["", " \n\n", "Something else entirely was printed here."])
def test_where_all_words_are_gone_everything_is_orphaned(new: str) -> None:
    chosen = [(0, 28), (4, 11), (0, len(OLD))]
    assert reanchor(OLD, new, chosen) == [Reanchored(None, Fate.ORPHANED)] * 3
    assert reanchor("", new, [(0, 0)])[0].fate in {Fate.ORPHANED, Fate.UNCHANGED}


def test_a_passage_outside_of_the_text_is_refused() -> None:
    for passage in [(0, 4), (-1, 2), (2, 1)]:
        with pytest.raises(ValueError, match="not inside"):
            reanchor("abc", "abd", [passage])


@pytest.mark.parametrize(
    ("correction", "quote", "expected", "fate"),
    [
        (("May", "June"), "The harbour was sold", "The harbour was sold", Fate.UNCHANGED),
        (("in May", "at last in May"), "The mayor said", "The mayor said", Fate.UNCHANGED),
        (
            ("\n\nThe mayor", " The mayor"),
            "“the price was fair”",
            "“the price was fair”",
            Fate.UNCHANGED,
        ),
        (("“the price", "then “the price"), "😀 and left", "😀 and left", Fate.UNCHANGED),
        (
            ("public hearing", "hearing"),
            "demands a public hearing before",
            "demands a hearing before",
            Fate.CHANGED,
        ),
        (
            ("hearing", "inquiry"),
            "a public hearing before",
            "a public inquiry before",
            Fate.CHANGED,
        ),
        (("“the price", '"the price'), "“the price was", '"the price was', Fate.CHANGED),
        (("harbour", "harbours"), "harbour", "harbours", Fate.CHANGED),
        (("public ", ""), "public", None, Fate.ORPHANED),
        (("The harbour was sold in May. ", ""), "harbour was", None, Fate.ORPHANED),
        (("demands", "fears"), "demands", None, Fate.ORPHANED),
    ],
)
def test_a_correction_leaves_moves_changes_or_removes(
    correction: tuple[str, str], quote: str, expected: str | None, fate: Fate
) -> None:
    new = OLD.replace(*correction)
    assert new != OLD
    assert reanchored(OLD, new, quote) == (expected, fate)


def test_a_moved_paragraph_takes_its_passages_along() -> None:
    first, second, third = OLD.split("\n\n")
    new = f"{third}\n\n{first}\n\n{second}"
    for quote in ("a public hearing before", "The union demands", "summer"):
        assert reanchored(OLD, new, quote) == (quote, Fate.MOVED)
    for quote in ("The harbour was sold in May.", "sold", "😀"):
        assert reanchored(OLD, new, quote) == (quote, Fate.UNCHANGED)


@settings(max_examples=100)
@given(seeds, st.data())
def test_what_stands_in_untouched_paragraphs_is_not_called_moved(
    seed: int, data: st.DataObject
) -> None:
    dice = dice_of(seed)
    paragraphs = article(dice, dice.choice([5, 20, 40])).split("\n\n")
    acts = st.sampled_from(["keep", "keep", "keep", "delete", "insert", "change"])
    chosen: list[tuple[int, int]] = []
    corrected: list[str] = []
    at = 0
    expected: list[int] = []  # where each paragraph begins that is kept
    for paragraph in paragraphs:
        act = data.draw(acts)
        if act == "insert":
            corrected.append(f"Wholly new: {dice.random()}")
        if act == "change":
            corrected.append(f"{paragraph} And {dice.random()} more.")
        elif act != "delete":
            chosen.append((at, at + len(paragraph)))
            expected.append(sum(len(each) + 2 for each in corrected))
            corrected.append(paragraph)
        at += len(paragraph) + 2
    found = reanchor("\n\n".join(paragraphs), "\n\n".join(corrected), chosen)
    for (start, end), place, one in zip(chosen, expected, found, strict=True):
        if len(set(paragraphs)) == len(paragraphs) and end - start > 20:
            assert one == Reanchored((place, place + end - start), Fate.UNCHANGED)


@pytest.mark.parametrize("joint", [" ", "\n", ", ", ": ", " \N{EN DASH} ", "; "])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Who pays", "The town pays for the bridge, and nobody asked it."),
        ("Costs", "The town pays for the bridge, and nobody asked it."),
        ("The bill came late. It was wrong.", "The town pays for the bridge."),
        ("So who pays for it", "and who gains from it in the end"),
    ],
)
def test_annotations_stay_where_a_block_is_merged_into_the_next(
    first: str, second: str, joint: str
) -> None:
    around = "The harbour was sold in May.\n\n{}\n\nThe union demands a hearing."
    old = around.format(f"{first}\n\n{second}")
    new = around.format(f"{first}{joint}{second}")
    for block, start, new_start in (
        (first, old.index(first), new.index(first)),
        (second, old.index(second), new.index(second)),
    ):
        words = [match.span() for match in re.finditer(r"\w+", block)]
        chosen = [(0, len(block)), words[0], words[-1], (words[0][0], words[-1][1])]
        passages = [(start + one, start + other) for one, other in chosen]
        for one, found in zip(chosen, reanchor(old, new, passages), strict=True):
            place = new_start + one[0], new_start + one[1]
            assert found == Reanchored(place, Fate.UNCHANGED)


HALF = "The bill for the bridge came late, and the town that nobody had asked had to pay all of it."


@pytest.mark.parametrize(
    ("left", "new"),
    [
        ("The bill for the bridge came late", "{}."),
        ("the town that nobody had asked had to pay all of it.", "In the end {}"),
        ("The bill for the bridge came late, and", "{} so the mayor resigned."),
        ("the town that nobody had asked", "It is said that {} will get a new mayor."),
    ],
)
def test_of_a_half_kept_passage_what_is_left_is_shown_as_changed(left: str, new: str) -> None:
    old = OLD.replace("\n\nThe mayor", f"\n\n{HALF} The mayor")
    corrected = old.replace(HALF, new.format(left))
    place, fate = reanchored(old, corrected, HALF)
    assert fate is Fate.CHANGED
    assert place is not None
    assert left.strip(",.") in place


def test_of_several_sentences_the_one_that_is_left_is_shown_as_changed() -> None:
    old = OLD.replace("\n\nThe mayor", f"\n\n{HALF} The mayor")
    start, end = old.index("Nobody asked"), old.index("The union")
    corrected = old[:start] + HALF + "\n\n" + old[end:]
    [found] = reanchor(old, corrected, [(start, end - 2)])
    assert found.fate is Fate.CHANGED
    assert found.place == (start, start + len(HALF))


def test_repeated_sentences_are_told_apart_by_what_stands_around_them() -> None:
    places = locate_all(OLD, "Nobody asked the town.")
    without_first = OLD.replace(" Nobody asked the town.", "", 1)
    first, second = reanchor(OLD, without_first, places)
    assert first.fate is Fate.ORPHANED
    assert second.place == (places[1][0] - 23, places[1][1] - 23)
    repeated = OLD.replace("Nobody asked the town.", "Nobody asked the town. " * 2, 1)
    first, second = reanchor(OLD, repeated, places)
    assert first.place == places[0]
    assert second.place == locate_all(repeated, "Nobody asked the town.")[2]


def test_of_equal_words_in_a_row_nothing_says_which_was_deleted() -> None:
    old = "It was a very very good year for the town."
    new = "It was a very good year for the town."
    assert [one.fate for one in reanchor(old, new, [(9, 13), (14, 18)])] == [Fate.ORPHANED] * 2
    assert reanchor(new, old, [(9, 13)]) == [Reanchored((9, 13), Fate.UNCHANGED)]


def test_a_passage_may_cut_a_word_or_have_white_space_at_its_ends() -> None:
    new = f"Again: {OLD}"
    for quote in ("arbour was so", " The mayor said ".strip() + " ", "\n\nThe union", "ayo"):
        assert reanchored(OLD, new, quote) == (quote, Fate.UNCHANGED)


def test_the_words_of_another_passage_are_refused() -> None:
    old = "The union demands a hearing. The council demands a vote on the harbour."
    new = "The council demands a vote on the harbour."
    assert reanchored(old, new, "The union demands a hearing.") == (None, Fate.ORPHANED)
    assert reanchored(old, new, "The council demands a vote")[1] is Fate.UNCHANGED


# Differences


@settings(max_examples=150)
@given(seeds, rates)
def test_the_differences_cover_both_texts_in_order(seed: int, rate: float) -> None:
    dice = dice_of(seed)
    old = article(dice, dice.choice([1, 5, 20]))
    check_cover(old, correct(old, dice, rate).text)


@settings(max_examples=300)
@given(
    *[st.lists(st.sampled_from(["a", "a ", "b. ", "B", "\n\n", "😀", "’", "e\u0301", "\t"]))] * 2
)
def test_the_differences_cover_any_two_texts(one: list[str], other: list[str]) -> None:
    check_cover("".join(one), "".join(other))
    old, new = "".join(one), "".join(other)
    reanchor(old, new, [(0, len(old)), (len(old) // 2, len(old)), (0, 0)])


def check_cover(old: str, new: str) -> None:
    old_at = new_at = 0
    kind = None
    for found in differences(old, new):
        assert (found.old_start, found.new_start) == (old_at, new_at)
        assert found.kind is not kind
        old_part, new_part = old[old_at : found.old_end], new[new_at : found.new_end]
        assert (found.kind is DifferenceKind.EQUAL) == (old_part == new_part)
        assert (found.kind is DifferenceKind.INSERTED) == (not old_part)
        assert (found.kind is DifferenceKind.DELETED) == (not new_part)
        old_at, new_at, kind = found.old_end, found.new_end, found.kind
    assert (old_at, new_at) == (len(old), len(new))


def described(old: str, new: str) -> list[tuple[str, str, str]]:
    return [
        (str(one.kind), old[one.old_start : one.old_end], new[one.new_start : one.new_end])
        for one in differences(old, new)
    ]


def test_the_differences_are_by_whole_words() -> None:
    assert described("It was sold in May.", "It was not sold in June.") == [
        ("equal", "It was ", "It was "),
        ("inserted", "", "not "),
        ("equal", "sold in ", "sold in "),
        ("replaced", "May", "June"),
        ("equal", ".", "."),
    ]
    assert described("One two.\n\nThree.", "One two.\n\nThen.\n\nThree.") == [
        ("equal", "One two.\n\n", "One two.\n\n"),
        ("inserted", "", "Then.\n\n"),
        ("equal", "Three.", "Three."),
    ]


def test_texts_without_anything_in_common_are_one_difference() -> None:
    assert described("", "") == []
    assert described("Old.", "Old.") == [("equal", "Old.", "Old.")]
    assert described("", "New.") == [("inserted", "", "New.")]
    assert described("Old.", "") == [("deleted", "Old.", "")]


def test_a_sentence_that_moved_is_deleted_here_and_inserted_there() -> None:
    first, second, third = OLD.split("\n\n")
    kinds = [one.kind for one in differences(OLD, f"{third}\n\n{first}\n\n{second}")]
    assert kinds[0] is DifferenceKind.INSERTED
    assert kinds[-1] is DifferenceKind.DELETED
