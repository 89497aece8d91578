"""The one form of a text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.normalise import normalise


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("a\0b\x07c\x1fd\x7fe\x9ff\tg", "abcdef\tg"),
        ("\ud800a", "\ufffda"),
        ("e\u0301", "\u00e9"),
        ("e\0\u0301", "\u00e9"),
        ("\ufeffa", "a"),
        ("a\u00a0b", "a\u00a0b"),
        ("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),
    ],
)
def test_a_text_has_one_form(text: str, normal: str) -> None:
    assert normalise(text) == normal


def test_thousands_of_combining_marks_take_no_longer_than_other_text() -> None:
    marks = "\u0316\u0300" * 200_000  # sorted by class, this would take hours
    assert normalise("a" + marks + "e\u0301") == "a" + marks + "\u00e9"
    assert normalise("e\u0301 " + marks) == "\u00e9 " + marks


@given(st.text(st.characters(), max_size=200))
def test_normalising_again_changes_nothing(text: str) -> None:
    normal = normalise(text)
    assert normalise(normal.removeprefix("\ufeff")) == normal.removeprefix("\ufeff")
    assert not set(normal) & {"\r", "\0", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"}
    assert unicodedata.is_normalized("NFC", normal)
    normal.encode()
