"""What stands for a person: initials of any name, on colours on which they can be read."""

import re

import pytest

from app.accounts.avatars import Colour, colour_for, initials
from tests.harness.server import ROOT

AVATARS = (ROOT / "static/css/avatars.css").read_text(encoding="utf-8")
TOKENS = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ines", "I"),
        ("ada quill", "AQ"),
        ("Maria del Carmen Ruiz", "MR"),
        ("Jean-Luc Picard", "JP"),
        ("  Ada   Quill ", "AQ"),
        ("(Ada) “Quill”", "AQ"),
        ("élan Öst", "ÉÖ"),
        ("e\u0301lan", "É"),
        ("ßen", "ß"),
        ("山田太郎", "山"),
        ("김 민수", "김민"),
        ("مريم حسن", "مح"),
        ("हिमांशु शर्मा", "हिश"),
        ("Ada 👩‍🚀", "A"),
        ("👩‍👩‍👧 🇳🇴", "👩‍👩‍👧"),
        ("007", "0"),
        ("", ""),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_the_last_word(
    name: str, expected: str
) -> None:
    assert initials(name) == expected


def test_people_who_come_one_after_another_get_different_colours() -> None:
    assert {colour_for(number) for number in range(1, len(Colour) + 1)} == set(Colour)
    assert colour_for(3) is colour_for(3)


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colour", list(Colour))
def test_initials_can_be_read_on_every_colour_in_light_and_dark(colour: str) -> None:
    pair = r"light-dark\((#\w{6}), (#\w{6})\)"
    letters = re.search(rf"--paper: {pair}", TOKENS)
    ground = re.search(rf"avatar.*\.{colour} {{\s+--disc: {pair}", AVATARS)
    assert letters
    assert ground
    for one, other in zip(letters.groups(), ground.groups(), strict=True):
        assert contrast(one, other) >= 4.5
