"""What is kept of a selection."""

from itertools import combinations

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.passages import MAX_PASSAGE, EmptyPassage, tidy

FAMILY = "👨‍👩‍👧‍👦"
BLANKS = " \t\n\u00a0\u200b\ufeff\u00ad"
# Everything that clusters: marks, joiners, flags, skin tones, Hangul parts, Indic conjuncts, a
# prepended sign, keycaps, and what breaks between them.
CHARACTERS = [
    *"ab é1\u0301\u0308\u200d\ufe0f\u20e3👨👩🏽❤🇫🇷🇩ᄒ\u1161\u11ab한क\u094dष\u0903",
    *"\u0600\r\n\u00a0\u200b\u00ad",
]

texts = st.lists(st.sampled_from(CHARACTERS), max_size=24).map("".join)


def bounds_of_clusters(text: str) -> set[int]:
    return {0} | {cluster.end() for cluster in regex.finditer(r"\X", text)}


@st.composite
def selections(draw: st.DrawFn) -> tuple[str, int, int]:
    text = draw(texts)
    start = draw(st.integers(0, len(text)))
    return text, start, draw(st.integers(start, len(text)))


def selected(text: str, start: int, end: int, *marks: tuple[int, int]) -> str:
    start, end = tidy(text, start, end, marks)
    return text[start:end]


def assert_is_tidy(text: str, start: int, end: int) -> None:
    """Check against the bounds of all clusters, counted from the start of the text."""
    bounds = bounds_of_clusters(text)
    widened = (
        max(bound for bound in bounds if bound <= start),
        min(bound for bound in bounds if bound >= end),
    )
    try:
        tidied = tidy(text, start, end)
    except EmptyPassage:
        assert start == end or not text[slice(*widened)].strip(BLANKS + "\r")
        return
    assert set(tidied) <= bounds
    assert widened[0] <= tidied[0] < tidied[1] <= widened[1]
    assert not text[widened[0] : tidied[0]].strip(BLANKS + "\r")
    assert not text[tidied[1] : widened[1]].strip(BLANKS + "\r")


@settings(max_examples=500)
@given(selections())
def test_a_passage_ends_at_whole_clusters_and_holds_what_was_selected(
    selection: tuple[str, int, int],
) -> None:
    assert_is_tidy(*selection)


def test_so_does_every_selection_of_a_text_of_many_scripts() -> None:
    text = f"Ab c.\r\n e\u0301 {FAMILY}🇫🇷🇩🇪🇫 \u1112\u1161\u11ab한 क\u094dषा"
    text += ", 1\ufe0f\u20e3 \u0600 \u200b\u00a0"
    for start, end in combinations(range(len(text) + 1), 2):
        assert_is_tidy(text, start, end)


@given(selections())
def test_tidying_twice_changes_nothing(selection: tuple[str, int, int]) -> None:
    text, start, end = selection
    try:
        once = tidy(text, start, end)
    except EmptyPassage:
        return
    assert tidy(text, *once) == once


@pytest.mark.parametrize("blank", BLANKS)
def test_white_space_and_characters_without_width_are_left_out_at_both_ends(blank: str) -> None:
    text = f"go{blank}{blank}on now{blank} then"
    assert selected(text, 2, 11) == "on now"


def test_part_of_a_word_stays_as_selected() -> None:
    assert selected("the security architecture", 6, 15) == "curity ar"


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        (f"a {FAMILY} b", 4, 6, FAMILY),
        ("x🇫🇷🇩🇪y", 2, 3, "🇫🇷"),
        ("x🇫🇷🇩🇪y", 4, 5, "🇩🇪"),
        ("cafe\u0301s", 0, 4, "cafe\u0301"),
        ("e\u0301t", 1, 3, "e\u0301t"),
        ("👍🏽!", 0, 1, "👍🏽"),
        ("\u1112\u1161\u11ab!", 1, 2, "\u1112\u1161\u11ab"),
        ("a b", 0, 3, "a b"),
    ],
)
def test_a_bound_inside_a_cluster_takes_in_the_whole_cluster(
    text: str, start: int, end: int, expected: str
) -> None:
    assert selected(text, start, end) == expected


def test_flags_are_counted_from_the_start_of_their_run() -> None:
    text = "🇫🇷" * 50
    assert tidy(text, 61, 63) == (60, 64)


def test_a_space_that_carries_a_mark_is_no_white_space() -> None:
    assert selected("a \u0301", 1, 3) == " \u0301"


def test_footnote_marks_are_left_out_at_both_ends() -> None:
    text = "More talks.1 Then2 what"
    marks = ((11, 12), (17, 18))
    assert selected(text, 0, 12, *marks) == "More talks."
    assert selected(text, 0, 13, *marks) == "More talks."
    assert selected(text, 11, 18, *marks) == "Then"
    assert selected(text, 0, 18, *marks) == "More talks.1 Then"


def test_a_bound_inside_a_footnote_mark_moves_to_its_other_side() -> None:
    text = "talks.12 Then"
    assert selected(text, 0, 7, (6, 8)) == "talks."
    assert selected(text, 7, 13, (6, 8)) == "Then"


@pytest.mark.parametrize(
    ("text", "start", "end", "marks"),
    [
        ("a  b", 1, 3, ()),
        ("ab", 1, 1, ()),
        ("a.12 b", 2, 5, ((2, 4),)),
        ("\u200b\u00ad", 0, 2, ()),
        ("", 0, 0, ()),
    ],
)
def test_nothing_left_is_refused(
    text: str, start: int, end: int, marks: tuple[tuple[int, int], ...]
) -> None:
    with pytest.raises(EmptyPassage):
        tidy(text, start, end, marks)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 1), (0, 4)])
def test_a_range_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not inside") as caught:
        tidy("abc", start, end)
    assert not isinstance(caught.value, EmptyPassage)


def test_a_passage_fits_a_spreadsheets_cell() -> None:
    assert MAX_PASSAGE < 32_767
