"""Bytes to text, and the one form of a text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.normalise import decode, normalise
from app.text.unreadable import Unreadable


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("caf\u00e9 \u201cx\u201d".encode(), "caf\u00e9 \u201cx\u201d"),
        (b"\xef\xbb\xbfword", "word"),
        ("caf\u00e9 \U0001f600".encode("utf-16"), "caf\u00e9 \U0001f600"),
        (b"\xfe\xff" + "caf\u00e9".encode("utf-16-be"), "caf\u00e9"),
        (b"\x93caf\xe9\x94 \x96 \x80 5", "\u201ccaf\u00e9\u201d \u2013 \u20ac 5"),
    ],
)
def test_a_file_is_utf8_or_utf16_with_a_mark_or_windows_1252(content: bytes, text: str) -> None:
    assert decode(content) == text


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not plain text"),
        ("no mark".encode("utf-16-le"), "not plain text"),
        (b"\xff\xfea", "not plain text"),
        (b"\xff\xfea\0\0\0", "not plain text"),
        (b"%PDF-1.7\n1 0 obj", "a PDF"),
        (b"{\\rtf1 word}", "an RTF file"),
        (b"PK\x03\x04word", "Word"),
        (b"\x81\x8d\x8f", "not plain text"),
        (b"\xe9\x01\x02\x03\x04 word", "not plain text"),
    ],
)
def test_what_is_no_text_is_refused_with_a_reason(content: bytes, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        decode(content)


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


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_unreadable(content: bytes) -> None:
    try:
        text = decode(content)
    except Unreadable as error:
        assert str(error).endswith(".")  # noqa: PT017 either outcome is right
    else:
        assert "\0" not in text
