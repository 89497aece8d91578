"""How titles and names are sorted and searched."""

import pytest

from app.text.sorting import fold, sort_key


def test_titles_are_sorted_as_a_person_would() -> None:
    expected = [
        "1945 and after",
        "… and so it ends",
        "Ångström units",
        "apple orchards",
        "“Élan” and its price",
        "elder flowers",
        "Łódź",
        "Part 2",
        "part 10",
        "Straße der Jugend",
        "Zoe’s ferry",
        "Zoë's ferry, again",
        "Ναυπηγείο",
        "Ежевика",
        "ёлка",
        "Мост",
    ]
    assert sorted(set(expected), key=sort_key) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë’s", "zoe's"),
        ("Zoë's", "ZOE\N{COMBINING DIAERESIS}\N{RIGHT SINGLE QUOTATION MARK}S"),
        ("“Quoted”", "quoted"),
        ("Ægir", "aegir"),
        ("Ναυπηγείο", "ΝΑΥΠΗΓΕΙΟ"),
        ("שָׁלוֹם", "שלום"),
        ("a–b", "a-b"),
        ("two  words", "two\N{NO-BREAK SPACE}words"),
    ],
)
def test_a_search_folds_accents_case_and_typography(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("май", "маи"), ("が", "か"), ("हिन्दी", "हनद"), ("é", "o")]
)
def test_letters_that_are_others_stay_so(one: str, other: str) -> None:
    assert fold(one) != fold(other)
