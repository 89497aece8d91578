"""From a quote to its place."""

import json
import random
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.text.anchoring import (
    CONTEXT,
    MAX_PLACES,
    Ambiguous,
    Quote,
    QuoteNotFound,
    describe,
    find_all,
    locate,
    locate_all,
    nearest,
)

CASES = Path(__file__).parents[4] / "shared/data/anchoring_strict_cases.json"
TEXT = (
    "The minister said that “talks” would start – soon. Nobody believed it.\n\n"
    "The union demands a pause… and a café. Nobody believed it.\n\n"
    "Year\tVotes\n1990\t12\u00a0%"
)

texts = st.text(
    st.sampled_from("aab e\u0301éñ.-–—…“”‘’'\"\n\t\u00a0\u200b\u00ad😀👨\u200d👩🇫🇷한\u1112\u1161"),
    max_size=50,
) | st.text(max_size=50)


@st.composite
def passages(draw: st.DrawFn) -> tuple[str, int, int]:
    """Draw a text and a passage of it that is not blank and has no white space at its ends."""
    text = draw(texts.filter(lambda drawn: bool(drawn.strip())))
    solid = [place for place, character in enumerate(text) if not character.isspace()]
    first = draw(st.sampled_from(solid))
    last = draw(st.sampled_from([place for place in solid if place >= first]))
    return text, first, last + 1


def found(text: str, quote: str) -> str:
    start, end = locate(text, quote)
    return text[start:end]


@settings(max_examples=500)
@given(passages())
def test_what_is_described_is_located_where_it_was(passage: tuple[str, int, int]) -> None:
    text, start, end = passage
    quote = describe(text, start, end)
    place = locate(text, quote.exact, start=start, prefix=quote.prefix, suffix=quote.suffix)
    assert place == (start, end)
    assert locate(text, text[start:end], start=start) == (start, end)


@settings(max_examples=500)
@given(passages())
def test_every_place_of_a_quote_is_listed(passage: tuple[str, int, int]) -> None:
    text, start, end = passage
    places = find_all(text, text[start:end])
    assert (start, end) in places
    assert places == sorted(set(places))
    for place in places:
        assert text[slice(*place)].split() == text[start:end].split()


@settings(max_examples=500)
@given(passages(), st.sampled_from([" ", "\n", "\r\n\r\n", "\u00a0 ", "\t"]))
def test_white_space_may_differ_in_kind_and_length(
    passage: tuple[str, int, int], white: str
) -> None:
    text, start, end = passage
    pasted = white + white.join(text[start:end].split()) + white
    assert locate(text, pasted, start=start) == (start, end)


@settings(max_examples=500)
@given(passages())
def test_letters_may_be_pasted_decomposed(passage: tuple[str, int, int]) -> None:
    text = unicodedata.normalize("NFC", passage[0])
    start, end = passage[1], min(passage[2], len(text))
    quote = text[start:end]
    if quote != quote.strip() or not quote:
        return
    assert locate(text, unicodedata.normalize("NFD", quote), start=start) == (start, end)


@settings(max_examples=500)
@given(
    st.lists(st.sampled_from(["é", "한", "a", " ", "\n", "Å", "ñ", "👨", "क", "—"]), max_size=20)
)
def test_a_decomposed_text_is_found_by_composed_letters(letters: list[str]) -> None:
    decomposed = [unicodedata.normalize("NFD", letter) for letter in letters]
    text = "".join(decomposed)
    for first, letter in enumerate(letters):
        if not letter.isspace():
            start = len("".join(decomposed[:first]))
            assert locate(text, letter, start=start) == (start, start + len(decomposed[first]))


def test_a_cafe_is_found_however_its_accent_is_written() -> None:
    decomposed = unicodedata.normalize("NFD", TEXT)
    assert found(TEXT, "a cafe\u0301.") == "a café."
    assert found(decomposed, "a café.") == "a cafe\u0301."
    assert found("Å is \u212b", "Å is A\u030a") == "Å is \u212b"
    assert found("\u1112\u1161\u11ab국", "한국") == "\u1112\u1161\u11ab국"


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ('"talks" would', "“talks” would"),
        ("start - soon", "start – soon"),
        ("start -- soon", "start – soon"),
        ("start — soon", "start – soon"),
        ("a pause... and", "a pause… and"),
        ("“talks” would\nstart", "“talks” would start"),
        ("soon. No\u00adbody", "soon. Nobody"),
        ('\ufeff"talks"', "“talks”"),
        ("12 %", "12\u00a0%"),
        ("Year Votes 1990", "Year\tVotes\n1990"),
    ],
)
def test_what_pasting_changes_is_tolerated(pasted: str, expected: str) -> None:
    assert found(TEXT, pasted) == expected


def test_a_text_with_typed_marks_is_found_by_typeset_ones() -> None:
    text = 'It\'s "done" -- so they say...\u200bnow.'
    assert found(text, "It’s “done” — so they say…now") == 'It\'s "done" -- so they say...\u200bnow'


def test_exact_words_go_before_words_that_only_look_alike() -> None:
    text = 'They said “no”. They said "no".'
    assert locate(text, 'said "no"') == (21, 30)
    assert find_all(text, "said “no”") == [(5, 14)]


def test_a_quote_over_blocks_may_have_any_line_breaks() -> None:
    across = "believed it. The union"
    for white in ("\n", "\r\n", " ", "\n\n\n"):
        assert found(TEXT, across.replace(". ", "." + white)) == "believed it.\n\nThe union"


def test_a_line_break_may_stand_for_nothing_but_other_white_space_may_not() -> None:
    assert found("one.two three.four", "two three.\nfour") == "two three.four"
    with pytest.raises(QuoteNotFound):
        locate("one.two three.four", "two three. four")
    with pytest.raises(QuoteNotFound):
        locate("one.twothree.four", "two three.\nfour")


def test_a_cut_through_what_was_folded_is_no_place() -> None:
    with pytest.raises(QuoteNotFound):
        locate("wait… now", "wait.")
    with pytest.raises(QuoteNotFound):
        locate("wait… now", ".. now")


def test_the_words_decide_when_the_hint_is_wrong() -> None:
    start = TEXT.index("The union")
    assert locate(TEXT, "The union demands", start=3) == (start, start + 17)
    assert locate(TEXT, "The union demands", start=10**9) == (start, start + 17)
    assert locate(TEXT, "The union demands", start=-7) == (start, start + 17)


def test_of_several_places_the_one_at_the_hint_is_meant() -> None:
    first = TEXT.index("Nobody")
    second = TEXT.rindex("Nobody")
    end = "Nobody believed it."
    assert locate(TEXT, end, start=first) == (first, first + len(end))
    assert locate(TEXT, end, start=second, prefix=" soon. ") == (second, second + len(end))
    assert locate(TEXT, "\n " + end, start=second - 1) == (second, second + len(end))


def test_else_the_one_in_its_context_then_the_nearest() -> None:
    first = TEXT.index("Nobody")
    second = TEXT.rindex("Nobody")
    assert locate(TEXT, "Nobody", start=second - 2, prefix="start - soon. ")[0] == first
    assert locate(TEXT, "Nobody", prefix="a cafe\u0301.\n")[0] == second
    assert locate(TEXT, "Nobody", suffix=" believed it.\nYear")[0] == second
    twice = f"{TEXT}\n\n{TEXT}"
    for start in (first + 1, first + len(TEXT) + 1):
        place = locate(twice, "Nobody", start=start, prefix="would start – soon. ")
        assert place[0] == min((first, first + len(TEXT) + 2), key=lambda at: abs(at - start))


TALE = (
    "It was a hard winter and a short one; the town had everything to sell, the mayor had nothing "
    "to sell, and nobody had anything to say."
)


@pytest.mark.parametrize(
    ("quote", "prefix", "suffix", "expected"),
    [
        # Without the blank at the join, with one too many, and with a line break there.
        ("to sell", "the town had everything", "", "to sell, the"),
        ("to sell", "the mayor had nothing", "", "to sell, and"),
        ("to sell", "the mayor had nothing \n", "", "to sell, and"),
        ("to sell", " ", " , and nobody", "to sell, and"),
        ("had", "", "everything", "had everything"),
        ("had", "", "\n nothing", "had nothing"),
        # Mended since, or typed by hand.
        ("to sell", "the town had every-thing", "", "to sell, the"),
        ("to sell", "the mayor has noting", "", "to sell, and"),
        ("had", "", "anny thing to", "had anything"),
        # With a word more or less beside the quote.
        ("to sell", "the mayor had nothing at all ", "", "to sell, and"),
        ("to sell", "the mayor had", "", "to sell, and"),
    ],
)
def test_context_that_differs_a_little_still_decides(
    quote: str, prefix: str, suffix: str, expected: str
) -> None:
    start = TALE.index(expected)
    assert locate(TALE, quote, prefix=prefix, suffix=suffix) == (start, start + len(quote))


sentences = st.lists(
    st.sampled_from(["we", "had", "nothing.", "\u201cBefore\u201d", "us", "everything,"]),
    min_size=1,
    max_size=30,
)


@settings(max_examples=500)
@given(sentences, st.data())
def test_trimmed_context_means_the_same_place(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    start = len(" ".join([*words[:first], ""]))
    end = start + len(" ".join(words[first:last]))
    quote = describe(text, start, end)
    assume(locate_all(text, quote.exact, quote.prefix, quote.suffix) == [(start, end)])
    place = locate(text, quote.exact, prefix=quote.prefix, suffix=quote.suffix)
    assert place == (start, end)
    blanks = st.sampled_from(["", " ", "\n\n", "\u00a0 "])
    prefix = quote.prefix.strip() + data.draw(blanks)
    suffix = data.draw(blanks) + quote.suffix.strip()
    assert locate(text, quote.exact, prefix=prefix, suffix=suffix) == place


@pytest.mark.parametrize(
    ("prefix", "suffix"),
    [("of something else", ""), ("Keiner von ihnen. ", " glaubte es am Ende."), ("", "")],
)
def test_a_wrong_hint_without_the_words_around_is_asked_about(prefix: str, suffix: str) -> None:
    places = [TEXT.index("Nobody"), TEXT.rindex("Nobody")]
    with pytest.raises(Ambiguous) as caught:
        locate(TEXT, "Nobody", start=places[1] - 2, prefix=prefix, suffix=suffix)
    assert [start for start, _ in caught.value.places] == places


def test_so_is_the_one_place_of_a_few_words_but_not_that_of_a_long_quote() -> None:
    prefix, suffix = "In der Stadt sagte der ", " gestern im Radio"
    with pytest.raises(Ambiguous):
        locate(TEXT, "minister", start=40, prefix=prefix, suffix=suffix)
    long = "The minister said that “talks” would"
    assert locate(TEXT, long, start=9, prefix=prefix, suffix=suffix)[0] == 0
    assert (
        locate(TEXT, "minister", prefix=prefix, suffix=suffix)[0] == 4
    )  # pasted words have no place of their own


def test_several_likely_places_are_all_named() -> None:
    with pytest.raises(Ambiguous) as caught:
        locate(TEXT, "Nobody believed it.")
    assert [TEXT[slice(*place)] for place in caught.value.places] == ["Nobody believed it."] * 2
    with pytest.raises(Ambiguous):
        locate(TEXT, "Nobody", prefix="no such words")


@pytest.mark.parametrize("quote", ["", " \n", "\u200b", "the union demands", "nobody else"])
def test_words_that_do_not_occur_are_not_found(quote: str) -> None:
    with pytest.raises(QuoteNotFound):
        locate(TEXT, quote, start=0)
    assert find_all(TEXT, quote) == []


def test_places_may_overlap_and_are_capped() -> None:
    assert find_all("bananas", "ana") == [(1, 4), (3, 6)]
    assert len(find_all("a" * 5_000, "a")) == MAX_PLACES
    assert len(locate_all("a" * 5_000, "a")) == MAX_PLACES


def test_a_description_has_the_words_and_their_context() -> None:
    text = "x" * 40 + "words" + "y" * 3
    assert describe(text, 40, 45) == Quote("words", "x" * CONTEXT, "yyy")
    with pytest.raises(ValueError, match="not inside"):
        describe(text, 40, 49)


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("The union demanded a break… and a café", "The union demands a pause… and a café"),
        ('minister says that "talk" would start', "minister said that “talks” would start"),
        ("nion demand a paus", "union demands a pause"),
    ],
)
def test_the_nearest_stretch_is_widened_to_whole_words(quote: str, expected: str) -> None:
    place = nearest(TEXT, quote)
    assert place is not None
    assert TEXT[slice(*place)] == expected


@pytest.mark.parametrize("expected", ["to sell, the mayor", "to sell, and nobody"])
def test_of_stretches_that_are_as_near_the_one_at_the_hint_is_meant(expected: str) -> None:
    start = TALE.index(expected)
    for hint in (start - 9, start, start + 4):
        assert nearest(TALE, "to sel", start=hint) == (start, start + len("to sell"))
    far = "Something else. " * 900
    place = nearest(far + TALE + far, "to sel", start=len(far) + start)
    assert place == (len(far) + start, len(far) + start + len("to sell"))
    assert nearest(TALE, "the mayor had noting", start=0) == nearest(TALE, "the mayor had noting")
    assert nearest(TALE, "to sel", start=-5) == nearest(TALE, "to sel", start=0)
    assert nearest(TALE, "to sel", start=10**9) is not None


def test_nothing_is_near_a_quote_of_other_words() -> None:
    assert nearest(TEXT, "Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich") is None
    assert nearest(TEXT, " ") is None
    assert nearest("", "words") is None


@given(texts, texts)
def test_the_nearest_stretch_is_a_place_in_the_text(text: str, quote: str) -> None:
    place = nearest(text, quote)
    if place is not None:
        start, end = place
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()


def long_text(words: int) -> str:
    chance = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(5_000)]
    return " ".join(chance.choices(vocabulary, k=words))


@pytest.mark.parametrize("length", [60, 300, 2_000, 20_000])
def test_the_nearest_stretch_of_a_long_text_is_found_quickly(length: int) -> None:
    text = long_text(100_000)
    start = text.index(" ", 400_000) + 1
    end = text.index(" ", start + length)
    changed = text[start:end].replace("e", "", length // 60)
    times = []
    for _ in range(3):
        begun = time.process_time()
        place = nearest(text, changed)
        times.append(time.process_time() - begun)
    assert place == (start, end)
    assert min(times) < 0.5


def test_long_periodic_quotes_do_not_take_quadratic_time() -> None:
    begun = time.process_time()
    with pytest.raises(Ambiguous):
        locate("a" * 650_000, "a" * 20_000, prefix="b")
    with pytest.raises(QuoteNotFound):
        locate("a" * 650_000, "a\n" * 10_000 + "b")
    assert time.process_time() - begun < 5


def test_a_letter_all_over_a_book_is_found_near_its_hint_or_asked_about() -> None:
    half = "\n\n".join(["a " * 99 + "a"] * 2_500)
    text = f"{half} b a b {half}"
    meant = text.index("b") + 2
    begun = time.process_time()
    assert locate(text, "a", start=meant - 1, prefix="a a b ", suffix=" b a a")[0] == meant
    with pytest.raises(Ambiguous):
        locate(text, "a", prefix="a " * 20_000, suffix=" a" * 20_000)
    assert time.process_time() - begun < 3  # 9 s where the surroundings of all are compared


def strict_cases() -> list[Any]:
    if not CASES.exists():
        reason = "the anchoring cases are not beside the checkout"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    cases = json.loads(CASES.read_text(encoding="utf-8"))["strict_cases"]
    return [pytest.param(case, id=case["id"]) for case in cases]


@pytest.mark.parametrize("case", strict_cases())
def test_strict_cases_of_other_implementations_hold(case: dict[str, Any]) -> None:
    text = case["text"]
    if case["kind"] == "quote_match_all":
        expected = [(place["start"], place["end"]) for place in case["expected"]]
        selector = case["selector"]
        hints = selector.get("prefix", ""), selector.get("suffix", "")
        assert locate_all(text, selector["exact"], *hints) == expected
    else:
        expected = [
            (place["start"], place["end"]) for place in case.get("expected", [case.get("range")])
        ]
    for start, end in expected:
        quote = describe(text, start, end)
        assert (start, end) in locate_all(text, quote.exact, quote.prefix, quote.suffix)
        if quote.exact:
            place = locate(text, quote.exact, prefix=quote.prefix, suffix=quote.suffix)
            assert place == (start, end)
        if case["kind"] == "position_match":
            assert quote.exact == case["expected"][0]["text"]
