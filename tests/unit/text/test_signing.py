"""Bylines without "By": in other languages, and names that stand alone."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.byline import find_byline
from app.text.dates import DateOrder
from app.text.signing import find_signed_byline, without_by

PROSE = {
    "fr": "La ville ne répare pas le pont, et les gens qui le traversent ne sont pas contents.",
    "de": "Die Stadt repariert die Brücke nicht, und wer über sie geht, ist nicht zufrieden.",
    "es": "La ciudad no repara el puente, y los que lo cruzan no están contentos con ella.",
    "it": "La città non ripara il ponte, e gli abitanti che lo usano non sono contenti di questo.",
    "en": "The town does not repair the bridge, and those who cross it are not pleased with that.",
}


def found(line: str, language: str, *, has_title: bool = True) -> tuple[str, date | None]:
    blocks = ["Title", line, *[PROSE[language]] * 3] if has_title else [line, PROSE[language]]
    byline, _ = find_signed_byline(blocks, DateOrder.DMY, has_title=has_title)
    return byline.author, byline.published_on


@pytest.mark.parametrize(
    ("line", "language", "author"),
    [
        ("Par Élodie Martin", "fr", "Élodie Martin"),
        ("Par Élodie Martin et Luc Le Roux", "fr", "Élodie Martin et Luc Le Roux"),
        ("Par Jean-Luc Roux", "fr", "Jean-Luc Roux"),
        ("Von Jörg Weiß", "de", "Jörg Weiß"),
        ("VON JÖRG WEISS", "de", "JÖRG WEISS"),
        ("De Ana María López", "es", "Ana María López"),
        ("Por Ana López y Juan Ruiz", "es", "Ana López y Juan Ruiz"),
        ("Di Carla Rossi", "it", "Carla Rossi"),
    ],
)
def test_by_in_the_language_of_the_text_signs_a_line_of_names(
    line: str, language: str, author: str
) -> None:
    assert found(line, language) == (author, None)


def test_a_date_may_stand_beside_such_names() -> None:
    for by in ("Par", "Publié par"):
        for parted in (", ", " | ", " – ", " le "):
            line = f"{by} Élodie Martin{parted}4 février 2025"
            assert found(line, "fr") == ("Élodie Martin", date(2025, 2, 4))


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Von Hayek Was Wrong", "en"),
        ("De Gaulle Resigns", "en"),
        ("De Niro and Di Caprio", "en"),
        ("Par Élodie Martin", "de"),
        ("Von Menschen und Mäusen", "de"),
        ("Von der Leyen spricht", "de"),
        ("Von Berlin nach Paris", "de"),
        ("Par ailleurs", "fr"),
        ("Par Toutatis", "fr"),
        ("De Madrid a Roma", "es"),
        ("Por Ana López se supo todo", "es"),
        ("Di Roma", "it"),
    ],
)
def test_a_line_that_only_begins_so_is_no_byline(line: str, language: str) -> None:
    assert found(line, language) == ("", None)


def test_the_title_of_a_text_is_no_byline() -> None:
    blocks = ["Von Jörg Weiß", PROSE["de"]]
    assert find_signed_byline(blocks, DateOrder.DMY, has_title=True)[0].author == ""
    assert find_signed_byline(blocks, DateOrder.DMY, has_title=False)[0].author == "Jörg Weiß"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Par Sébastien Farcis", "Sébastien Farcis"),
        ("Veröffentlicht von Jörg Weiß", "Jörg Weiß"),
        ("Von Trapp", "Von Trapp"),
        ("De Gaulle", "De Gaulle"),
        ("Jane Doe", "Jane Doe"),
        ("", ""),
    ],
)
def test_by_in_any_language_is_no_part_of_a_full_name(words: str, name: str) -> None:
    assert without_by(words) == name


LINES = (
    *("", "Jane Doe", "Follow", "·", "6 min read", "March 5, 2024", "Von Jörg Weiß", "Share"),
    *("Par Luc Roux | 4 mars 2025", "By Sam Rowe", PROSE["de"], PROSE["en"]),
)


@given(blocks=st.lists(st.sampled_from(LINES), max_size=12), has_title=st.booleans())
def test_whatever_is_taken_for_a_byline_is_there_and_by_alone_is_never_lost(
    *, blocks: list[str], has_title: bool
) -> None:
    byline, taken = find_signed_byline(blocks, DateOrder.MDY, has_title=has_title)
    assert all(0 <= index < len(blocks) for index in taken)
    assert PROSE["de"] not in {blocks[index] for index in taken}
    if find_byline(blocks, DateOrder.MDY)[0].author:
        assert byline.author
