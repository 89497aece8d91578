"""Which way a text runs."""

import pytest

from app.text.direction import (
    Direction,
    direction_of,
    direction_of_all,
    has_right_to_left,
    runs_from_right,
)

LEFT, RIGHT = Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT
HEBREW = "\u05d4\u05d3\u05d5\u05d7 \u05d7\u05d9\u05d9\u05d1"
ARABIC = "\u0627\u0644\u062a\u0642\u0631\u064a\u0631"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The council", LEFT),
        (HEBREW, RIGHT),
        (ARABIC, RIGHT),
        (f"NATO 2024: {HEBREW}", RIGHT),  # begins with a foreign name
        (f"He wrote {HEBREW[:3]} on the wall.", LEFT),
        ("\u4eca\u65e5\u306f", LEFT),
        ("1990, 12 %", None),
        ("", None),
    ],
)
def test_most_letters_say_which_way_a_text_runs(text: str, expected: Direction | None) -> None:
    assert direction_of(text) == expected
    assert has_right_to_left(text) == any("\u0590" < character < "\u08ff" for character in text)


@pytest.mark.parametrize("language", ["he", "iw", "ar-EG", "fa", "ur", "yi", "ku-Arab", "uz_Arab"])
def test_languages_that_are_written_from_the_right(language: str) -> None:
    assert runs_from_right(language)


@pytest.mark.parametrize("language", ["en", "", "ja", "ku", "he-Latn", "az-Cyrl-AZ"])
def test_languages_that_are_not(language: str) -> None:
    assert not runs_from_right(language)


@pytest.mark.parametrize(
    ("directions", "language", "expected"),
    [
        (["rtl", "rtl", "ltr"], "en", RIGHT),  # where nobody gave the language it is English
        (["rtl", "ltr", "ltr"], "he", RIGHT),
        (["ltr", "ltr", "rtl"], "en", LEFT),
        (["", ""], "he", LEFT),  # about Hebrew, in none of its letters
        ([], "ar", LEFT),
    ],
)
def test_an_article_runs_as_its_language_does_else_as_most_of_it(
    directions: list[str], language: str, expected: Direction
) -> None:
    assert direction_of_all(directions, language) == expected
