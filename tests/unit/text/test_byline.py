"""Bylines, and what only looks like one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.byline import Byline, find_byline, is_dateline, read_byline
from app.text.dates import DateOrder

BYLINES = [
    (
        "By Yves Smith, Naked Capitalism, 1/13/25",
        "Yves Smith",
        "Naked Capitalism",
        date(2025, 1, 13),
    ),
    ("By Jane Doe, The Guardian, January 13, 2025", "Jane Doe", "The Guardian", date(2025, 1, 13)),
    (
        "By Jane Doe and John Q. Public, Reuters, Jan. 3, 2024",
        "Jane Doe and John Q. Public",
        "Reuters",
        date(2024, 1, 3),
    ),
    ("Jane Doe, Reuters, 3 January 2024", "Jane Doe", "Reuters", date(2024, 1, 3)),
    ("Jane Doe | The Atlantic | 2024-02-29", "Jane Doe", "The Atlantic", date(2024, 2, 29)),
    ("The Atlantic, 2024-02-29, by Jane Doe", "Jane Doe", "The Atlantic", date(2024, 2, 29)),
    ("By JANE DOE", "JANE DOE", "", None),
    ("BY JANE DOE, NAKED CAPITALISM, 1/13/25", "JANE DOE", "NAKED CAPITALISM", date(2025, 1, 13)),
    (
        "by Ludwig van der Rohe for Le Monde, 13/1/25",
        "Ludwig van der Rohe",
        "Le Monde",
        date(2025, 1, 13),
    ),
    ("January 13, 2025 By Jane Doe", "Jane Doe", "", date(2025, 1, 13)),
    (
        "By Jane Doe (Naked Capitalism, 13 Jan 2025)",
        "Jane Doe",
        "Naked Capitalism",
        date(2025, 1, 13),
    ),
    ("By Richard (R.J.) Doe, Salon", "Richard (R.J.) Doe", "Salon", None),
    ("By Jane Doe (Naked Capitalism)", "Jane Doe", "Naked Capitalism", None),
    (
        "Jane Doe (Naked Capitalism, January 13, 2025)",
        "Jane Doe",
        "Naked Capitalism",
        date(2025, 1, 13),
    ),
    ("(Naked Capitalism, January 13, 2025)", "", "Naked Capitalism", date(2025, 1, 13)),
    (
        "By Jane Doe, Staff Writer, The Washington Post, 5/6/2023",
        "Jane Doe, Staff Writer",
        "The Washington Post",
        date(2023, 5, 6),
    ),
    (
        "By Jane Doe. Originally published at Wolf Street on 1/2/2024",
        "Jane Doe",
        "Wolf Street",
        date(2024, 1, 2),
    ),
    ("By Jane Doe. Originally published at Wolf Street.", "Jane Doe", "Wolf Street", None),
    ("Originally published at Wolf Street", "", "Wolf Street", None),
    ("Originally published at Wolf Street, January 2, 2024", "", "Wolf Street", date(2024, 1, 2)),
    (
        "First published by The Conversation on 2 January 2024.",
        "",
        "The Conversation",
        date(2024, 1, 2),
    ),
    (
        "By Jane O\u2019Neil, Naked Capitalism \u2013 1/13/25",
        "Jane O\u2019Neil",
        "Naked Capitalism",
        date(2025, 1, 13),
    ),
    (
        "By Jane Doe \u00b7 The Nation \u00b7 13 January 2025",
        "Jane Doe",
        "The Nation",
        date(2025, 1, 13),
    ),
    ("By Jane Doe - The Nation - 2025-01-13", "Jane Doe", "The Nation", date(2025, 1, 13)),
    ("By Jane Doe, 2025-01-13", "Jane Doe", "", date(2025, 1, 13)),
    ("By Jane Doe at The Nation, 13 January, 2025", "Jane Doe", "The Nation", date(2025, 1, 13)),
    ("By Jane Doe, Monday, January 13, 2025", "Jane Doe", "", date(2025, 1, 13)),
    ("By Jane Doe January 13, 2025", "Jane Doe", "", date(2025, 1, 13)),
    ("By Jane Doe on January 13th, 2025", "Jane Doe", "", date(2025, 1, 13)),
    (
        "By Jane Doe, John Roe, and Ann Lee, The Nation, 2025-01-13",
        "Jane Doe, John Roe, and Ann Lee",
        "The Nation",
        date(2025, 1, 13),
    ),
    (
        "By Jane Doe, John Roe and Ann Lee, 2025-01-13",
        "Jane Doe, John Roe and Ann Lee",
        "",
        date(2025, 1, 13),
    ),
    (
        "By John Smith, Jr., The Nation, 2025-01-13",
        "John Smith, Jr.",
        "The Nation",
        date(2025, 1, 13),
    ),
    ("By Martin Luther King Jr.", "Martin Luther King Jr.", "", None),
    (
        "By The Editorial Board, The New York Times, Jan 3, 2025",
        "The Editorial Board",
        "The New York Times",
        date(2025, 1, 3),
    ),
    ("By bell hooks, The Guardian, 13/1/2025", "bell hooks", "The Guardian", date(2025, 1, 13)),
    ("By Jane Doe, openDemocracy, 13/1/2025", "Jane Doe", "openDemocracy", date(2025, 1, 13)),
    ("By Jane Doe, 18F, 13/1/2025", "Jane Doe", "18F", date(2025, 1, 13)),
    ("By Jane Doe, The Economist, 13/1/2025", "Jane Doe", "The Economist", date(2025, 1, 13)),
    (
        "By Jane Doe, nakedcapitalism.com, 13.1.2025",
        "Jane Doe",
        "nakedcapitalism.com",
        date(2025, 1, 13),
    ),
    (
        "By Jos\u00e9 Mar\u00eda \u00c1lvarez, El Pa\u00eds, 13 Jan 2025",
        "Jos\u00e9 Mar\u00eda \u00c1lvarez",
        "El Pa\u00eds",
        date(2025, 1, 13),
    ),
    (
        "By \u738b\u5c0f\u660e, \u7aef\u50b3\u5a92, 2025-01-13",
        "\u738b\u5c0f\u660e",
        "\u7aef\u50b3\u5a92",
        date(2025, 1, 13),
    ),
    (
        "By Jane Doe | Reuters | January 13, 2025 10:30 AM EST | 5 min read",
        "Jane Doe",
        "Reuters",
        date(2025, 1, 13),
    ),
    ("Posted on January 13, 2025 by Yves Smith", "Yves Smith", "", date(2025, 1, 13)),
    ("Posted by Yves Smith on January 13, 2025", "Yves Smith", "", date(2025, 1, 13)),
    ("Published January 13, 2025", "", "", date(2025, 1, 13)),
    ("January 13, 2025", "", "", date(2025, 1, 13)),
    ("By Jane Doe, The Atlantic, January 2025", "Jane Doe", "The Atlantic", None),
    (
        "By Jane Doe, Professor of Law at Yale, The Nation, 2025-01-13",
        "Jane Doe, Professor of Law at Yale",
        "The Nation",
        date(2025, 1, 13),
    ),
    ("By: Jane Doe", "Jane Doe", "", None),
    ("Written by Jane Doe", "Jane Doe", "", None),
    ("By Prof. Jane Doe, The Nation", "Prof. Jane Doe", "The Nation", None),
    ("**By Jane Doe, The Nation, Jan 13, 2025**", "Jane Doe", "The Nation", date(2025, 1, 13)),
    ("By Jane Doe of The New York Times", "Jane Doe", "The New York Times", None),
    ("By Plato", "Plato", "", None),
    ("Jane Doe for The Guardian, 13 January 2025", "Jane Doe", "The Guardian", date(2025, 1, 13)),
    ("By Jane Doe; The Nation; 2025/01/13", "Jane Doe", "The Nation", date(2025, 1, 13)),
    ("By Adam Tooze, Chartbook, 12/31/99", "Adam Tooze", "Chartbook", date(1999, 12, 31)),
    ("By May Sarton, The Nation, May 3, 2024", "May Sarton", "The Nation", date(2024, 5, 3)),
    ("By Jane Doe \u2014 The Nation \u2014 3 May 2024", "Jane Doe", "The Nation", date(2024, 5, 3)),
]
OTHERS = [
    "By simply deploying HTTPS all of the time, we don't have to engineer a boundary",
    "By Monday, Google, Apple, and Microsoft had agreed.",
    "By 2025, Congress, 1/13/25",
    "Over the past few years, 18F and other government organizations have adopted",
    "By breaking up a larger procurement, your team can isolate failure",
    "Paris, January 13, 2025",
    "PARIS, January 13, 2025",
    "Paris, France, January 13, 2025",
    "New York, Reuters, January 13, 2025",
    "Washington, D.C., January 13, 2025",
    "San Francisco, California, 13/1/25",
    "London \u2013 January 13, 2025",
    "Editors note: This is a guest post by Ian Lee.",
    "Death by Chocolate",
    "Why We Lost, by Jane Doe",
    "By Any Means Necessary",
    "By the Numbers",
    "By Friday, Congress, 1/13/25",
    "By Design",
    "By and large, they lost",
    "Stand by Me",
    "By contrast, Germany, 1/2/25",
    "",
    "By Christmas, Congress will act",
    "In the U.S., January 6, 2021",
    "By Putin, Trump and Xi",
    "The vote took place on January 6, 2021",
    "By law, Congress, 1/13/25",
    "Paris (Reuters), January 13, 2025",
    "BY THE TIME THEY LEFT",
    "By now",
    "By 1945 the war was over",
    "by by by by",
    "(((",
    "By ",
    "By ,,,",
    "|||",
]


@pytest.mark.parametrize(("line", "author", "publication", "published_on"), BYLINES)
def test_a_byline_is_read(
    line: str, author: str, publication: str, published_on: date | None
) -> None:
    byline = read_byline(line, DateOrder.MDY)
    assert byline is not None
    assert (byline.author, byline.publication, byline.published_on) == (
        author,
        publication,
        published_on,
    )


@pytest.mark.parametrize("line", OTHERS)
def test_a_sentence_a_title_or_a_dateline_is_no_byline(line: str) -> None:
    assert read_byline(line, DateOrder.MDY) is None


def test_a_long_line_is_no_byline() -> None:
    assert read_byline("By " + "Jane Doe, " * 30, DateOrder.MDY) is None


def test_what_is_not_stated_plainly_is_a_guess() -> None:
    guesses = {
        "By Jane Doe, The Nation, 4/5/25": {"published_on"},
        "By Jane Doe, The Nation, 4/25/25": set(),
        "By Jane Doe, The Nation, May 2025": {"published_on"},
        "Jane Doe, The Nation, May 3, 2025": {"author", "publication"},
        "The Nation, May 3, 2025, by Jane Doe": {"publication"},
    }
    for line, guessed in guesses.items():
        byline = read_byline(line, DateOrder.MDY)
        assert byline is not None
        assert byline.guessed == guessed, line


def test_a_byline_may_be_spread_over_blocks() -> None:
    blocks = ["By Jane Doe", "Originally published at Wolf Street", "May 3, 2024", "Text."]
    byline = Byline("Jane Doe", "Wolf Street", date(2024, 5, 3))
    assert find_byline(blocks, DateOrder.MDY) == (byline, frozenset({0, 1, 2}))


def test_beyond_three_blocks_only_a_head_of_short_ones_holds_a_byline_that_is_certain() -> None:
    blocks = ["One.", "Two.", "By Jane Doe, Reuters, 1/13/25"]
    assert find_byline(blocks, DateOrder.MDY)[1] == frozenset({2})
    assert find_byline(["Zero.", *blocks], DateOrder.MDY)[1] == frozenset({3})
    signed = ["One.", "Two.", "Three.", "Four.", "By Jane Doe", "January 13, 2025"]
    byline, found = find_byline(signed, DateOrder.MDY)
    assert (byline.author, byline.published_on) == ("Jane Doe", date(2025, 1, 13))
    assert found == frozenset({4, 5})
    none: tuple[Byline, frozenset[int]] = (Byline(), frozenset())
    assert find_byline(["Zero.", "One.", "A long one. " * 30, blocks[2]], DateOrder.MDY) == none
    assert find_byline([*["Short."] * 8, "By Jane Doe"], DateOrder.MDY) == none
    # What may be something else is a byline in the first blocks alone.
    assert find_byline(["One.", "Two.", "Three.", "January 13, 2025"], DateOrder.MDY) == none
    unsigned = "Jane Doe, Reuters, 13 January 2025"
    assert find_byline(["One.", "Two.", "Three.", unsigned], DateOrder.MDY) == none


def test_a_second_byline_stays_in_the_text() -> None:
    blocks = ["May 3, 2024", "By Jane Doe, Reuters, 5/4/24", "By Ann Lee"]
    byline, taken = find_byline(blocks, DateOrder.MDY)
    assert (byline.author, byline.published_on) == ("Jane Doe", date(2024, 5, 4))
    assert taken == frozenset({1})


def test_a_dateline_is_a_place_and_a_date() -> None:
    assert is_dateline("Paris, January 13, 2025", DateOrder.MDY)
    assert is_dateline("1/2/25", DateOrder.MDY)
    assert not is_dateline("What happened on January 6, 2021", DateOrder.MDY)


WORDS = ["By", "by", "Jane", "Doe", ",", "|", "(", ")", ".", "1/2/25", "for", "at", "-", "2025"]


@given(st.lists(st.sampled_from(WORDS)))
def test_any_line_of_bylines_words_is_read_or_refused(words: list[str]) -> None:
    byline = read_byline(" ".join(words), DateOrder.MDY)
    assert byline is None or byline != Byline()


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Par : Jeanne Dupont", "Jeanne Dupont"),
        ("Von: Anna Schmidt", "Anna Schmidt"),
        ("Por: Ana Ruiz", "Ana Ruiz"),
        ("Автор: Иван Петров", "Иван Петров"),
        ("Автор Иван Петров", "Иван Петров"),
    ],
)
def test_by_is_said_in_other_languages_too(line: str, author: str) -> None:
    byline = read_byline(line, DateOrder.DMY)
    assert byline is not None
    assert (byline.author, byline.guessed) == (author, frozenset())


@pytest.mark.parametrize(
    "line", ["Von Hayek Was Wrong", "Par avion", "Автор книги говорит нам", "Автор неизвестен"]
)
def test_what_only_begins_like_by_in_another_language_is_no_byline(line: str) -> None:
    assert read_byline(line, DateOrder.DMY) is None
