"""Footnote marks, and numbers that are none."""

import pytest

from app.text.document import Document, Inline, InlineKind, Piece
from app.text.footnotes import find_marks, raise_marks, read_note
from app.text.links import find_links
from app.text.word_diff import changes_between


def marks(*texts: str) -> list[tuple[str, str]]:
    """Return what each mark shows, and its target."""
    found = find_marks(texts, [find_links(text) for text in texts])
    return [
        (text[mark.start : mark.end], mark.target)
        for text, inlines in zip(texts, found, strict=True)
        for mark in inlines
    ]


@pytest.mark.parametrize(
    "text",
    [
        "as shown.1 Next",
        "as shown.1",
        "as shown,1 and",
        "as shown...1 Next",
        "as shown\u20261 Next",
        "he said.\u201d1 Then",
        "he said\u201d1 then",
        "he said\u201d1.",
        '"Really?"1 he said',
        "(see below)1 and",
        "in 1945.1 Then",
        "by 5%.1 Then",
        "in the U.S.1 Then",
        "\u201cas shown.1\u201d",
        "as shown.1\u2014not",
    ],
)
def test_a_number_stuck_to_a_word_and_its_stop_or_to_a_closing_mark_is_a_mark(text: str) -> None:
    assert marks(text) == [("1", "1")]


@pytest.mark.parametrize(
    "text",
    [
        "The G1 met. G7 and G20 and COVID-19 came.",
        "Section 1 applies. Section 508 too.",
        "It ended in 1945. In 1 case it did not.",
        "No.1 in the charts, p.1 and vol.1 and Fig.1 there",
        "Version 1.1 and 3.15 and $5.1 million and 1,1",
        "At 3.1pm. Then",
        "Web1 and mp1, python1. Then",
        "Chapter.10 is late",
        "the text1 more",
        "text. 1 more",
        "https://a.example/b.1 there",
        "5 km\u00b2 and 10\u00b9",
        "x[1](http://a.example)",
        "Psalm 1:1 and 2-1",
    ],
)
def test_other_numbers_never_are(text: str) -> None:
    assert marks(text) == []


def test_marks_run_through_the_article() -> None:
    assert marks("One.1 Two.\u201d2", "", "Three.3 Again.3 Five.5") == [
        ("1", "1"),
        ("2", "2"),
        ("3", "3"),
    ]
    assert marks("Two.2 Three.3") == []


def test_superscripts_and_brackets_are_marks_too() -> None:
    assert marks("One\u00b9 two.\u00b2 three [3] no, three[3].") == [
        ("\u00b9", "1"),
        ("\u00b2", "2"),
        ("[3]", "3"),
    ]


def test_a_footnote_begins_with_its_number() -> None:
    for text in ("12. Word", "[12] Word", "12 Word", "12) Word", "\u00b9\u00b2 Word"):
        note = read_note(text)
        assert note is not None
        assert (note.number, text[note.start :]) == (12, "Word")
    assert read_note("123 Word") is None
    assert read_note("1.") is None
    assert read_note("1.5 million") is None


def test_where_changes_are_shown_marks_are_raised_and_other_digits_are_not() -> None:
    mark = Inline(9, 10, InlineKind.FOOTNOTE_MARK, "1")
    old, new = (
        Document.from_pieces([Piece(f"It leaks.1 In {count} places, 1 by 1.", inlines=(mark,))])
        for count in ("two", "three")
    )
    drawn = raise_marks(old), raise_marks(new)
    assert drawn[0] == "It leaks.\u00b9 In two places, 1 by 1."
    changes = changes_between(old.text, new.text, drawn=drawn)
    ((_, pieces),) = changes.paragraphs
    assert "".join(piece.text for piece in pieces if piece.kind != "deleted") == drawn[1]
    assert (changes.deleted, changes.inserted) == (1, 1)
    # What is a mark in one text alone is no change of its words.
    assert not changes_between(old.text, old.text, drawn=(old.text, drawn[0])).paragraphs
