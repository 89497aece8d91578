"""Words in context: what stands beside a place, and the order of the lines."""

from hypothesis import given
from hypothesis import strategies as st

from app.search.concordance import CUT, WIDTH, Context, Side
from app.text.search_words import fold_words

TEXT = "Before.\n\nThe Élan, of the\told harbour “came” back.\n\nAfter."


def line(word: str) -> Context:
    start = TEXT.index(word)
    return Context.of(TEXT, start, start + len(word), first=9, last=TEXT.index("\n\nAfter"))


def test_the_context_ends_at_the_paragraph_and_stands_in_one_line() -> None:
    assert line("harbour") == Context("The Élan, of the old ", "harbour", " “came” back.")


def test_lines_are_sorted_by_words_without_signs_accents_and_capitals() -> None:
    context = line("harbour")
    assert context.sort_key(Side.LEFT, 1) == ("old", "the", "of", "elan", "the")
    assert context.sort_key(Side.LEFT, 3) == ("of", "elan", "the")
    assert context.sort_key(Side.RIGHT, 1) == ("came", "back")
    assert context.sort_key(Side.RIGHT, 3) == ()


def test_the_word_that_lines_are_sorted_by_can_be_shown() -> None:
    context = line("harbour")
    for side, nth, word in ((Side.LEFT, 1, "old"), (Side.LEFT, 3, "of"), (Side.RIGHT, 1, "came")):
        place = context.sorted_word(side, nth)
        assert place is not None
        assert (context.left if side is Side.LEFT else context.right)[slice(*place)] == word
    assert context.sorted_word(Side.RIGHT, 3) is None


def test_what_is_cut_is_cut_between_words_and_says_so() -> None:
    text = f"{'before ' * 30}harbour{' after' * 30}"
    start = text.index("harbour")
    context = Context.of(text, start, start + len("harbour"), first=0, last=len(text))
    assert set(context.left.split()) == {CUT + "before", "before"}
    assert set(context.right.split()) == {"after", "after" + CUT}
    unspaced = Context.of("港" * 400, 200, 201, first=0, last=400)
    assert (unspaced.left, unspaced.right) == (CUT + "港" * WIDTH, "港" * WIDTH + CUT)


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 10), st.integers(1, 3))
def test_no_text_is_too_odd_for_a_line(text: str, start: int, length: int, nth: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    context = Context.of(text, start, end, first=0, last=len(text))
    assert len(context.left + context.words + context.right) == len(text)
    for side in Side:
        key = context.sort_key(side, nth)
        place = context.sorted_word(side, nth)
        assert (place is None) == (not key)
        if place is not None:
            said = context.left if side is Side.LEFT else context.right
            assert key[0] in fold_words(said[slice(*place)]).split()
