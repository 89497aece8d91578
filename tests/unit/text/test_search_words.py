"""Words as a search compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.search_words import LONGEST_WORD, fold_words, list_words

MIXED = st.text(
    alphabet="ab ’'-éßœÅйЙ\u0443\u045e\u0306\u0301и日本中のガがﬁ™²½ø\u00adÀ한글ᄒ"
    "\u1161\u200bşİ\u0131IΣς\u200d-שָׁλά",
    max_size=12,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Élan e\u0301lan ELAN", "elan elan elan"),
        ("Straße STRASSE", "strasse strasse"),
        ("Œuvre, œil", "oeuvre oeil"),
        ("Ångström", "angstrom"),
        ("L’élan, l'élan", "l elan l elan"),
        ("don’t “do” it", "don t do it"),
        ("port-fee — port\u2011fee", "port fee port fee"),
        ("har\u00adbour", "harbour"),
        ("Ελλάδα ΣΟΦΌΣ", "ελλαδα σοφοσ"),
        ("Йод, Ёлка", "йод елка"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("東京タワー", "東 京 タ ワ ー"),
        ("서울 사람", "서울 사람"),
        ("harbour² Gloss™ №5", "harbour gloss no5"),
        ("ﬁne ½", "fine 1 2"),
        ("1,000.5", "1 000 5"),
        ("", ""),
        ("—!?", ""),
    ],
)
def test_what_differs_by_accents_case_or_marks_is_equal(text: str, words: str) -> None:
    assert fold_words(text) == words


@given(st.one_of(st.text(), MIXED))
def test_each_word_has_its_place_and_together_they_are_the_folded_text(text: str) -> None:
    words = list_words(text)
    assert " ".join(word.word for word in words) == fold_words(text)
    assert all(0 <= word.start < word.end <= len(text) for word in words)
    assert words == sorted(words, key=lambda word: (word.start, word.end))


@given(st.one_of(st.text(), MIXED))
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold_words(fold_words(text)) == fold_words(text)


def test_a_word_leads_back_to_the_letters_that_it_was() -> None:
    text = "Vive l’e\u0301lan!"
    word = list_words(text)[-1]
    assert (word.word, text[word.start : word.end]) == ("elan", "e\u0301lan")


def test_a_very_long_word_is_known_by_its_beginning() -> None:
    assert fold_words("x" * 500) == "x" * LONGEST_WORD
    assert fold_words("é" * 500) == "e" * LONGEST_WORD
